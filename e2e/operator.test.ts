import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath } from './chromium.ts';
import { displaysLack, startDummyDisplays, type DummyDisplays } from './dummy-displays.ts';
import { until } from './start-hub.ts';
import { startRoom, type Room } from './start-room.ts';

const lacks = chromiumPath === null ? 'Chromium' : displaysLack;
const why = lacks === null ? '' : ` (skipped: no ${lacks} found)`;
const key = '470113';
const root = resolve(import.meta.dirname, '..');

/** Processes of this machine, by what is in their command line. */
const running = (part: string) =>
  readdirSync('/proc').flatMap((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').includes(part) ? [Number(name)] : [];
    } catch {
      return []; // it ended while we looked
    }
  });
const parentOf = (pid: number) => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
};

/** The product's own start on two displays, and a person who stands before them. */
describe.skipIf(lacks !== null)(`the operator at a wall computer${why}`, () => {
  let displays: DummyDisplays;
  let room: Room;
  let folder: string;
  const hands: Browser[] = [];

  /** Hands at the keyboard of a window: a second, test's own way into the browser, beside the launcher's. */
  const at = async (profile: string): Promise<Page> =>
    until(`the window ${profile}`, 60_000, async () => {
      const port = /^(\d+)/.exec(readFileSync(join(room.dataFolder, 'chromium', profile, 'DevToolsActivePort'), 'utf8'))?.[1];
      const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
      hands.push(browser);
      return browser.contexts()[0]?.pages()[0];
    });
  const chord = (page: Page) => page.keyboard.press('Control+Alt+Shift+KeyO');
  const type = async (page: Page, typed: string) => {
    await page.locator('.operator-menu input').fill(typed);
    await page.keyboard.press('Enter');
  };
  const open = async (page: Page) => {
    await chord(page);
    await type(page, key);
    await page.locator('[data-action="identify"]').waitFor();
  };
  const connection = (page: Page, kind: string) => page.locator(`.wall[data-connection="${kind}"]`).waitFor({ timeout: 30_000 });
  const hub = () => running('hub.js').find((pid) => parentOf(pid) === room.pid)!;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'taodu-operator-'));
    const program = join(folder, 'chromium');
    // A port beside the launcher's pipe, for the hands.
    writeFileSync(program, `#!/bin/sh\nexec ${chromiumPath} "$@" --remote-debugging-port=0\n`);
    chmodSync(program, 0o700);
    displays = await startDummyDisplays(2);
    room = await startRoom(displays, 2, 1, program);
    const set = spawnSync(process.execPath, [join(root, 'dist', 'node', 'tools.js'), 'operator-key', '--data', room.dataFolder], {
      input: `${key}\n`,
      encoding: 'utf8',
    });
    expect([set.status, set.stdout]).toEqual([0, '']);
    // Hub and windows are started twice; on a machine that has much else to do that takes its time.
  }, 300_000);
  afterAll(async () => {
    await Promise.all(hands.map((browser) => browser.close().catch(() => {})));
    await room?.stop();
    await displays?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('a wall asks nothing until four keys are pressed; a wrong key opens nothing, the right one does', async () => {
    const page = await at('main-1');
    await connection(page, 'live');
    await page.waitForFunction(() => (globalThis as { taoduShell?: { kind: string } }).taoduShell?.kind === 'chromium');
    expect(await page.locator('.operator-menu').count()).toBe(0);
    await chord(page);
    await type(page, '470114');
    await page.locator('.operator-menu .trouble').waitFor();
    expect(await page.locator('[data-action]').count()).toBe(0);
    await type(page, key);
    await page.locator('[data-action="identify"]').waitFor();
    expect(await page.locator('[data-fact="screen"]').textContent()).toContain('main/1');
  });

  test('every display shows which screen it is, for a while', async () => {
    const [one, two] = await Promise.all([at('main-1'), at('main-2')]);
    await connection(two, 'live');
    await one.locator('[data-action="identify"]').click();
    await Promise.all([one.locator('.identify[data-screen="1"]').waitFor(), two.locator('.identify[data-screen="2"]').waitFor()]);
    if (process.env['TAODU_PICTURES']) spawnSync('import', ['-display', displays.name, '-window', 'root', process.env['TAODU_PICTURES']]);
    await Promise.all([one, two].map((page) => page.locator('.identify').waitFor({ state: 'detached' })));
    await one.keyboard.press('Escape');
    expect(await one.locator('.operator-menu').count()).toBe(0);
  });

  test('the console opens over the wall, and asks who is there', async () => {
    const page = await at('main-1');
    await open(page);
    await page.locator('[data-action="console"]').click();
    // It is said for a few seconds; a browser may take longer to come up.
    await page.locator('.operator-menu .outcome').waitFor();
    await page.keyboard.press('Escape');
    const desk = await at('console');
    await desk.locator('input[type="password"]').waitFor();
    expect(new URL(desk.url()).pathname).toBe('/login');
  });

  test('without the hub it works all the same', async () => {
    const [one, two] = await Promise.all([at('main-1'), at('main-2')]);
    const before = hub();
    process.kill(before, 'SIGSTOP');
    await connection(one, 'stale');
    await open(one);
    await one.locator('[data-action="identify"]').click();
    await Promise.all([one, two].map((page) => page.locator('.identify').waitFor()));
    process.kill(before, 'SIGKILL');
    await Promise.all([one, two].map((page) => connection(page, 'live')));
    expect(hub()).not.toBe(before);
    await one.keyboard.press('Escape');
  });

  test('the page that asks for it is made anew, and no other', async () => {
    const [before, other] = [room.browserOf('1'), room.browserOf('2')];
    const page = await at('main-1');
    await open(page);
    await page.locator('[data-action="reload"]').click();
    await until('another browser', 30_000, async () => {
      const now = room.browserOf('1');
      return now !== undefined && now !== before;
    });
    await connection(await at('main-1'), 'live');
    expect(room.browserOf('2')).toBe(other);
  });

  test('the end ends everything, and every try is in the log without its key', async () => {
    const page = await at('main-2');
    await open(page);
    await page.locator('[data-action="quit"]').click();
    await page.locator('[data-action="quit"]').click();
    await until('the launcher has gone', 30_000, async () => running(room.dataFolder).length === 0);
    const tries = room
      .said()
      .split('\n')
      .filter((line) => line.includes('an operator tried'))
      .map((line) => JSON.parse(line) as { screen: string; action: string; outcome: string });
    expect(tries.map(({ screen, action, outcome }) => `${screen} ${action} ${outcome}`)).toEqual([
      'main/1 unlock operator-key-wrong',
      'main/1 unlock done',
      'main/1 identify done',
      'main/1 unlock done',
      'main/1 console done',
      'main/1 unlock done',
      'main/1 identify done',
      'main/1 unlock done',
      'main/1 reload done',
      'main/2 unlock done',
      'main/2 quit done',
    ]);
    expect(room.said()).not.toMatch(/47011[34]/);
  });
});
