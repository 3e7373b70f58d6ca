import type { Problem } from './errors.ts';
import type { Position } from './ledger.ts';
import type { EpochMs } from './time.ts';

/** Raised whenever a change would make an older page misunderstand the hub. */
export const protocolVersion = 1;

/** What a client wants of a collection. All conditions hold together; absent means no condition. */
export interface Selector {
  /** Only these keys (at most 1,000). */
  readonly ids?: readonly string[];
  /** Only entities in this district or below it. */
  readonly district?: string;
  /** Only these top-level fields, plus the key: the console's compact directory. */
  readonly fields?: readonly string[];
}

export interface SubscribeRequest {
  /** Chosen by the client, unique on its connection. */
  readonly id: number;
  readonly collection: string;
  readonly selector?: Selector;
  /** Where the client's copy stands; the hub answers with a delta when it still can. */
  readonly last?: Position;
}

export type EntityOp =
  | { readonly op: 'put'; readonly key: string; readonly value: Record<string, unknown> }
  | { readonly op: 'delete'; readonly key: string };

export type SubscribeReply =
  | ({ readonly kind: 'snapshot'; readonly items: readonly Record<string, unknown>[] } & Position)
  | ({ readonly kind: 'delta'; readonly ops: readonly EntityOp[]; readonly volatile: readonly VolatileItem[] } & Position)
  | { readonly kind: 'refused'; readonly error: Problem };

/** The latest volatile fields of one entity. */
export interface VolatileItem {
  readonly key: string;
  readonly fields: Record<string, unknown>;
}

/** Changes for one subscription. `previous` is the seq of the message before: when it is not the client's, something was lost and it resubscribes. */
export interface ChangesMessage {
  readonly id: number;
  readonly epoch: number;
  readonly previous: number;
  readonly seq: number;
  readonly ops: readonly EntityOp[];
}

export interface VolatileMessage {
  readonly id: number;
  readonly items: readonly VolatileItem[];
}

export interface CommandRequest {
  readonly name: string;
  readonly args: unknown;
  readonly idempotencyKey?: string;
}

export type CommandReply = { readonly result: unknown } | { readonly error: Problem };

/** Sent by the hub right after a connection is accepted. */
export interface Welcome {
  readonly protocol: number;
  readonly hubVersion: string;
  readonly epoch: number;
  readonly seq: number;
  readonly now: EpochMs;
  /** `demo`: everything on screen is marked as simulated. */
  readonly demo: boolean;
  /** When pages of walls make themselves anew; absent: an older hub, which does not say. */
  readonly wallRefresh?: WallRefreshTimes;
}

/** When pages of walls make themselves anew, each night. */
export interface WallRefreshTimes {
  /** HH:MM of the wall computer's local time, or `off`. */
  readonly at: string;
  /** Each following screen of a wall so much later. */
  readonly apartMinutes: number;
}

/** socket.io handshake `auth`. `session` names the page's session: `console`, or `wall:<wallId>:<screenId>`. `token` is for scripts. */
export interface HandshakeAuth {
  readonly protocol: number;
  readonly session?: string;
  readonly token?: string;
}

/** The one map of socket messages. A refused connection gets `connect_error` whose `data` is a Problem. */
export interface ClientToHub {
  subscribe(request: SubscribeRequest, reply: (answer: SubscribeReply) => void): void;
  unsubscribe(id: number): void;
  command(request: CommandRequest, reply: (answer: CommandReply) => void): void;
  /** For the clock offset: the hub answers its clock at once. */
  clock(reply: (now: EpochMs) => void): void;
}

export interface HubToClient {
  welcome(message: Welcome): void;
  changes(message: ChangesMessage): void;
  volatile(message: VolatileMessage): void;
  /** The session ended (logout, disabled, expired); the page must log in again. */
  farewell(reason: Problem): void;
}
