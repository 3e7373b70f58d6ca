import type { CallPrefill } from '../incidents/call-draft.ts';
import { useCallDrafts } from '../incidents/call-drafts.ts';

/**
 * Opens the form for calls, anywhere on the desk. With a prefill it begins a call of its own: what is typed for another one waits beside it. Of alerts their
 * ids are enough; the form takes title, place and cameras from them.
 */
export function openCall(prefill?: CallPrefill): void {
  useCallDrafts().open(prefill);
}
