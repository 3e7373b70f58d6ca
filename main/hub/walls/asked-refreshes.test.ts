import { expect, test } from 'vitest';
import { ManualClock } from '../readings/manual-clock.ts';
import { createAskedRefreshes, refreshAskedHoldsMs } from './asked-refreshes.ts';

test('a request is told with its age, of its screen alone, until nobody waits for it any more', () => {
  const clock = new ManualClock();
  const refreshes = createAskedRefreshes(clock);
  refreshes.ask('main', '1');
  clock.advance(1500);
  expect([refreshes.askedMsAgo('main', '1'), refreshes.askedMsAgo('main', '2'), refreshes.askedMsAgo('other', '1')]).toEqual([
    1500,
    null,
    null,
  ]);
  clock.advance(refreshAskedHoldsMs - 1500);
  expect(refreshes.askedMsAgo('main', '1')).toBe(refreshAskedHoldsMs);
  clock.advance(1);
  expect(refreshes.askedMsAgo('main', '1')).toBeNull();
});

test('the latest request counts', () => {
  const clock = new ManualClock();
  const refreshes = createAskedRefreshes(clock);
  refreshes.ask('main', '1');
  clock.advance(5000);
  refreshes.ask('main', '1');
  clock.advance(10);
  expect(refreshes.askedMsAgo('main', '1')).toBe(10);
});

test('a screen that is gone has not been asked, should it come back', () => {
  const refreshes = createAskedRefreshes(new ManualClock());
  refreshes.ask('main', '1');
  refreshes.ask('main', '2');
  refreshes.keepOnly('main', new Set(['2']));
  expect([refreshes.askedMsAgo('main', '1'), refreshes.askedMsAgo('main', '2')]).toEqual([null, 0]);
});
