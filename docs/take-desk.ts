import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { startChromium } from '../e2e/chromium.ts';
import { adminPassword, startHub, until } from '../e2e/start-hub.ts';
import { openPage, openWall, shownTiles } from '../e2e/wall-page.ts';

/** Takes the pictures of the desk from the running demo city, in both languages: `node docs/take-desk.ts` after `npm run build`. */
const folder = join(import.meta.dirname, 'screens');
mkdirSync(folder, { recursive: true });

const hub = await startHub({ demo: true });
const browser = await startChromium();

async function take(page: Page, name: string): Promise<void> {
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: join(folder, `${name}.jpg`), type: 'jpeg', quality: 82 });
}
const video = (cameraId: string) => ({ panel: 'video', cameraId, profile: 'sub' });

try {
  await until(
    'the demo city',
    60_000,
    async () => (await hub.command<{ total: number }>('camera.search', { text: 'DS', limit: 1 })).total === 30_000,
  );
  const { items: cameras } = await hub.collection<{ id: string }>('cameras', '?limit=60');
  const ids = cameras.map(({ id }) => id);
  const grid = (from: number, side: number) => ({
    kind: 'grid',
    rows: side,
    cols: side,
    tiles: ids.slice(from, from + side * side).map(video),
  });
  for (const [name, number, scene] of [
    ['主干道', 1, grid(0, 3)],
    ['学校周边', 2, grid(9, 3)],
    ['水利设施', 3, { kind: 'split', template: '1+5', tiles: ids.slice(18, 24).map(video) }],
    [
      '重点部位轮巡',
      4,
      {
        kind: 'tour',
        steps: [
          { scene: grid(0, 3), dwellMs: 20_000 },
          { scene: grid(9, 3), dwellMs: 20_000 },
        ],
      },
    ],
  ] as const)
    await hub.command('layout.save', { name, number, scene });
  await hub.command('preset.save', { name: '日常值守', number: 7, wallId: 'main' });
  await hub.command('hold.take', { wallId: 'main', screenId: '2', reason: '东氿防汛会商', minutes: 45 });
  const walls = [await openWall(browser, hub, '1'), await openWall(browser, hub, '2')];
  await until('a living wall', 60_000, async () => {
    const shown = await Promise.all(['1', '2'].map((screenId) => shownTiles(hub, screenId)));
    return shown.every((report) => report?.tiles.every(({ state }) => state === 'live' || state === 'empty'));
  });

  for (const [language, suffix] of [
    ['zh-CN', 'zh'],
    ['en', 'en'],
  ] as const) {
    const { page, close } = await openPage(browser, `${hub.listening}/login?lang=${language}`, { width: 1600, height: 900 });
    await page.locator('input[autocomplete="username"]').fill('admin');
    await page.locator('input[autocomplete="current-password"]').fill(adminPassword);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/console/);
    await page.goto(`${hub.listening}/console?lang=${language}`);
    await page.locator('[data-screen="1"] [data-tile]').first().waitFor();
    await page.keyboard.press('/');
    await page.keyboard.insertText('陶源');
    await page.locator('.camera').first().waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page
      .locator('[data-preview]')
      .first()
      .waitFor({ timeout: 20_000 })
      .catch(() => {});
    await take(page, `desk-${suffix}`);
    await page.keyboard.press('n');
    await page.keyboard.type('700123.2.5');
    await page.locator('.key-line.good').waitFor();
    await take(page, `desk-key-line-${suffix}`);
    await page.keyboard.press('Escape');
    for (const [key, name] of [
      ['?', 'help'],
      ['p', 'presets'],
      ['h', 'hold'],
      ['r', 'tour'],
      ['c', 'coverage'],
      ['Shift+H', 'handover'],
    ] as const) {
      await page.keyboard.press(key);
      await page.locator('dialog[open]').waitFor();
      await page.waitForFunction(() => document.querySelector('dialog[open] [aria-busy="true"]') === null);
      await take(page, `desk-${name}-${suffix}`);
      await page.keyboard.press('Escape');
      await page.locator('dialog[open]').waitFor({ state: 'detached' });
    }
    const { items: layouts } = await hub.collection<{ id: string; name: string }>('layouts');
    await page.goto(`${hub.listening}/console?lang=${language}#editor/${layouts.find(({ name }) => name === '水利设施')!.id}`);
    await page.locator('[data-tile], .canvas').first().waitFor();
    await take(page, `desk-editor-${suffix}`);
    await close();
  }
  for (const wall of walls) await wall.close();
} finally {
  await browser.close();
  await hub.stop();
}
