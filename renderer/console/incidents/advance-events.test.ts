import { describe, expect, test } from 'vitest';
import { incidentState } from '../../../alerts/incident-contract.ts';
import { incidentTransition } from '../../../alerts/incidents/incident-machine.ts';
import { offeredEvents } from './advance-events.ts';
import { anIncident, aTimer } from './testdata/an-incident.ts';

const offered = (more: Parameters<typeof anIncident>[0], openTasks = 0) => offeredEvents(anIncident(more), openTasks);
const suspended = { by: 'wang', at: 1, reason: 'x' };

describe('what is offered', () => {
  test.each(incidentState.options)('%s: nothing that the machine refuses, and no key twice', (state) => {
    for (const held of [null, suspended]) {
      const steps = offered({ state, suspended: held });
      for (const { event } of steps) expect(incidentTransition(state, held !== null, event)).not.toBeNull();
      const caps = steps.map(({ cap, shift }) => `${shift ? '⇧' : ''}${cap}`);
      expect(new Set(caps).size).toBe(caps.length);
    }
  });
  test('a new one is accepted first, and ends by a shifted key with a reason', () => {
    const steps = offered({});
    expect(steps[0]).toMatchObject({ event: 'accept', cap: 'A', shift: false, asksReason: false, main: true });
    expect(steps.find(({ event }) => event === 'reject')).toMatchObject({ shift: true, asksReason: true });
  });
  test('while units are out nothing leaves them alone', () => {
    const blocked = (openTasks: number) =>
      offered({ state: 'resolved' }, openTasks)
        .filter((step) => step.blocked)
        .map(({ event }) => event);
    expect(blocked(0)).toEqual([]);
    expect(blocked(2)).toEqual(['close', 'void']);
  });
  test('only a limit that is open can be extended', () => {
    const has = (timers: ReturnType<typeof aTimer>[]) => offered({ state: 'accepted', timers }).some(({ event }) => event === 'extend');
    expect([has([]), has([aTimer()]), has([aTimer({ metAt: 5 })]), has([aTimer({ until: 'accepted' })])]).toEqual([
      false,
      true,
      false,
      false,
    ]);
  });
  test('closing asks how it ended, extending by how much', () => {
    expect(offered({ state: 'resolved' }).find(({ event }) => event === 'close')!.asks).toBe('disposition');
    expect(offered({ state: 'accepted', timers: [aTimer()] }).find(({ event }) => event === 'extend')!.asks).toBe('extension');
  });
});
