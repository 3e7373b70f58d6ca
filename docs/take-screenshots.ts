import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { startChromium } from '../e2e/chromium.ts';
import { startHub, until } from '../e2e/start-hub.ts';
import { openPage, openWall, shownTiles } from '../e2e/wall-page.ts';

/** Takes the pictures of this folder from the running demo city: `node docs/take-screenshots.ts` after `npm run build`. */
const folder = join(import.meta.dirname, 'screens');
mkdirSync(folder, { recursive: true });

const hub = await startHub({ demo: true });
const browser = await startChromium();
const take = async (page: Page, name: string) => {
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: join(folder, `${name}.jpg`), type: 'jpeg', quality: 82 });
};
try {
  await until(
    'the demo city',
    60_000,
    async () => (await hub.command<{ total: number }>('camera.search', { text: 'DS', limit: 1 })).total === 30_000,
  );
  const walls = [await openWall(browser, hub, '1'), await openWall(browser, hub, '2')] as const;
  for (const [screen, count] of [
    ['1', 9],
    ['2', 6],
  ] as const) {
    await until(
      `${count} live tiles`,
      60_000,
      async () => (await shownTiles(hub, screen))?.tiles.filter((tile) => tile.state === 'live').length === count,
    );
  }
  await take(walls[0].page, 'wall-left-zh');
  await take(walls[1].page, 'wall-right-zh');
  await walls[0].page.keyboard.press('l');
  await take(walls[0].page, 'wall-left-en');

  const login = await openPage(browser, `${hub.listening}/login?lang=zh-CN`);
  await login.page.locator('input[autocomplete="username"]').waitFor();
  await take(login.page, 'login-zh');
  await login.page.goto(`${hub.listening}/login?lang=en`);
  await login.page.locator('input[autocomplete="username"]').waitFor();
  await take(login.page, 'login-en');

  const { page } = await openPage(browser, hub.login!);
  for (const language of ['zh-CN', 'en']) {
    await page.goto(`${hub.listening}/console?lang=${language}`);
    await page.locator('.console[data-connection="live"]').waitFor();
    await page.locator('[data-screen="1"] [data-tile]').first().waitFor();
    await page.keyboard.press('1');
    await page.keyboard.press('/');
    await page.keyboard.type(language === 'en' ? 'DS07' : '小学 东门');
    await page.locator('.camera').first().waitFor();
    await page.locator('.camera').first().click();
    await page.keyboard.press('v');
    await page.locator('video').first().waitFor();
    await until('the spot view', 20_000, () =>
      page.evaluate(() => (document.querySelector('video')?.getVideoPlaybackQuality().totalVideoFrames ?? 0) > 20),
    );
    await take(page, `console-${language === 'en' ? 'en' : 'zh'}`);
  }

  // What a wall says when a camera fails, and when the relay is gone.
  const { items } = await hub.collection<{ id: string }>('cameras', '?limit=6');
  const broken = await hub.command<{ cameraId: string }>('camera.upsert', {
    number: 'DS01-BROKEN',
    name: '示例 · 文件缺失',
    district: '329982001',
    simulated: true,
    source: { kind: 'file', url: 'clip:not-there' },
  });
  await hub.command('wall.show', {
    wallId: 'main',
    screenId: '1',
    scene: {
      kind: 'grid',
      rows: 2,
      cols: 2,
      tiles: [{ panel: 'video', cameraId: items[0]!.id }, { panel: 'video', cameraId: broken.cameraId }, { panel: 'camera-health' }, null],
    },
  });
  await until('an offline tile', 20_000, async () => (await shownTiles(hub, '1'))?.tiles.some((tile) => tile.state === 'offline'));
  await until('a live tile', 20_000, async () => (await shownTiles(hub, '1'))?.tiles.some((tile) => tile.state === 'live'));
  await take(walls[0].page, 'wall-states-en');
} finally {
  await browser.close();
  await hub.stop();
}
