import { z } from 'zod';
import { plannedWall } from '../../../layouts/planned-wall.ts';

/** What the setup page says to the launcher, and hears. One visitor, one page; nothing of it outlives the first start. */

/** The path of a data folder as somebody typed it. */
export const folderAsk = z.object({ path: z.string().min(1).max(1024) }).strict();

export const passwordAsk = z.object({ password: z.string().min(1).max(256) }).strict();

/** Everything that was chosen. `port`: of pages and API, where it is not the usual one. `open`: the folder holds a city already. */
export const setupPlan = z
  .object({
    locale: z.enum(['zh-CN', 'en']),
    dataFolder: z.string().min(1).max(1024),
    port: z.number().int().min(1).max(65_535).nullable(),
    city: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('open') }).strict(),
      z
        .object({
          kind: z.literal('new'),
          password: z.string().min(1).max(256),
          wall: plannedWall,
          /** Null: no menu for operators at the wall until a key is set. */
          operatorKey: z.string().min(1).max(64).nullable(),
        })
        .strict(),
    ]),
  })
  .strict();
export type SetupPlan = z.output<typeof setupPlan>;

/** Why a folder cannot be the data folder. */
export type FolderReason = 'not-absolute' | 'not-a-folder' | 'not-writable' | 'not-empty' | 'no-space';

/** What a folder is good for. */
export interface FolderVerdict {
  /** Absolute. */
  readonly path: string;
  /** `unfinished`: an earlier setup was cut off; nothing was ever used. `city`: it is opened as it is. */
  readonly state: 'missing' | 'empty' | 'unfinished' | 'city' | 'refused';
  /** Only of what is refused. */
  readonly reason: FolderReason | null;
  /** Free room in MB; null: the system does not say. */
  readonly freeMb: number | null;
  /** A hub runs with it; null: not known. */
  readonly inUse: boolean | null;
  readonly warnings: readonly ('network' | 'temporary' | 'little-space')[];
}

/** What stood in the way of beginning. `detail` is for the person who knows the system, in English. */
export interface SetupFault {
  readonly code:
    | `folder-${FolderReason}`
    | 'folder-holds-city'
    | 'folder-holds-none'
    | 'folder-in-use'
    | 'folder-damaged'
    | 'password-too-weak'
    | 'operator-key-refused'
    | 'wall-refused'
    | 'port-taken'
    | 'port-not-allowed'
    | 'config-invalid'
    | 'hub-does-not-start';
  readonly port: number | null;
  readonly detail: string | null;
}

/** What there is after beginning. */
export interface SetupDone {
  readonly dataFolder: string;
  /** Where the hub listens, e.g. `http://127.0.0.1:8600`. */
  readonly listening: string;
  /** Opens the console once, within ten minutes, without a password; null for a city that was there already. */
  readonly consoleLink: string | null;
  /** What starts the hub with this folder the next time. */
  readonly command: string;
}

export type SetupOutcome = { readonly kind: 'done'; readonly done: SetupDone } | { readonly kind: 'fault'; readonly fault: SetupFault };

/** What the page is told when it opens, also again. */
export interface SetupState {
  readonly phase: 'choosing' | 'beginning' | 'done';
  readonly done: SetupDone | null;
  /** What came of the last try, when nothing did. */
  readonly fault: SetupFault | null;
  readonly suggestedDataFolder: string;
  readonly version: string;
}

/** Why the hub would refuse this password of `admin`; null: it would not. */
export interface PasswordVerdict {
  readonly reason: string | null;
}
