import { expect, test } from 'vitest';
import type { Display } from '../../layouts/displays.ts';
import { ManualClock } from '../hub/readings/manual-clock.ts';
import { watchDisplays } from './displays-of-desktop.ts';

const display = (id: string): Display => ({ id, label: id, bounds: { x: 0, y: 0, width: 1, height: 1 }, scaleFactor: 1 });

async function watched(first: Display[] | null) {
  const clock = new ManualClock();
  let found = first;
  let reads = 0;
  const desktop = await watchDisplays(async () => {
    reads += 1;
    return found;
  }, clock);
  const changes: string[] = [];
  desktop.onChange(() => changes.push((desktop.displays ?? []).map(({ id }) => id).join()));
  return {
    desktop,
    changes,
    reads: () => reads,
    async look(next: Display[] | null) {
      found = next;
      await clock.advance(5000);
      await clock.advance(0);
    },
  };
}

test('a change is told once it stands still', async () => {
  const { look, changes, desktop } = await watched([display('a')]);
  await look([display('a')]);
  await look([]);
  await look([display('b')]);
  expect(changes).toEqual([]);
  await look([display('b')]);
  await look([display('b')]);
  expect(changes).toEqual(['b']);
  await look([display('a')]);
  await look([display('b')]);
  await look([display('b')]);
  expect(changes).toEqual(['b']);
  desktop.stop();
});

test('a computer that has only just started may tell a little later', async () => {
  const { look, changes, desktop } = await watched(null);
  await look(null);
  await look([display('a')]);
  await look([display('a')]);
  expect([changes, desktop.displays]).toEqual([['a'], [display('a')]]);
  desktop.stop();
});

test('who tells nothing for once changes nothing; who never told anything is not asked for ever', async () => {
  const one = await watched([display('a')]);
  await one.look(null);
  await one.look(null);
  expect(one.changes).toEqual([]);
  expect(one.desktop.displays).toEqual([display('a')]);
  one.desktop.stop();
  const reads = one.reads();
  await one.look([display('b')]);
  expect(one.reads()).toBe(reads);

  const none = await watched(null);
  for (let count = 0; count < 24; count += 1) await none.look(null);
  const asked = none.reads();
  await none.look([display('a')]);
  await none.look([display('a')]);
  expect([none.reads(), none.desktop.displays]).toEqual([asked, null]);
});
