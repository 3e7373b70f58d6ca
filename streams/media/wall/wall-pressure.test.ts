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
    ['a little behind', 499, {}, 'none'],
    ['behind', 500, {}, 'tight'],
    ['a second and a half behind', 1500, {}, 'stop'],
    ['much under way', 0, { bytes: 25 * mib }, 'stop'],
    ['a line that takes nothing', 0, { bufferedBytes: 5 * mib }, 'stop'],
  ])('%s', (_name, lagMs, more, strain) => {
    expect(judged(new WallPressure(), 0, 0, lagMs, more)[0]).toBe(strain);
  });

  test('does not end before the page has really caught up', () => {
    const pressure = new WallPressure();
    judged(pressure, 0, 0, 1500);
    expect([judged(pressure, 100, 100, 500)[0], pressure.stoppedAt]).toEqual(['stop', 0]);
    expect(judged(pressure, 200, 200, 100, { bufferedBytes: mib })[0]).toBe('stop');
    expect([judged(pressure, 300, 300, 299)[0], pressure.stoppedAt]).toEqual(['none', null]);
  });

  test('the longer it lasts the more get key pictures only, one eighth after the other', () => {
    const pressure = new WallPressure();
    expect(judged(pressure, 0, 1000, 600)).toEqual(['tight', 0]);
    expect(judged(pressure, 1100, 1100, 700)).toEqual(['tight', 1]);
    expect(judged(pressure, 1200, 1500, 700)).toEqual(['tight', 1]);
    expect(judged(pressure, 1600, 1600, 700)).toEqual(['tight', 2]);
    expect(judged(pressure, 1700, 60_000, 700)).toEqual(['tight', 8]);
  });

  test('a hiccup sheds nothing, however deep', () => {
    const pressure = new WallPressure();
    expect(judged(pressure, 0, 900, 900)).toEqual(['tight', 0]);
    expect(judged(pressure, 1000, 1000, 100)).toEqual(['none', 0]);
    expect(judged(pressure, 1100, 10_000, 1500)).toEqual(['stop', 0]);
    expect(judged(pressure, 10_100, 10_100, 0)).toEqual(['none', 0]);
  });

  test('one stop soon after another sheds once, not again and again while it lasts', () => {
    const pressure = new WallPressure();
    judged(pressure, 0, 500, 1500);
    judged(pressure, 600, 9000, 0);
    expect(judged(pressure, 9100, 30_000, 1500)).toEqual(['stop', 1]);
  });

  test('comes back one by one; a mistake makes it wait longer', () => {
    const pressure = new WallPressure();
    judged(pressure, 0, 1500, 800);
    expect(pressure.eighths).toBe(2);
    expect(judged(pressure, 1600, 1900, 0)).toEqual(['none', 2]);
    expect(judged(pressure, 2000, 2000, 0)).toEqual(['none', 1]);
    judged(pressure, 2100, 3100, 800);
    expect(pressure.eighths).toBe(2);
    expect(judged(pressure, 3200, 4000, 0)).toEqual(['none', 2]);
    expect(judged(pressure, 4100, 4100, 0)).toEqual(['none', 1]);
    expect(judged(pressure, 4200, 5100, 0)).toEqual(['none', 0]);
  });

  test('says when something is another than before', () => {
    const pressure = new WallPressure();
    const at = (lagMs: number, now: number) => pressure.review({ lagMs, bytes: 0, bufferedBytes: 0 }, now);
    expect([at(0, 0), at(550, 100), at(550, 200), at(1500, 300), at(0, 400), at(0, 500)]).toEqual([false, true, false, true, true, false]);
  });
});
