import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LossBrake, withSafeScene } from './loss-brake.ts';

const minute = 60_000;

/** Lost so often, a second apart; answers when the last one was. */
function crash(brake: LossBrake, times: number, from: number): number {
  let now = from;
  for (let time = 0; time < times; time += 1) {
    now += 1000;
    brake.lost(now - 900, now);
  }
  return now;
}

describe('the brake of a crash loop', () => {
  test('a window that is lost now and then comes back whole', () => {
    const brake = new LossBrake();
    let now = 0;
    for (let time = 0; time < 100; time += 1) {
      now += minute;
      brake.lost(now - minute, now);
      expect(brake.isSafe(now)).toBe(false);
    }
  });

  test('five losses in a row bring the safe scene, for ten minutes', () => {
    const brake = new LossBrake();
    const four = crash(brake, 4, 0);
    expect(brake.isSafe(four)).toBe(false);
    const five = crash(brake, 1, four);
    expect([brake.isSafe(five), brake.remainingMs(five)]).toEqual([true, 10 * minute]);
    expect([brake.isSafe(five + 10 * minute), brake.remainingMs(five + 10 * minute)]).toEqual([false, null]);
  });

  test('each time that the whole scene fails again it stays longer, an hour at most; a good half hour forgives', () => {
    const brake = new LossBrake();
    let now = 0;
    const rests: number[] = [];
    for (let round = 0; round < 6; round += 1) {
      now = crash(brake, 5, now);
      rests.push(brake.remainingMs(now)! / minute);
      now += brake.remainingMs(now)!;
    }
    expect(rests).toEqual([10, 20, 40, 60, 60, 60]);
    brake.lost(now, now + 31 * minute);
    now = crash(brake, 5, now + 40 * minute);
    expect(brake.remainingMs(now)).toBe(10 * minute);
  });

  test('losses within the safe scene do not lengthen it', () => {
    const brake = new LossBrake();
    const now = crash(brake, 5, 0);
    const later = crash(brake, 20, now);
    expect(brake.remainingMs(later)).toBe(10 * minute - (later - now));
  });

  test('it never stays safe for more than an hour, whatever happens', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 20 * minute }), { maxLength: 200 }), (gaps) => {
        const brake = new LossBrake();
        let now = 0;
        for (const gap of gaps) {
          now += gap;
          brake.lost(now - gap, now);
          expect(brake.remainingMs(now) ?? 0).toBeLessThanOrEqual(60 * minute);
        }
        expect(brake.isSafe(now + 60 * minute)).toBe(false);
      }),
      { numRuns: 300, seed: 7 },
    );
  });

  test('the address keeps its ticket', () => {
    expect(withSafeScene('http://127.0.0.1:8600/wall/main/1?ticket=abc')).toBe('http://127.0.0.1:8600/wall/main/1?ticket=abc&safe=1');
  });
});
