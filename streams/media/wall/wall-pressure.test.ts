import { describe, expect, test } from 'vitest';
import { WallPressure } from './wall-pressure.ts';

/** A page that is behind by so much, judged ten times a second from `from` to `until`. */
function judged(pressure: WallPressure, from: number, until: number, lagMs: number, more: { bytes?: number; bufferedBytes?: number } = {}) {
  for (let now = from; now <= until; now += 100) pressure.review({ lagMs, bytes: 0, bufferedBytes: 0, ...more }, now);
  return [pressure.strain, pressure.eighths];
}
const mib = 1024 * 1024;

describe('credits', () => {
  test('the backlog is what was sent and not worked off, as old as its oldest message', () => {
    const pressure = new WallPressure();
    expect(pressure.backlog(50, 7)).toEqual({ lagMs: 0, bytes: 0, bufferedBytes: 7 });
    pressure.sent(100, 1000);
    pressure.sent(200, 1015);
    expect(pressure.backlog(1100, 0)).toEqual({ lagMs: 100, bytes: 300, bufferedBytes: 0 });
    expect(pressure.credit(99)).toBe(true);
    expect(pressure.backlog(1100, 0)).toMatchObject({ lagMs: 100, bytes: 201 });
    pressure.credit(100);
    expect(pressure.backlog(1100, 0)).toMatchObject({ lagMs: 85, bytes: 200 });
    pressure.credit(50);
    expect(pressure.backlog(1100, 0)).toMatchObject({ lagMs: 85, bytes: 200 });
    pressure.credit(300);
    expect(pressure.backlog(1100, 0)).toMatchObject({ lagMs: 0, bytes: 0 });
  });

  test('nobody has worked off what was not sent', () => {
    const pressure = new WallPressure();
    pressure.sent(10, 0);
    expect([pressure.credit(11), pressure.credit(10)]).toEqual([false, true]);
  });

  test('ten thousand messages that nobody credits are not remembered one by one, and none of them is forgotten', () => {
    const pressure = new WallPressure();
    for (let at = 0; at < 10_000; at++) pressure.sent(1, at);
    pressure.credit(9999);
    expect(pressure.backlog(10_000, 0).bytes).toBe(1);
    expect(pressure.backlog(10_000, 0).lagMs).toBeGreaterThan(0);
    pressure.credit(10_000);
    expect(pressure.backlog(10_000, 0)).toMatchObject({ lagMs: 0, bytes: 0 });
  });
});

describe('strain', () => {
  test.each([
    ['a page that keeps up', 250, {}, 'none'],
    ['a little behind', 399, {}, 'none'],
    ['behind', 400, {}, 'tight'],
    ['a second behind', 1000, {}, 'stop'],
    ['much under way', 0, { bytes: 25 * mib }, 'stop'],
    ['a line that takes nothing', 0, { bufferedBytes: 5 * mib }, 'stop'],
  ])('%s', (_name, lagMs, more, strain) => {
    expect(judged(new WallPressure(), 0, 0, lagMs, more)[0]).toBe(strain);
  });

  test('does not end before the page has really caught up', () => {
    const pressure = new WallPressure();
    judged(pressure, 0, 0, 1000);
    expect([judged(pressure, 100, 100, 500)[0], pressure.stoppedAt]).toEqual(['stop', 0]);
    expect(judged(pressure, 200, 200, 100, { bufferedBytes: mib })[0]).toBe('stop');
    expect([judged(pressure, 300, 300, 299)[0], pressure.stoppedAt]).toEqual(['none', null]);
  });

  test('the longer it lasts the more get key pictures only, one eighth after the other', () => {
    const pressure = new WallPressure();
    expect(judged(pressure, 0, 1000, 500)).toEqual(['tight', 0]);
    expect(judged(pressure, 1100, 1100, 600)).toEqual(['tight', 1]);
    expect(judged(pressure, 1200, 1300, 600)).toEqual(['tight', 1]);
    expect(judged(pressure, 1400, 1400, 600)).toEqual(['tight', 2]);
    expect(judged(pressure, 1500, 60_000, 600)).toEqual(['tight', 8]);
  });

  test('a stop sheds once, not again and again while it lasts', () => {
    const pressure = new WallPressure();
    expect(judged(pressure, 0, 10_000, 1500)).toEqual(['stop', 1]);
  });

  test('comes back one by one; a mistake makes it wait longer', () => {
    const pressure = new WallPressure();
    judged(pressure, 0, 300, 600);
    expect(pressure.eighths).toBe(2);
    expect(judged(pressure, 400, 2200, 0)).toEqual(['none', 2]);
    expect(judged(pressure, 2300, 2300, 0)).toEqual(['none', 1]);
    expect(judged(pressure, 2600, 2600, 700)).toEqual(['tight', 2]);
    expect(judged(pressure, 2700, 6500, 0)).toEqual(['none', 2]);
    expect(judged(pressure, 6600, 6600, 0)).toEqual(['none', 1]);
    expect(judged(pressure, 6700, 10_600, 0)).toEqual(['none', 0]);
  });

  test('says when something is another than before', () => {
    const pressure = new WallPressure();
    const at = (lagMs: number, now: number) => pressure.review({ lagMs, bytes: 0, bufferedBytes: 0 }, now);
    expect([at(0, 0), at(450, 100), at(450, 200), at(700, 300), at(0, 400), at(0, 500)]).toEqual([false, true, false, true, true, false]);
  });
});
