import { describe, expect, test } from 'vitest';
import { ManualClock } from '../hub/readings/manual-clock.ts';
import type { DevtoolsEvent, DevtoolsPipe } from './devtools-pipe.ts';
import { askToRefresh } from '../supervision/page-signs.ts';
import { hubAway, watchPage } from './page-watch.ts';
import type { WindowPlace } from './window-place.ts';

const place = { rect: { x: 1920, y: 0, width: 1920, height: 1080 }, isExact: false };

type Answers = Partial<Record<string, (params: never) => object | Promise<object>>>;

/** A browser with one page; `answers` are what it says to each method. */
function browser(answers: Answers) {
  const listeners = new Set<(event: DevtoolsEvent) => void>();
  const all: Answers = {
    'Target.getTargets': () => ({ targetInfos: [{ targetId: 't', type: 'page' }] }),
    'Target.attachToTarget': () => ({ sessionId: 's' }),
    'Runtime.evaluate': () => ({ result: { value: 0 } }),
    'Browser.getWindowForTarget': () => ({ windowId: 1, bounds: { left: 1920, top: 0, width: 1920, height: 1080 } }),
    'SystemInfo.getProcessInfo': () => ({ processInfo: [{ id: 1 }, { id: 2 }] }),
    ...answers,
  };
  const pipe: DevtoolsPipe = {
    async send(method, params, signal) {
      const answer = all[method]?.(params as never) ?? {};
      return Promise.race([
        answer as Promise<Record<string, unknown>>,
        new Promise<never>((_, reject) =>
          signal.addEventListener('abort', () => reject(new Error(`the browser does not answer ${method}`))),
        ),
      ]);
    },
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {},
  };
  return {
    pipe,
    says: (method: string, sessionId: string | null = 's') => listeners.forEach((listener) => listener({ method, params: {}, sessionId })),
    listeners,
  };
}

function watched(answers: Answers, memoryOf: (pid: number) => number | null = () => 100) {
  const clock = new ManualClock();
  const over = new AbortController();
  const lost: string[] = [];
  const at: { place: WindowPlace | null } = { place };
  const made = browser(answers);
  watchPage(made.pipe, { clock, over: over.signal, place: () => at.place, lose: (why) => lost.push(why), memoryOf });
  return { ...made, clock, over, lost, at };
}

test('a page whose script was not there is made anew after a minute, and not before', async () => {
  let said: unknown = 'empty';
  const { clock, lost, over } = watched({ 'Runtime.evaluate': () => ({ result: { value: said } }) });
  await looks(clock, 11);
  said = null;
  await looks(clock, 1);
  said = 'empty';
  await looks(clock, 12);
  expect(lost).toEqual([]);
  await looks(clock, 1);
  expect(lost).toEqual(['the page never began']);
  over.abort();
});

const looks = async (clock: ManualClock, times: number) => {
  for (let time = 0; time < times; time += 1) {
    await clock.advance(5000);
    await clock.advance(0);
  }
};

describe('the page of a kiosk browser', () => {
  test('that paints is left alone', async () => {
    const { clock, lost } = watched({});
    await looks(clock, 40);
    expect(lost).toEqual([]);
  });

  test('that stopped painting is lost, once', async () => {
    const { clock, lost } = watched({ 'Runtime.evaluate': () => ({ result: { value: 16_000 } }) });
    await looks(clock, 8);
    expect(lost).toEqual(['no heartbeat']);
  });

  test('that is no wall yet is not judged', async () => {
    const { clock, lost } = watched({ 'Runtime.evaluate': () => ({ result: { value: null } }) });
    await looks(clock, 40);
    expect(lost).toEqual([]);
  });

  test('whose renderer crashed is lost at once; that of another session is not ours', async () => {
    const { clock, lost, says } = watched({});
    await looks(clock, 1);
    says('Inspector.targetCrashed', 'other');
    expect(lost).toEqual([]);
    says('Inspector.targetCrashed');
    expect(lost).toEqual(['renderer crashed']);
  });

  test('that does not answer is lost', async () => {
    const { clock, lost } = watched({ 'Runtime.evaluate': () => new Promise(() => {}) });
    await looks(clock, 4);
    expect(lost).toEqual(['unresponsive']);
  });

  describe('that grew beyond measure', () => {
    /** `refreshes`: it says that it will make itself anew. `holds`: each of its two processes, in MB. */
    const large = (refreshes: boolean) => {
      const state = { holds: 1001, asked: 0 };
      const made = watched(
        {
          'Runtime.evaluate': ({ expression }: { expression: string }) => {
            if (expression !== askToRefresh) return { result: { value: 0 } };
            state.asked += 1;
            return { result: { value: refreshes } };
          },
        },
        () => state.holds,
      );
      return { ...made, state };
    };

    test('and does not make itself anew is lost', async () => {
      const { clock, lost } = large(false);
      await looks(clock, 8);
      expect(lost).toEqual(['memory']);
    });

    test('and makes itself anew is left alone; when it grows again it is asked again', async () => {
      const { clock, lost, state } = large(true);
      await looks(clock, 12);
      expect(state.asked).toBe(1);
      state.holds = 300;
      await looks(clock, 40);
      expect([lost, state.asked]).toEqual([[], 1]);
      state.holds = 1001;
      await looks(clock, 6);
      expect([lost, state.asked]).toEqual([[], 2]);
    });

    test('and does so in vain is lost after a minute', async () => {
      const { clock, lost, state } = large(true);
      await looks(clock, 6);
      expect([lost, state.asked]).toEqual([[], 1]);
      await looks(clock, 12);
      expect(lost).toEqual([]);
      await looks(clock, 2);
      expect([lost, state.asked]).toEqual([['memory'], 1]);
    });
  });

  test('is not judged by what is seen first after a sleep, or a stop of everything', async () => {
    let agoMs = 20_000;
    const { clock, lost } = watched({ 'Runtime.evaluate': () => ({ result: { value: agoMs } }) });
    await clock.advance(60_000);
    await clock.advance(0);
    agoMs = 300;
    await looks(clock, 4);
    expect(lost).toEqual([]);
    // Nor is an answer missed that nobody could have heard.
    const hung = watched({ 'Runtime.evaluate': () => new Promise(() => {}) });
    await looks(hung.clock, 1);
    await hung.clock.advance(60_000);
    await hung.clock.advance(0);
    expect(hung.lost).toEqual([]);
    await looks(hung.clock, 5);
    expect(hung.lost).toEqual(['unresponsive']);
  });

  test('of a browser that is still starting is waited for', async () => {
    let pages: object[] = [];
    const { clock, lost } = watched({
      'Target.getTargets': () => ({ targetInfos: pages }),
      'Runtime.evaluate': () => ({ result: { value: 20_000 } }),
    });
    await looks(clock, 6);
    expect(lost).toEqual([]);
    pages = [{ targetId: 't', type: 'page' }];
    await looks(clock, 6);
    expect(lost).toEqual(['no heartbeat']);
  });

  test('of a browser that has none is waited for no longer than two minutes; a browser without a pipe is left alone', async () => {
    const bare = watched({ 'Target.getTargets': () => ({ targetInfos: [] }) });
    await looks(bare.clock, 22);
    expect(bare.lost).toEqual([]);
    await looks(bare.clock, 6);
    expect(bare.lost).toEqual(['no page']);
    const silent = watched({ 'Target.getTargets': () => new Promise(() => {}) });
    await looks(silent.clock, 100);
    expect(silent.lost).toEqual([]);
  });

  test('whose window is elsewhere is moved, then fills its display', async () => {
    const moves: object[] = [];
    const bounds = { left: 0, top: 0, width: 1920, height: 1080, windowState: 'fullscreen' };
    const { clock, lost } = watched({
      'Browser.getWindowForTarget': () => ({ windowId: 4, bounds }),
      'Browser.setWindowBounds': (params: { bounds: object }) => {
        moves.push(params.bounds);
        Object.assign(bounds, params.bounds);
        return {};
      },
    });
    await looks(clock, 5);
    expect(moves).toEqual([{ windowState: 'normal' }, { left: 1920, top: 0, width: 1920, height: 1080 }, { windowState: 'fullscreen' }]);
    expect(lost).toEqual([]);
  });

  test('that stopped painting is lost also where nobody can say where its window is', async () => {
    const { clock, lost } = watched({
      'Runtime.evaluate': () => ({ result: { value: 16_000 } }),
      'Browser.getWindowForTarget': () => Promise.reject(new Error('Browser window not found')),
    });
    await looks(clock, 8);
    expect(lost).toEqual(['no heartbeat']);
  });

  test.each([
    ['bezels', { left: 1880, top: 0, width: 1920, height: 1080 }],
    ['a smaller display', { left: 1920, top: 0, width: 1280, height: 720 }],
  ])('whose window fills its display is left alone, though its place on the wall is another: %s', async (_, bounds) => {
    const moves: object[] = [];
    const { clock } = watched({
      'Browser.getWindowForTarget': () => ({ windowId: 4, bounds: { ...bounds, windowState: 'fullscreen' } }),
      'Browser.setWindowBounds': (params: object) => {
        moves.push(params);
        return {};
      },
    });
    await looks(clock, 10);
    expect(moves).toEqual([]);
  });

  test('whose display is off is moved less and less often, and at once when its window is somewhere else again', async () => {
    let moves = 0;
    let left = 0;
    const { clock } = watched({
      'Browser.getWindowForTarget': () => ({ windowId: 4, bounds: { left, top: 0, width: 1920, height: 1080, windowState: 'fullscreen' } }),
      'Browser.setWindowBounds': ({ bounds }: { bounds: { left?: number } }) => {
        if (bounds.left !== undefined) moves += 1;
        return {};
      },
    });
    await looks(clock, 120);
    expect(moves).toBeGreaterThanOrEqual(10);
    expect(moves).toBeLessThanOrEqual(15);
    left = 1920;
    await looks(clock, 60);
    [left, moves] = [0, 0];
    await looks(clock, 1);
    expect(moves).toBe(1);
  });

  test('whose display is away is put away, not lost; when it is back it fills it and has time to paint', async () => {
    const moves: string[] = [];
    const bounds = { left: 1920, top: 0, width: 1920, height: 1080, windowState: 'fullscreen' };
    let ago = 0;
    const { clock, lost, at } = watched({
      'Runtime.evaluate': () => ({ result: { value: ago } }),
      'Browser.getWindowForTarget': () => ({ windowId: 4, bounds }),
      'Browser.setWindowBounds': (params: { bounds: { windowState?: string; left?: number } }) => {
        moves.push(params.bounds.windowState ?? `to ${params.bounds.left}`);
        Object.assign(bounds, params.bounds);
        return {};
      },
    });
    await looks(clock, 2);
    at.place = null;
    ago = 60_000;
    await looks(clock, 8);
    expect([moves, lost]).toEqual([['normal', 'minimized'], []]);
    moves.length = 0;
    at.place = { rect: { ...place.rect, x: 0 }, isExact: true };
    await looks(clock, 1);
    expect([moves, lost]).toEqual([['normal', 'to 0', 'fullscreen'], []]);
    await looks(clock, 5);
    expect(lost).toEqual(['no heartbeat']);
  });

  test('that is what a browser shows when nobody answers is lost after two looks; a hub that is back in time is not', async () => {
    let value: unknown = 'none';
    const { clock, lost } = watched({ 'Runtime.evaluate': () => ({ result: { value } }) });
    await looks(clock, 1);
    value = 0;
    await looks(clock, 1);
    value = 'none';
    await looks(clock, 1);
    expect(lost).toEqual([]);
    await looks(clock, 1);
    expect(lost).toEqual([hubAway]);
  });

  test('the watch ends with what it was for, and leaves nobody asleep', async () => {
    const { clock, over, lost, listeners, says } = watched({});
    await looks(clock, 2);
    over.abort();
    await clock.advance(0);
    says('Inspector.targetCrashed');
    expect([lost, clock.sleeping, listeners.size]).toEqual([[], 0, 0]);
  });
});
