import { problem } from '../../main/contract/errors.ts';
import { err, ok } from '../../main/contract/result.ts';
import type { EpochMs } from '../../main/contract/time.ts';
import type { Incident } from '../incident-contract.ts';
import { refuseOver, type Decision, type DecisionContext } from './decision-context.ts';
import { isOver } from './incident-machine.ts';

export interface NoteArgs {
  readonly text: string;
  /** When it was; later than now is now. */
  readonly at?: EpochMs | undefined;
  /** The entry that it puts right. */
  readonly corrects?: number | undefined;
}

/**
 * Words in the log. With `corrects` it is a correction, and that is also taken when the incident is over; the entry itself stays as it was written.
 * @returns `incident-closed` for a note in one that is over; `field-invalid` for a correction of an entry that is not there
 */
export function decideNote(incident: Incident, { text, at, corrects }: NoteArgs, { now }: DecisionContext): Decision {
  const when = Math.min(at ?? now, now);
  if (corrects === undefined) {
    if (isOver(incident.state)) return refuseOver(incident);
    return ok([{ kind: 'note', at: when, corrects: null, body: { text } }]);
  }
  if (corrects < 1 || corrects > incident.lastSeq) return err(problem('field-invalid', { field: 'corrects' }));
  return ok([{ kind: 'correction', at: when, corrects, body: { text } }]);
}
