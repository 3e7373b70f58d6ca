import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, startChromium } from './chromium.ts';

const root = resolve(import.meta.dirname, '..');
const password = 'Kiln-and-glaze-9';
const key = 'open sesame 42';

interface RunningSetup {
  readonly url: string;
  readonly process: ChildProcess;
  stderr(): string;
  stop(): Promise<void>;
}

/** The setup as `npm run setup` starts it, on free ports unless the hub's own are wanted. */
async function startSetup(dataFolder: string, args: readonly string[]): Promise<RunningSetup> {
  const launcher = join(root, 'dist', 'node', 'launch.js');
  const child = spawn(process.execPath, [launcher, 'setup', '--data', dataFolder, '--relay-port', '0', '--rtmp-port', '0', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors = (errors + text).slice(-100_000)));
  const exited = once(child, 'exit');
  const [line] = (await Promise.race([
    once(child.stdout.setEncoding('utf8'), 'data'),
    exited.then(() => Promise.reject(new Error(`the setup ended:\n${errors}`))),
  ])) as [string];
  return {
    url: (JSON.parse(line) as { setup: string }).setup,
    process: child,
    stderr: () => errors,
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

const clipped = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('button, label, h1, p, dt, dd, a, li')]
      .filter((element) => element.offsetParent !== null && element.scrollWidth > element.clientWidth + 1)
      .filter((element) => getComputedStyle(element).display !== 'inline')
      .map((element) => `${element.tagName} ${element.textContent?.trim().slice(0, 40)}`),
  );

/** Types into the field that has the focus, over what stands there. */
async function type(page: Page, text: string): Promise<void> {
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type(text);
}

async function tabTo(page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < 40; presses++) {
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`no way by Tab to ${selector}`);
}

async function onStep(page: Page, step: string): Promise<void> {
  await page.locator(`[data-step="${step}"]`).waitFor();
  expect({ step, clipped: await clipped(page) }).toEqual({ step, clipped: [] });
}

async function post<T>(listening: string, command: string, args: object, token?: string): Promise<T> {
  const answer = await fetch(`${listening}/api/commands/${command}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(args),
  });
  expect(answer.status, `${command}: ${await answer.clone().text()}`).toBe(200);
  return (await answer.json()) as T;
}

describe.skipIf(chromiumPath === null)('the first start', () => {
  let browser: Browser;
  let folder = '';
  let blocker: Server | null = null;

  beforeAll(async () => {
    browser = await startChromium();
    folder = mkdtempSync(join(tmpdir(), 'taodu-first-'));
  }, 60_000);
  afterAll(async () => {
    blocker?.close();
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('from nothing to a running hub by keyboard alone, in English, past a port that is taken', async () => {
    blocker = createServer().listen(0, '127.0.0.1');
    await once(blocker, 'listening');
    const { port } = blocker.address() as { port: number };
    const dataFolder = join(folder, 'en', 'data');
    const setup = await startSetup(join(folder, 'suggested'), ['--port', String(port)]);
    const page = await (await browser.newContext({ viewport: { width: 1366, height: 768 } })).newPage();
    try {
      await page.goto(setup.url);
      await onStep(page, 'language');
      await page.keyboard.press('ArrowDown');
      await page.getByRole('heading', { name: 'Choose the language' }).waitFor();
      await page.keyboard.press('Enter');

      await onStep(page, 'folder');
      await type(page, 'not/whole');
      await page.locator('[data-verdict="refused"]').waitFor();
      await type(page, dataFolder);
      await page.locator('[data-verdict="missing"]').waitFor();
      await page.keyboard.press('Enter');

      await onStep(page, 'admin');
      await type(page, password);
      await page.keyboard.press('Tab');
      await tabTo(page, 'input[type=password]');
      await type(page, 'Another-one-7');
      await page.keyboard.press('Enter');
      await page.locator('[role=alert]').waitFor();
      await type(page, password);
      await page.keyboard.press('Enter');

      await onStep(page, 'wall');
      await type(page, 'Room 3');
      await tabTo(page, 'input[name=rows]');
      await type(page, '2');
      await tabTo(page, 'input[name=cols]');
      await type(page, '3');
      await tabTo(page, 'input[name=seat]');
      await type(page, '9');
      await expect.poll(() => page.locator('[data-words]').innerText()).toContain('from 9 m');
      expect(await clipped(page)).toEqual([]);
      await page.keyboard.press('Enter');

      await onStep(page, 'key');
      await type(page, key);
      await page.keyboard.press('Tab');
      await tabTo(page, 'input[type=password]');
      await type(page, key);
      await page.keyboard.press('Enter');

      await onStep(page, 'summary');
      expect(existsSync(dataFolder)).toBe(false);
      expect(await page.locator('[data-row="wall"] dd').innerText()).toBe('Room 3, number of screens: 6, 5760 × 2160 pixels');
      await page.keyboard.press('Enter');
      await page.locator('[data-fault="port-taken"]').waitFor({ timeout: 40_000 });
      expect(await clipped(page)).toEqual([]);
      blocker.close();
      await once(blocker, 'close');
      blocker = null;
      await tabTo(page, '[data-next]');
      await page.keyboard.press('Enter');
      await page.locator('[data-done]').waitFor({ timeout: 40_000 });
      expect(await clipped(page)).toEqual([]);
      expect(await page.locator('[data-command]').innerText()).toBe(`npm run hub -- --data ${dataFolder}`);

      const listening = `http://127.0.0.1:${port}`;
      const { token } = await post<{ token: string }>(listening, 'session.login', { user: 'admin', password });
      const walls = await fetch(`${listening}/api/collections/walls`, { headers: { authorization: `Bearer ${token}` } });
      const { items } = (await walls.json()) as { items: { name: string; farthestSeatM: number; screens: { name: string }[] }[] };
      expect(items).toHaveLength(1);
      expect(items[0]).toMatchObject({ name: 'Room 3', farthestSeatM: 9 });
      expect(items[0]!.screens.map(({ name }) => name)).toEqual([1, 2, 3, 4, 5, 6].map((n) => `Screen ${n}`));
      expect(readFileSync(join(dataFolder, 'taodu.yaml'), 'utf8')).toContain('locale: en');
      expect(statSync(dataFolder).mode & 0o777).toBe(0o700);
      expect(readFileSync(join(dataFolder, 'operator-key'), 'utf8')).toMatch(/^scrypt\$/);
      expect(existsSync(join(dataFolder, 'setup-unfinished'))).toBe(false);
      expect(setup.stderr()).not.toContain(password);

      await page.keyboard.press('Enter');
      await page.waitForURL(/\/console/);
      expect(await page.evaluate(() => document.documentElement.lang)).toBe('en');
    } finally {
      await page.context().close();
      await setup.stop();
    }
  }, 120_000);

  test('a folder that holds a city is opened as it is, in Chinese; who comes second is shown nothing', async () => {
    const dataFolder = join(folder, 'en', 'data');
    const before = readFileSync(join(dataFolder, 'taodu.yaml'), 'utf8');
    const setup = await startSetup(dataFolder, ['--port', '0']);
    const page = await (await browser.newContext({ viewport: { width: 1920, height: 1080 } })).newPage();
    try {
      await page.goto(setup.url);
      expect((await fetch(setup.url)).status).toBe(403);
      await onStep(page, 'language');
      await page.keyboard.press('Enter');
      await onStep(page, 'folder');
      await page.locator('[data-verdict="city"]').waitFor();
      await page.keyboard.press('Enter');
      await onStep(page, 'summary');
      await page.keyboard.press('Enter');
      await page.locator('[data-done]').waitFor({ timeout: 40_000 });
      expect(await clipped(page)).toEqual([]);
      expect(readFileSync(join(dataFolder, 'taodu.yaml'), 'utf8')).toBe(before);
      const listening = new URL((await page.locator('[data-done] a').getAttribute('href'))!).origin;
      await post(listening, 'session.login', { user: 'admin', password });
    } finally {
      await page.context().close();
      await setup.stop();
    }
  }, 90_000);
});
