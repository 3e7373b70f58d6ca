import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { DueTimes } from './due-times.ts';

test('gives out what a sorted list would, whatever was set, moved and taken back', () => {
  const action = fc.record({
    key: fc.integer({ min: 0, max: 15 }).map(String),
    at: fc.nat(100),
    what: fc.constantFrom('set', 'set', 'delete', 'next'),
  });
  const holds = fc.property(fc.array(action, { maxLength: 200 }), (actions) => {
    const due = new DueTimes();
    const list = new Map<string, number>();
    for (const { key, at, what } of actions) {
      if (what === 'set') {
        due.set(key, at);
        list.set(key, at);
      } else if (what === 'delete') {
        due.delete(key);
        list.delete(key);
      } else {
        const [first] = [...list]
          .filter(([, time]) => time <= at)
          .toSorted(([one, oneAt], [other, otherAt]) => oneAt - otherAt || (one < other ? -1 : 1));
        expect(due.next(at)).toBe(first?.[0]);
        if (first) list.delete(first[0]);
      }
      expect(due.size).toBe(list.size);
      expect(due.due(at).toSorted()).toEqual([...list].flatMap(([name, time]) => (time <= at ? [name] : [])).toSorted());
    }
  });
  fc.assert(holds, { seed: 77, numRuns: 500 });
});
