import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Screen, Wall } from '../layouts/contract.ts';
import type { Hold } from '../layouts/control-contract.ts';
import type { CameraId } from '../main/contract/ids.ts';
import { chromiumPath, startChromium } from './chromium.ts';
import { startHub, until, type RunningHub } from './start-hub.ts';
import { openPage, type OpenPage, type PageOptions } from './wall-page.ts';

const why = chromiumPath === null ? ' (skipped: no Chromium found)' : '';
const [firstPassword, password] = ['Kiln-Shift-2026', 'Slip-Glaze-2027'];

describe.skipIf(chromiumPath === null)(`two desks and one wall${why}`, () => {
  let hub: RunningHub;
  let browser: Browser;
  let desks: readonly OpenPage[] = [];
  let cameras: readonly CameraId[];
  /** While this is so, what the hub tells by itself does not reach desks that were opened `behind`; answers do. */
  let holding = false;
  let heldBack: (() => void)[] = [];
  const release = () => {
    holding = false;
    for (const send of heldBack) send();
    heldBack = [];
  };
  const behind = (context: BrowserContext) =>
    context.routeWebSocket(/socket\.io/, (page) => {
      const server = page.connectToServer();
      server.onMessage((message) => {
        if (holding && typeof message === 'string' && message.startsWith('42["changes"')) heldBack.push(() => page.send(message));
        else page.send(message);
      });
    });

  /** Somebody with an account of his own, at a desk of his own. */
  async function sitDown(name: string, options: PageOptions = {}): Promise<OpenPage> {
    await hub.command('user.upsert', { name, roles: ['operator'], password: firstPassword });
    const post = async (what: string, args: object, token?: string) => {
      const answer = await fetch(`${hub.listening}/api/commands/${what}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
        body: JSON.stringify(args),
      });
      return (await answer.json()) as { token: string };
    };
    const { token } = await post('session.login', { user: name, password: firstPassword });
    await post('session.password', { current: firstPassword, next: password }, token);
    const desk = await openPage(browser, `${hub.listening}/console`, { width: 1366, height: 768 }, options);
    const { page } = desk;
    await page.waitForURL(/\/login/);
    await page.locator('input[autocomplete="username"]').fill(name);
    await page.locator('input[autocomplete="current-password"]').fill(password);
    await page.keyboard.press('Enter');
    await page.locator('.console[data-connection="live"]').waitFor();
    await page.locator('[data-screen="2"] [data-tile]').first().waitFor();
    return desk;
  }

  beforeAll(async () => {
    hub = await startHub({ demo: false });
    browser = await startChromium();
    const made: CameraId[] = [];
    for (const number of ['W-1', 'W-2', 'W-3']) {
      const { cameraId } = await hub.command<{ cameraId: CameraId }>('camera.upsert', {
        number,
        name: `东门 ${number}`,
        district: '320282101',
        source: { kind: 'file', url: 'clip:crossing.main', subUrl: 'clip:crossing.sub' },
      });
      made.push(cameraId);
    }
    cameras = made;
  });
  afterAll(async () => {
    await browser?.close();
    await hub?.stop();
  });

  const ann = () => desks[0]!.page;
  const bob = () => desks[1]!.page;
  const screen = async (id: string): Promise<Screen> => {
    const { items } = await hub.collection<Wall>('walls');
    return items.find((wall) => wall.id === 'main')!.screens.find((one) => one.id === id)!;
  };
  const shown = async (id: string) => {
    const { scene } = await screen(id);
    return scene.kind === 'grid' ? scene.tiles.map((tile) => (tile?.panel === 'video' ? tile.cameraId : null)) : null;
  };
  const holds = async () => (await hub.collection<Hold>('holds')).items;
  /** Nothing on the page is wider than its box, except where an ellipsis says so or it scrolls. */
  const clipped = (page: Page) =>
    page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('button, label, h1, h2, h3, p, dt, dd, kbd, legend')]
        .filter((element) => element.offsetParent !== null && element.scrollWidth > element.clientWidth + 1)
        .filter((element) => getComputedStyle(element).textOverflow !== 'ellipsis' && getComputedStyle(element).display !== 'inline')
        .map((element) => `${element.tagName} ${element.textContent?.trim().slice(0, 40)}`),
    );
  /** Goes to a screen by its keys: from the first one on. */
  const goTo = async (page: Page, screenId: string) => {
    for (let step = 0; step < 4 && (await page.locator('.screen.chosen').getAttribute('data-screen')) !== screenId; step += 1)
      await page.keyboard.press(']');
    await page.locator(`.screen.chosen[data-screen="${screenId}"]`).waitFor();
  };
  const put = async (page: Page, number: string) => {
    await page.keyboard.press('/');
    await page.keyboard.type(number);
    await page.locator('.camera', { hasText: number }).first().waitFor();
    await page.keyboard.press('Enter');
  };
  const notice = (page: Page, words: RegExp) => page.locator('.notice', { hasText: words }).first().waitFor();
  const quiet = async (page: Page) => {
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    for (const dismiss of await page.locator('.notice .dismiss').all()) await dismiss.click();
  };

  test('both sit down', async () => {
    desks = await Promise.all([sitDown('ann'), sitDown('bob', { prepare: behind })]);
  });

  test('ann holds screen 2 by keys; it stands on both desks until when', async () => {
    await goTo(ann(), '2');
    await ann().keyboard.press('h');
    await ann().locator('dialog .reason input').waitFor();
    await ann().keyboard.type('消防演练');
    await ann().keyboard.press('Enter');
    const [hold] = await until('the hold', 10_000, async () => ((await holds()).length === 1 ? holds() : null));
    expect(hold).toMatchObject({ screenId: '2', name: 'ann', reason: '消防演练', priority: 4, tiles: null });
    await ann().locator('dialog [data-hold].mine').waitFor();
    await ann().keyboard.press('Escape');
    await bob().locator('[data-screen-card="2"] [data-held]', { hasText: 'ann' }).waitFor();
  });

  test('bob is refused in words, asks for it, and ann gives it with one key', async () => {
    const before = await screen('2');
    await goTo(bob(), '2');
    await put(bob(), 'W-1');
    await notice(bob(), /ann 正占用这块屏（消防演练），未作改动/);
    expect((await screen('2')).revision).toBe(before.revision);
    await quiet(bob());
    await bob().keyboard.press('h');
    await bob().locator('dialog [data-hold]:focus').waitFor();
    await bob().keyboard.press('q');
    await bob().locator('dialog [data-hold] input:focus').waitFor();
    await bob().keyboard.type('东门有火情');
    await bob().keyboard.press('Enter');
    const line = ann().locator('[data-hold-request]', { hasText: '东门有火情' });
    await line.waitFor();
    expect(await clipped(ann())).toEqual([]);
    await ann().keyboard.press('y');
    await until('bob’s hold', 10_000, async () => (await holds())[0]?.name === 'bob');
    await bob().keyboard.press('Escape');
    await notice(bob(), /ann 已把 .* 让给您/);
    await quiet(bob());
    await put(bob(), 'W-1');
    await until('the camera on screen 2', 10_000, async () => (await shown('2'))?.includes(cameras[0]!));
  });

  test('bob keeps the wall as preset 7 and brings it back by its number; Z takes it back, ⇧Z does it again', async () => {
    await quiet(bob());
    await bob().keyboard.press('p');
    await bob().locator('dialog [role=listbox]:focus').waitFor();
    await bob().keyboard.press('s');
    await bob().locator('dialog .field.name input:focus').waitFor();
    await bob().keyboard.type('火情');
    await bob().locator('dialog .field.number input').fill('7');
    await bob().locator('dialog .field.name input').focus();
    await bob().keyboard.press('Enter');
    await bob().locator('dialog [data-preset]', { hasText: '火情' }).waitFor();
    await bob().keyboard.press('Escape');
    const kept = await shown('2');

    await put(bob(), 'W-2');
    const changed = await until('another camera', 10_000, async () => {
      const now = await shown('2');
      return now?.includes(cameras[1]!) ? now : null;
    });
    await quiet(bob());
    await bob().keyboard.press('p');
    await bob().locator('dialog [role=listbox]:focus').waitFor();
    await bob().keyboard.press('7');
    await bob().keyboard.press('Enter');
    await until('the preset', 10_000, async () => JSON.stringify(await shown('2')) === JSON.stringify(kept));
    await bob().locator('dialog').waitFor({ state: 'detached' });
    await quiet(bob());
    await bob().keyboard.press('z');
    await until('the way back', 10_000, async () => JSON.stringify(await shown('2')) === JSON.stringify(changed));
    await bob().keyboard.press('Shift+Z');
    await until('again', 10_000, async () => JSON.stringify(await shown('2')) === JSON.stringify(kept));
  });

  test('what another changed meanwhile is not overwritten: bob is told who changed what, and W makes his change on that', async () => {
    await goTo(bob(), '1');
    await quiet(bob());
    await goTo(ann(), '1');
    await ann().keyboard.press('1');
    // Bob's page is behind: it has not heard yet of what ann does.
    holding = true;
    await put(ann(), 'W-3');
    await until('ann’s camera', 10_000, async () => (await shown('1'))?.[0] === cameras[2]);
    await bob().keyboard.press('2');
    await put(bob(), 'W-2');
    await notice(bob(), /ann 于 .* 已作修改，您的修改未生效/);
    expect((await shown('1'))?.includes(cameras[1]!)).toBe(false);
    release();
    await bob().locator('.notice', { hasText: 'W-3' }).waitFor();
    await bob().evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await bob().keyboard.press('w');
    await until('both changes', 10_000, async () => {
      const tiles = await shown('1');
      return tiles?.[0] === cameras[2] && tiles?.[1] === cameras[1];
    });
  });

  test('in both languages nothing of it is clipped, at both sizes', async () => {
    for (const size of [
      { width: 1366, height: 768 },
      { width: 1920, height: 1080 },
    ]) {
      await bob().setViewportSize(size);
      for (const language of ['en', 'zh-CN']) {
        await bob().goto(`${hub.listening}/console?lang=${language}`);
        await bob().locator('.console[data-connection="live"]').waitFor();
        await bob().locator('[data-screen="2"] [data-tile]').first().waitFor();
        for (const [key, name] of [
          ['h', 'hold'],
          ['p', 'presets'],
          ['c', 'coverage'],
          ['r', 'tour'],
          ['s', 'save'],
        ] as const) {
          await quiet(bob());
          await bob().keyboard.press(key);
          await bob().locator('dialog[open]').waitFor();
          await bob().locator('dialog .ghosts').waitFor({ state: 'detached' });
          expect({ ...size, language, name, clipped: await clipped(bob()) }).toEqual({ ...size, language, name, clipped: [] });
          await bob().keyboard.press('Escape');
          await bob().locator('dialog[open]').waitFor({ state: 'detached' });
        }
      }
    }
  });

  test('the pages did not complain', () => {
    expect(desks.flatMap(({ problems }) => problems)).toEqual([]);
  });
});
