import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Wall } from '../layouts/contract.ts';
import { chromiumPath, startChromium } from './chromium.ts';
import { adminPassword, startHub, until, type RunningHub } from './start-hub.ts';
import { openPage, type OpenPage } from './wall-page.ts';

const why = chromiumPath === null ? ' (skipped: no Chromium found)' : '';

describe.skipIf(chromiumPath === null)(`the console${why}`, () => {
  let hub: RunningHub;
  let browser: Browser;
  let desk: OpenPage;

  beforeAll(async () => {
    hub = await startHub({ demo: true });
    browser = await startChromium();
    await until(
      '30,000 cameras',
      60_000,
      async () => (await hub.command<{ total: number }>('camera.search', { text: 'DS', limit: 1 })).total === 30_000,
    );
    desk = await openPage(browser, `${hub.listening}/console`, { width: 1366, height: 768 });
  });
  afterAll(async () => {
    await browser?.close();
    await hub?.stop();
  });

  const tilesOf = async (screenId: string) => {
    const { items } = await hub.collection<Wall>('walls');
    const scene = items[0]!.screens.find(({ id }) => id === screenId)!.scene;
    return scene.kind === 'grid' ? scene.tiles : [];
  };
  /** Nothing on the page is wider than its box, except where an ellipsis says so or it scrolls. */
  const clipped = (page: Page) =>
    page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('button, label, h1, h2, h3, p, td, th, dt, dd, kbd')]
        .filter((element) => element.offsetParent !== null && element.scrollWidth > element.clientWidth + 1)
        .filter(
          (element) => !['ellipsis'].includes(getComputedStyle(element).textOverflow) && getComputedStyle(element).display !== 'inline',
        )
        .map((element) => `${element.tagName} ${element.textContent?.trim().slice(0, 40)}`),
    );

  test('asks for a login, refuses a wrong password in words, and opens with the right one', async () => {
    const { page } = desk;
    await page.waitForURL(/\/login/);
    await page.locator('input[autocomplete="username"]').fill('admin');
    await page.locator('input[type="password"]').first().fill('wrong-Password-1');
    await page.keyboard.press('Enter');
    await page.locator('[role="alert"]').first().waitFor();
    await page.locator('input[type="password"]').first().fill(adminPassword);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/console$/);
    await page.locator('.console[data-connection="live"]').waitFor();
  });

  test('finds one of 30,000 cameras and puts it on a tile without a mouse', async () => {
    const { page } = desk;
    await page.locator('[data-screen="1"] [data-tile]').first().waitFor();
    await page.keyboard.press('1');
    await page.keyboard.press('/');
    await page.keyboard.type('DS07-00123');
    await page.locator('.camera', { hasText: 'DS07-00123' }).first().waitFor();
    const { cameras } = await hub.command<{ cameras: { id: string }[] }>('camera.search', { text: 'DS07-00123', limit: 1 });
    await page.keyboard.press('Enter');
    await until('the camera on the wall', 10_000, async () =>
      (await tilesOf('1')).some((tile) => tile?.panel === 'video' && tile.cameraId === cameras[0]!.id),
    );
  });

  test('both languages are complete and nothing is clipped at 1366 × 768', async () => {
    for (const [language, word] of [
      ['en', /online/i],
      ['zh-CN', /在线/],
    ] as const) {
      await desk.page.goto(`${hub.listening}/console?lang=${language}`);
      await desk.page.locator('.console[data-connection="live"]').waitFor();
      await desk.page.getByText(word).first().waitFor();
      expect(await desk.page.locator('html').getAttribute('lang')).toBe(language);
      expect(await clipped(desk.page)).toEqual([]);
    }
  });

  test('the page did not complain', () => {
    // The wrong password is the one refusal that the test made.
    expect(desk.problems.filter((line) => !/401/.test(line))).toEqual([]);
  });
});
