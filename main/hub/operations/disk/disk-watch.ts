import { statfs } from 'node:fs/promises';
import type { Log } from '../../../contract/log.ts';
import type { Clock } from '../../../contract/time.ts';
import { ballastBytes, createBallast, type Ballast } from './ballast.ts';
import { nextDiskState, type DiskLimits, type DiskState } from './disk-state.ts';

/** How often the room is measured. */
export const measureEveryMs = 5000;
/** The ballast is taken so long after the start: a hub that only lives for a moment does not write it. */
const ballastAfterMs = 10_000;

/** Knows how much room the data folder has. */
export interface DiskWatch {
  readonly state: DiskState;
  /** Bytes that the hub may still write; null before the first measurement. */
  readonly freeBytes: number | null;
  /** False when the ballast was needed or there was no room for it. */
  readonly ballastHeld: boolean;
  /** SQLite says that there is no room: gives the ballast back and takes the disk as full from now on. True when there is room to try again. */
  full(): boolean;
  /** Measures now. */
  measure(): Promise<void>;
  stop(): Promise<void>;
}

export interface DiskWatchOptions {
  readonly folder: string;
  readonly limits: DiskLimits;
  readonly clock: Clock;
  readonly log: Log;
  /** Hears of the first measurement and of every change of state. */
  onChange(): void;
  /** Free bytes of the file system that holds a folder. */
  readonly freeBytesOf?: (folder: string) => Promise<number>;
  readonly ballast?: Ballast;
}

/** What the service user may still write: not what is reserved for root. */
export async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** Measures every few seconds until it is stopped. */
export function createDiskWatch(options: DiskWatchOptions): DiskWatch {
  const { folder, limits, clock, log, onChange } = options;
  const measured = options.freeBytesOf ?? freeBytesOf;
  const ballast = options.ballast ?? createBallast(folder);
  const ending = new AbortController();
  const startedAt = clock.monotonic();
  let state: DiskState = 'enough';
  let freeBytes: number | null = null;
  let failing = false;

  const become = (next: DiskState, tell: () => void) => {
    if (next === state) return;
    const worse = next === 'full' || (next === 'low' && state === 'enough');
    log[worse ? 'warn' : 'info']({ disk: next, before: state, freeBytes }, 'the room on the disk changed');
    state = next;
    tell();
  };

  const takeBallast = async () => {
    if (ballast.held || state !== 'enough' || clock.monotonic() - startedAt < ballastAfterMs) return;
    // not even a small disk is brought to its limit by what is to protect it
    if (freeBytes === null || freeBytes < limits.warnBytes + ballastBytes) return;
    try {
      await ballast.take();
    } catch (cause) {
      log.warn({ err: cause }, 'the room that is kept for the audit could not be taken');
    }
  };

  const measure = async () => {
    const isFirst = freeBytes === null;
    try {
      freeBytes = await measured(folder);
      failing = false;
    } catch (cause) {
      if (!failing) log.warn({ err: cause, folder }, 'the room on the disk cannot be measured');
      failing = true;
      return;
    }
    const next = nextDiskState(state, freeBytes, limits);
    if (isFirst && next === state) onChange();
    become(next, onChange);
    await takeBallast();
  };

  const running = (async () => {
    while (!ending.signal.aborted) {
      await measure();
      await clock.sleep(measureEveryMs, ending.signal).catch(() => undefined);
    }
  })();

  return {
    get state() {
      return state;
    },
    get freeBytes() {
      return freeBytes;
    },
    get ballastHeld() {
      return ballast.held;
    },
    full() {
      const given = ballast.giveBack();
      if (given) log.warn({ folder }, 'the disk is full: the room that was kept for the audit is given back');
      // the caller is in the middle of a write, and what is to be said of it is another one
      become('full', () => queueMicrotask(onChange));
      return given;
    },
    measure,
    async stop() {
      ending.abort();
      await running;
    },
  };
}
