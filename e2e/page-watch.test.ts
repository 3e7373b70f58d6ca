import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { afterEach, describe, expect, test } from 'vitest';
import type { Clock } from '../main/contract/time.ts';
import { openDevtoolsPipe, type DevtoolsPipe } from '../main/launch/devtools-pipe.ts';
import { watchPage } from '../main/launch/page-watch.ts';
import { systemClock } from '../main/supervision/system-clock.ts';
import { chromiumPath, chromiumSwitches } from './chromium.ts';
import { until } from './start-hub.ts';

const why = chromiumPath === null ? ' (skipped: no Chromium found)' : '';

/** The watch looks so much oftener than it does in a room, and waits so much shorter. */
const hurry = 2;
const clock: Clock = {
  now: () => systemClock.now(),
  monotonic: () => systemClock.monotonic() * hurry,
  sleep: (ms, signal) => systemClock.sleep(ms / hurry, signal),
};

/** Says that it paints as the page of a wall does: by a frame, asked for by a timer of its main thread. */
const page = `<script>
  globalThis.taoduWall = { paintedAt: null };
  setInterval(() => requestAnimationFrame(() => (taoduWall.paintedAt = performance.now())), 250);
</script>`;

interface Watched {
  readonly lost: string[];
  readonly looks: () => number;
  /** Runs a script in the page. */
  run(expression: string): Promise<unknown>;
}

describe.skipIf(chromiumPath === null)(`the watch over the page of a real browser${why}`, () => {
  const endings: (() => Promise<void> | void)[] = [];
  afterEach(async () => {
    for (let ending = endings.pop(); ending; ending = endings.pop()) await ending();
  });

  async function watched(): Promise<Watched> {
    const profile = mkdtempSync(join(tmpdir(), 'taodu-watched-'));
    endings.push(() => rmSync(profile, { recursive: true, force: true, maxRetries: 5 }));
    const browser: ChildProcess = spawn(
      chromiumPath!,
      [
        ...chromiumSwitches,
        '--headless',
        '--remote-debugging-pipe',
        `--user-data-dir=${profile}`,
        `data:text/html,${encodeURIComponent(page)}`,
      ],
      { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
    );
    const gone = new Promise((done) => browser.once('exit', done));
    endings.push(async () => {
      browser.kill('SIGKILL');
      await gone;
    });
    const pipe = openDevtoolsPipe(browser.stdio[3] as Writable, browser.stdio[4] as Readable);
    const over = new AbortController();
    endings.push(() => {
      over.abort();
      pipe.close();
    });
    const lost: string[] = [];
    let looks = 0;
    const counting: DevtoolsPipe = {
      ...pipe,
      send(method, params, signal, session) {
        if (method === 'Runtime.evaluate') looks += 1;
        return pipe.send(method, params, signal, session);
      },
    };
    const { signal } = over;
    const session = await until('a page', 30_000, async () => {
      const { targetInfos } = (await pipe.send('Target.getTargets', {}, signal)) as { targetInfos: { targetId: string; type: string }[] };
      const target = targetInfos.find(({ type }) => type === 'page');
      if (!target) return null;
      return String((await pipe.send('Target.attachToTarget', { targetId: target.targetId, flatten: true }, signal))['sessionId']);
    });
    const run = (expression: string) => pipe.send('Runtime.evaluate', { expression, returnByValue: true }, signal, session);
    await until('its first picture', 30_000, async () => {
      const { result } = (await run('taoduWall.paintedAt !== null')) as { result?: { value?: unknown } };
      return result?.value === true;
    });
    watchPage(counting, {
      clock,
      over: signal,
      place: () => ({ rect: { x: 0, y: 0, width: 800, height: 600 }, isExact: false }),
      lose: (reason) => lost.push(reason),
    });
    return { lost, looks: () => looks, run };
  }

  test('one that paints is left alone; one whose frames stop, though its main thread runs, is lost', async () => {
    const { lost, looks, run } = await watched();
    await until('three looks', 60_000, async () => looks() >= 3);
    expect(lost).toEqual([]);
    // Not the whole of the quarter minute has to be waited for.
    await run('globalThis.requestAnimationFrame = () => 0; setTimeout(() => (taoduWall.paintedAt -= 12_000), 500)');
    await until('the watch to notice', 60_000, async () => lost.length > 0);
    expect(lost).toEqual(['no heartbeat']);
  });

  test('one whose main thread hangs is lost', async () => {
    const { lost, looks, run } = await watched();
    await until('a look', 60_000, async () => looks() >= 1);
    await run('setTimeout(() => { for (;;); }, 100)');
    await until('the watch to notice', 60_000, async () => lost.length > 0);
    expect(lost).toEqual(['unresponsive']);
  });
});
