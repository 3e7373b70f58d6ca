import type { DemoSources } from './demo-feeds.ts';
import type { ToldStory } from './demo-stories.ts';

/** By what a feed of the demo city is reached: a token where it is pushed to, a port where it listens. */
export interface FeedDoor {
  readonly token: string | null;
  readonly port: number | null;
}

/** What the hub says to the thread of the demo city. */
export type ToDemo =
  | {
      readonly kind: 'begin';
      /** Of the hub, e.g. `http://127.0.0.1:8600`. */
      readonly origin: string;
      /** Where feeds that devices connect to listen. */
      readonly feedHost: string;
      readonly doors: Readonly<Record<string, FeedDoor>>;
    }
  | { readonly kind: 'stories'; readonly stories: readonly ToldStory[] };

/** What the thread says: where its broker and its weather office are, then now and then what it has sent. */
export type FromDemo =
  | { readonly kind: 'sources'; readonly sources: DemoSources }
  | { readonly kind: 'figures'; readonly figures: DemoTalkFigures };

/** Counted since the thread began. */
export interface DemoTalkFigures {
  /** Records that the hub has taken. */
  readonly sent: number;
  /** Those that it has not, and that were not sent because the one before was still on its way. */
  readonly refused: number;
  readonly skipped: number;
  /** Connections of devices that are open. */
  readonly connections: number;
}
