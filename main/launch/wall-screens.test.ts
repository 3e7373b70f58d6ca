import { expect, test, vi } from 'vitest';
import type { Log } from '../contract/log.ts';
import { ManualClock } from '../hub/readings/manual-clock.ts';
import { awaitWallScreens } from './wall-screens.ts';

const hub = vi.hoisted(() => ({ answers: [] as (() => string)[] }));
vi.mock('./ask-hub.ts', () => ({
  askHub: async (_city: object, path: string) => {
    if (!path.startsWith('/api/collections')) return { status: 200, headers: { 'set-cookie': ['session=token; Path=/'] }, text: '' };
    return { status: 200, headers: {}, text: hub.answers.shift()!() };
  },
}));

const city = { listening: 'http://127.0.0.1:8600', tls: null, wallLink: async () => 'http://127.0.0.1:8600/wall/main/launcher?ticket=t' };
const wall = {
  id: 'main',
  name: '墙',
  pixelPitchMm: 1.2,
  farthestSeatM: 8,
  spanning: [],
  revision: 1,
  screens: [
    {
      id: '1',
      name: '屏 1',
      rect: { x: 0, y: 0, width: 1920, height: 1080 },
      scene: { kind: 'grid', rows: 1, cols: 1, tiles: [null] },
      revision: 1,
      changedBy: null,
      changedAt: null,
    },
  ],
};
const late = () => {
  throw new Error('the hub does not answer');
};
const told = () => JSON.stringify({ items: [wall] });

/** Asks with a clock that goes on by itself, and counts the complaints. */
async function ask(answers: (() => string)[], over = new AbortController()) {
  hub.answers = answers;
  const clock = new ManualClock();
  const complaints: string[] = [];
  const note = (_fields: object, words: string) => void complaints.push(words);
  const log: Log = { debug() {}, info() {}, warn: note, error: note };
  const state = { done: false };
  const asked = awaitWallScreens(city, 'main', { clock, log, over: over.signal }).finally(() => (state.done = true));
  asked.catch(() => {});
  for (let step = 0; step < 50 && !state.done; step += 1) await clock.advance(10_000);
  expect(state.done).toBe(true);
  return { asked, complaints, clock };
}

test('a hub that is too busy to answer is asked again until it does', async () => {
  const { asked, complaints } = await ask([late, late, late, told]);
  expect(await asked).toEqual([{ id: '1', name: '屏 1', rect: { x: 0, y: 0, width: 1920, height: 1080 } }]);
  expect(complaints).toHaveLength(3);
});

test('one that has no such wall is believed at once', async () => {
  const { asked, complaints } = await ask([() => JSON.stringify({ items: [] })]);
  expect(await asked).toBeNull();
  expect(complaints).toEqual(['the hub has no wall main']);
});

test('whoever ends meanwhile is not held up', async () => {
  const over = new AbortController();
  const { asked, clock } = await ask(
    [
      late,
      () => {
        over.abort();
        return late();
      },
    ],
    over,
  );
  await expect(asked).rejects.toThrow();
  expect(clock.sleeping).toBe(0);
});
