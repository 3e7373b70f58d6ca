import type { Incident } from '../../../alerts/incident-contract.ts';
import { incidentTransition, wantsReason } from '../../../alerts/incidents/incident-machine.ts';
import type { CommandInput } from '../../../main/contract/catalog.ts';

/** What a person at a desk can do to the state of an incident. */
export type AdvanceEvent = CommandInput<'incident.advance'>['event'];

/** A step that is offered: its key, and what has to be said with it. */
export interface OfferedEvent {
  readonly event: AdvanceEvent;
  /** The letter on the cap; with Shift where it ends something. */
  readonly cap: string;
  readonly shift: boolean;
  readonly asksReason: boolean;
  /** `close` says how it ended, `extend` by how much. */
  readonly asks: 'disposition' | 'extension' | null;
  /** The usual way on, rather than aside. */
  readonly main: boolean;
  /** Units are still out: the hub would refuse it until their tasks are over. */
  readonly blocked: boolean;
}

const keys: readonly (readonly [event: AdvanceEvent, cap: string, shift: boolean, main: boolean])[] = [
  ['accept', 'A', false, true],
  ['file', 'F', false, true],
  ['control', 'C', false, true],
  ['resolve', 'R', false, true],
  ['verify', 'W', false, true],
  ['close', 'E', false, true],
  ['resume', 'S', false, true],
  ['reopen', 'O', false, true],
  ['rework', 'K', false, false],
  ['returned', 'B', false, false],
  ['suspend', 'S', false, false],
  ['extend', 'X', false, false],
  ['transfer', 'E', true, false],
  ['reject', 'J', true, false],
  ['void', 'V', true, false],
];

/** What leaves nobody in charge of units that are still out. */
const leavesTasks: ReadonlySet<AdvanceEvent> = new Set<AdvanceEvent>(['close', 'void', 'transfer', 'reject', 'returned']);

/** The events that the hub takes from an incident as it is now, the usual way on first. Asked of the same machine that the hub asks. */
export function offeredEvents(
  { state, suspended, timers }: Pick<Incident, 'state' | 'suspended' | 'timers'>,
  openTasks: number,
): readonly OfferedEvent[] {
  const extendable = timers.some(({ metAt, until }) => metAt === null && (until === 'resolved' || until === 'closed'));
  return keys.flatMap(([event, cap, shift, main]) => {
    const target = incidentTransition(state, suspended !== null, event);
    // Saying once more that it is handled would move nothing.
    if (target === null || (event === 'resolve' && target === 'stay') || (event === 'extend' && !extendable)) return [];
    return [
      {
        event,
        cap,
        shift,
        asksReason: wantsReason.has(event),
        asks: event === 'close' ? ('disposition' as const) : event === 'extend' ? ('extension' as const) : null,
        main,
        blocked: openTasks > 0 && leavesTasks.has(event),
      },
    ];
  });
}
