import type { ErrorCode, ErrorParams } from './errors.ts';

/** What the launcher says to a child over their private channel. A child exits when the channel closes. */
export type ToChild<Config> =
  | { readonly kind: 'start'; readonly config: Config }
  | { readonly kind: 'stop' }
  | { readonly kind: 'wall-link'; readonly id: number; readonly wallId: string; readonly screenId: string };

/** What a child says to the launcher. `fatal`: starting again will not help (bad configuration, data folder in use). */
export type FromChild =
  | { readonly kind: 'ready'; readonly port: number; readonly facts: Readonly<Record<string, string | number | null>> }
  | { readonly kind: 'fatal'; readonly code: ErrorCode; readonly params: ErrorParams; readonly detail: string }
  | { readonly kind: 'wall-link'; readonly id: number; readonly url: string };
