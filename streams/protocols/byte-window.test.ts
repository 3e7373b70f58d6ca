import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteWindow } from './byte-window.ts';

test('it holds what a plain list would hold, whatever is added and dropped', () => {
  const step = fc.oneof(
    fc.uint8Array({ maxLength: 600 }).map((add) => ({ add })),
    fc.nat(700).map((drop) => ({ drop })),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const window = new ByteWindow();
      let plain: number[] = [];
      for (const what of steps) {
        if ('add' in what) {
          window.add(what.add);
          plain.push(...what.add);
        } else {
          window.drop(what.drop);
          plain = plain.slice(what.drop);
        }
        expect(window.length).toBe(plain.length);
        expect([...window.bytes]).toEqual(plain);
      }
    }),
    { seed: 212, numRuns: 200 },
  );
});
