import type { EpochMs } from '../../main/contract/time.ts';
import type { Alert, HeldReason } from '../contract.ts';

/** On a shelf until its time is over (ISA-18.2 clause 11.7). */
export function heldByShelf({ shelved }: Alert, now: EpochMs): HeldReason | null {
  return shelved !== null && now < shelved.until ? { by: 'shelve', what: shelved.by.slice(0, 128), until: shelved.until } : null;
}
