import type { Journal } from '../../../streams/feeds/journal.ts';
import type { JournalGroup, JournalLimits } from './journal-store.ts';

/** What the journal's thread is started with. */
export interface JournalStart {
  readonly path: string;
  readonly limits: JournalLimits;
}

/** What it is asked, by the names of the reads of `Journal`. */
export type JournalQuestion =
  | { readonly ask: 'pending'; readonly args: Parameters<Journal['pending']> }
  | { readonly ask: 'search'; readonly args: Parameters<Journal['search']> }
  | { readonly ask: 'read'; readonly args: Parameters<Journal['read']> }
  | { readonly ask: 'observations'; readonly args: Parameters<Journal['observations']> }
  | { readonly ask: 'recent'; readonly args: Parameters<Journal['recent']> }
  | { readonly ask: 'newest'; readonly args: Parameters<Journal['newest']> }
  | { readonly ask: 'history'; readonly args: Parameters<Journal['history']> }
  | { readonly ask: 'pruneOld'; readonly args: Parameters<Journal['pruneOld']> };

export type ToJournal = { readonly id: number } & ({ readonly group: JournalGroup } | JournalQuestion | { readonly close: true });

export type FromJournal =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly failed: string }
  | { readonly figures: { readonly records: number; readonly bytes: number } };
