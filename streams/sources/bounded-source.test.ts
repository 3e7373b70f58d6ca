import { expect, test } from 'vitest';
import { FakeClock } from '../media/testdata/fake-clock.ts';
import { unitAt } from '../media/testdata/units.ts';
import type { MediaSource } from '../media/source.ts';
import { boundedSource } from './bounded-source.ts';

/** Gives so many units a second for so many seconds, then waits for its end. */
const giving = (clock: FakeClock, perSecond: number, seconds: number): MediaSource => ({
  async run(_profile, sink, signal) {
    for (let second = 0; second < seconds; second += 1) {
      for (let i = 0; i < perSecond; i += 1) sink.push(unitAt(i));
      clock.advance(1000);
    }
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
  },
});

test('whoever gives what cameras give is not disturbed', async () => {
  const clock = new FakeClock();
  const abort = new AbortController();
  let units = 0;
  const run = boundedSource(giving(clock, 180, 60), clock).run('main', { push: () => (units += 1) }, abort.signal);
  abort.abort();
  await run;
  expect(units).toBe(180 * 60);
});

test('one that gives thousands ends with a reason, and no more is heard of it', async () => {
  const clock = new FakeClock();
  let units = 0;
  const run = boundedSource(giving(clock, 15_000, 3), clock).run('main', { push: () => (units += 1) }, new AbortController().signal);
  await expect(run).rejects.toMatchObject({ problem: { code: 'source-protocol', params: { reason: 'too-many-units' } } });
  expect(units).toBe(5000);
});
