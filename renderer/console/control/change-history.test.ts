import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ChangeHistory, moved, stepsAtMost, type ChangedPart } from './change-history.ts';

const part = (key: string, from: number, to: number): ChangedPart<string> => ({
  key,
  from,
  to,
  before: `${key}@${from}`,
  after: `${key}@${to}`,
});

describe('the history of changes', () => {
  test('is taken back newest first, whatever it was on, and done again in the order it was made', () => {
    const history = new ChangeHistory<string>();
    history.add([part('a', 1, 2)]);
    history.add([part('b', 5, 6)]);
    const taken = [history.takeDone(), history.takeDone(), history.takeDone()];
    expect(taken.map((step) => step?.[0]?.key)).toEqual(['b', 'a', undefined]);
    history.keepUndone(taken[0]!);
    history.keepUndone(taken[1]!);
    expect([history.takeUndone()?.[0]?.key, history.takeUndone()?.[0]?.key, history.takeUndone()]).toEqual(['a', 'b', null]);
  });

  test('forgets the oldest beyond its bound, and what was taken back when something new is done', () => {
    const history = new ChangeHistory<string>();
    for (let at = 0; at < stepsAtMost + 5; at += 1) history.add([part('a', at, at + 1)]);
    expect(history.undoable).toBe(stepsAtMost);
    history.keepUndone(history.takeDone()!);
    expect([history.undoable, history.redoable]).toEqual([stepsAtMost - 1, 1]);
    history.add([part('b', 1, 2)]);
    expect([history.undoable, history.redoable]).toEqual([stepsAtMost, 0]);
    history.add([]);
    expect(history.undoable).toBe(stepsAtMost);
  });

  test('what stands at another revision now is known to every step of that thing, and to no other', () => {
    const history = new ChangeHistory<string>();
    history.add([part('a', 1, 2), part('b', 2, 3)]);
    history.add([part('a', 2, 3)]);
    history.stands('a', 2, 9);
    expect(history.takeDone()).toMatchObject([{ key: 'a', from: 9, to: 3 }]);
    expect(history.takeDone()).toMatchObject([
      { key: 'a', from: 1, to: 9 },
      { key: 'b', from: 2, to: 3 },
    ]);
  });
});

/** Walls that keep revisions as the hub does, one desk with a history, and somebody else who changes things now and then. */
type Move = { readonly who: 'me' | 'other'; readonly key: 'a' | 'b' } | { readonly who: 'undo' } | { readonly who: 'redo' };
const key = fc.constantFrom('a' as const, 'b' as const);
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ who: fc.constant('me' as const), key }) },
  { weight: 1, arbitrary: fc.record({ who: fc.constant('other' as const), key }) },
  { weight: 4, arbitrary: fc.constant({ who: 'undo' as const }) },
  { weight: 4, arbitrary: fc.constant({ who: 'redo' as const }) },
);
/** People press the same key several times in a row. */
const moves = fc
  .array(fc.tuple(move, fc.integer({ min: 1, max: 5 })), { maxLength: 20, size: 'max' })
  .map((runs) => runs.flatMap(([each, times]) => Array.from({ length: times }, () => each)));

test('taking back and doing again never lands on what somebody else made, brings exactly what was there, and loses nothing else', () => {
  fc.assert(
    fc.property(moves, (all: readonly Move[]) => {
      const history = new ChangeHistory<string>();
      const things = { a: { content: 'a0', revision: 0, by: 'me' }, b: { content: 'b0', revision: 0, by: 'me' } };
      let made = 0;
      /** When somebody else changed a thing last: steps that are younger than that are never lost. */
      const others = { a: 0, b: 0 };
      const change = (key: 'a' | 'b', content: string, by: string) => {
        things[key] = { content, revision: things[key].revision + 1, by };
        return things[key].revision;
      };
      for (const move of all) {
        if (move.who === 'me' || move.who === 'other') {
          const { content: before, revision: from } = things[move.key];
          const after = `${move.key}${(made += 1)}`;
          const to = change(move.key, after, move.who);
          if (move.who === 'me') history.add([{ key: move.key, before, after, from, to }]);
          else others[move.key] = made;
          continue;
        }
        const undo = move.who === 'undo';
        const step = undo ? history.takeDone() : history.takeUndone();
        const one = step?.[0];
        if (!step || !one) continue;
        const now = things[one.key as 'a' | 'b'];
        if (now.revision !== (undo ? one.to : one.from)) {
          expect(Number(one.after.slice(1))).toBeLessThan(others[one.key as 'a' | 'b']);
          continue;
        }
        expect([now.by, now.content]).toEqual(['me', undo ? one.after : one.before]);
        const revision = change(one.key as 'a' | 'b', undo ? one.before : one.after, 'me');
        const content = undo ? one.from : one.to;
        history.stands(one.key, content, revision);
        const kept = moved(step, one.key, content, revision);
        if (undo) history.keepUndone(kept);
        else history.keepDone(kept);
      }
      expect(history.undoable).toBeLessThanOrEqual(stepsAtMost);
      expect(history.redoable).toBeLessThanOrEqual(stepsAtMost);
    }),
    { seed: 20_261_126, numRuns: 400 },
  );
});
