import { expect, test } from 'vitest';
import { edited, maxUndoSteps, redone, startHistory, undone, type EditHistory } from './edit-history.ts';

const run = (...edits: ([string, string?] | 'undo' | 'redo')[]): EditHistory<string> =>
  edits.reduce<EditHistory<string>>((history, edit) => {
    if (edit === 'undo') return undone(history);
    return edit === 'redo' ? redone(history) : edited(history, edit[0], edit[1] ?? null);
  }, startHistory('0'));

test.each<[string, EditHistory<string>, string, string[], string[]]>([
  ['edits', run(['1'], ['2']), '2', ['0', '1'], []],
  ['undo', run(['1'], ['2'], 'undo'), '1', ['0'], ['2']],
  ['undo to the beginning and no farther', run(['1'], 'undo', 'undo'), '0', [], ['1']],
  ['redo', run(['1'], ['2'], 'undo', 'undo', 'redo'), '1', ['0'], ['2']],
  ['nothing to redo', run(['1'], 'redo'), '1', ['0'], []],
  ['an edit forgets what was undone', run(['1'], ['2'], 'undo', ['3']), '3', ['0', '1'], []],
  ['one drag is one step', run(['1', 'a'], ['2', 'a'], ['3', 'a']), '3', ['0'], []],
  ['two drags are two', run(['1', 'a'], ['2', 'b']), '2', ['0', '1'], []],
  ['an edit ends a drag', run(['1', 'a'], ['2'], ['3', 'a']), '3', ['0', '1', '2'], []],
  ['an undo ends a drag', run(['1', 'a'], ['2', 'a'], 'undo', ['3', 'a']), '3', ['0'], []],
  ['what changed nothing is no step', run(['1'], ['1']), '1', ['0'], []],
])('%s', (_, history, now, past, future) => {
  expect(history).toMatchObject({ now, past, future });
});

test('so many steps are kept, the oldest go', () => {
  let history = startHistory(0);
  for (let n = 1; n <= maxUndoSteps + 50; n += 1) history = edited(history, n);
  expect(history.past).toHaveLength(maxUndoSteps);
  for (let n = 0; n < maxUndoSteps + 50; n += 1) history = undone(history);
  expect(history.now).toBe(50);
  expect(history.future).toHaveLength(maxUndoSteps);
});
