import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { gridClips } from '../bench/peers/grid-clips.ts';
import { startGridCity } from '../bench/peers/grid-city.ts';
import { startChromium } from '../e2e/chromium.ts';
import { until } from '../e2e/start-hub.ts';
import { openPage, openWall, shownTiles } from '../e2e/wall-page.ts';

/** Takes the pictures of dense walls, each tile another camera: `node docs/take-dense-wall.ts` after `npm run build`. */
const folder = join(import.meta.dirname, 'screens');
mkdirSync(folder, { recursive: true });

const city = await startGridCity(await gridClips(144), 60_000);
const browser = await startChromium();
const take = async (page: Page, name: string) => {
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: join(folder, `${name}.jpg`), type: 'jpeg', quality: 82 });
};
const live = (count: number) =>
  until(
    `${count} live tiles`,
    120_000,
    async () => (await shownTiles(city.hub, '1'))?.tiles.filter((tile) => tile.state === 'live').length === count,
  );
try {
  const wall = await openWall(browser, city.hub, '1');
  await city.show(city.grid(city.cameraIds.slice(0, 64)));
  await live(64);
  await take(wall.page, 'wall-64-zh');

  await wall.page.locator('[data-tile="g-2-3"]').dblclick();
  await wall.page.locator('video').first().waitFor();
  await until('the focus view', 30_000, async () => (await shownTiles(city.hub, '1'))?.focus === 'g-2-3');
  await wall.page.keyboard.press('h');
  await take(wall.page, 'wall-focus-zh');
  await wall.page.keyboard.press('Escape');
  await wall.page.keyboard.press('Escape');

  const desk = await openPage(browser, `${city.hub.listening}/login?lang=zh-CN`);
  await desk.page.locator('input[autocomplete="username"]').fill('admin');
  await desk.page.locator('input[type="password"]').fill('Quiet-harbour-7');
  await desk.page.keyboard.press('Enter');
  await desk.page.locator('.console[data-connection="live"]').waitFor();
  await desk.page.locator('[data-screen="1"] [data-tile]').first().waitFor();
  await live(64);
  await take(desk.page, 'console-64-zh');
  await desk.close();
} finally {
  await browser.close();
  await city.stop();
}
