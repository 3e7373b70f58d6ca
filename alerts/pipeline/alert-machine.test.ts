import { expect, test } from 'vitest';
import { alertTransition, stateOf, type AlertHappening, type AlertState } from './alert-machine.ts';

const somebody = { by: 'li', at: 1, note: null };
const shelf = { by: 'li', at: 1, until: 2, reason: 'works' };

test.each<[boolean, boolean, boolean, AlertState]>([
  [true, false, false, 'unacknowledged'],
  [true, true, false, 'acknowledged'],
  [false, false, false, 'returned'],
  [false, true, false, 'gone'],
  [true, false, true, 'shelved-unacknowledged'],
  [true, true, true, 'shelved-acknowledged'],
  [false, false, true, 'shelved-returned'],
  [false, true, true, 'shelved-over'],
])('active %s, acknowledged %s, shelved %s is %s', (active, acknowledged, shelved, state) => {
  expect(stateOf({ active, acknowledged: acknowledged ? somebody : null, shelved: shelved ? shelf : null })).toBe(state);
});

const happenings: readonly AlertHappening[] = ['raise', 'worsen', 'clear', 'acknowledge', 'shelve', 'unshelve'];
test.each<[AlertState, (AlertState | null)[]]>([
  //                          raise                     worsen                    clear               acknowledge             shelve                    unshelve
  ['unacknowledged', [null, null, 'returned', 'acknowledged', 'shelved-unacknowledged', null]],
  ['acknowledged', [null, 'unacknowledged', 'gone', null, 'shelved-acknowledged', null]],
  ['returned', ['unacknowledged', null, null, 'gone', null, null]],
  ['shelved-unacknowledged', [null, null, 'shelved-returned', 'shelved-acknowledged', 'shelved-unacknowledged', 'unacknowledged']],
  ['shelved-acknowledged', [null, 'shelved-unacknowledged', 'shelved-over', null, 'shelved-acknowledged', 'acknowledged']],
  ['shelved-returned', ['shelved-unacknowledged', null, null, 'shelved-over', null, 'returned']],
  ['shelved-over', ['shelved-unacknowledged', null, null, null, null, 'gone']],
  ['gone', ['unacknowledged', null, null, null, null, null]],
])('%s', (state, after) => {
  expect(happenings.map((happening) => alertTransition(state, happening))).toEqual(after);
});
