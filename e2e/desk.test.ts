import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { PanelRef, Wall } from '../layouts/contract.ts';
import type { Camera } from '../streams/contract.ts';
import { chromiumPath, startChromium } from './chromium.ts';
import { startHub, until, type RunningHub } from './start-hub.ts';
import { openPage, type OpenPage } from './wall-page.ts';

const why = chromiumPath === null ? ' (skipped: no Chromium found)' : '';

/** The console as somebody drives it who has no mouse. */
describe.skipIf(chromiumPath === null)(`the desk by keyboard${why}`, () => {
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
    desk = await openPage(browser, hub.login!, { width: 1440, height: 900 });
    await desk.page.locator('[data-screen="2"] [data-tile]').first().waitFor();
    // What comes after a camera is known when all of them are.
    await desk.page.locator('.directory .found', { hasText: '30,000' }).waitFor({ timeout: 60_000 });
  });
  afterAll(async () => {
    await browser?.close();
    await hub?.stop();
  });
  beforeEach(async () => {
    // Whatever the test before left open is closed; Esc is always safe.
    for (let press = 0; press < 4; press += 1) await desk.page.keyboard.press('Escape');
    const empty = { kind: 'grid', rows: 3, cols: 3, tiles: [] };
    await hub.command('wall.span', { wallId: 'main', tiles: [] });
    for (const screenId of ['1', '2']) {
      const { revision } = await hub.command<{ revision: number }>('wall.show', { wallId: 'main', screenId, scene: empty });
      // The desk changes what it knows: a change made of an older revision would be refused.
      await desk.page.locator(`[data-screen-card="${screenId}"]`, { hasText: `第 ${revision} 版` }).waitFor();
    }
  });

  const wall = async () => (await hub.collection<Wall>('walls')).items.find(({ id }) => id === 'main')!;
  /** What stands on a tile, by the numbers that people say. */
  const onTile = async (screen: number, tile: number): Promise<string | null> => {
    const { scene } = (await wall()).screens[screen - 1]!;
    if (scene.kind === 'tour' || scene.kind === 'free') return null;
    const panel: PanelRef | null = scene.tiles[tile - 1] ?? null;
    return panel?.panel === 'video' ? panel.cameraId : null;
  };
  const cameraOf = async (text: string) => {
    const { cameras } = await hub.command<{ cameras: Camera[] }>('camera.search', { text, limit: 1 });
    return cameras[0]!.id as string;
  };
  const shows = (screen: number, tile: number, cameraId: string) =>
    until(`the camera on screen ${screen} tile ${tile}`, 10_000, async () => (await onTile(screen, tile)) === cameraId);
  const key = async (line: string) => {
    await desk.page.keyboard.press('n');
    await desk.page.keyboard.type(line);
    await desk.page.locator('.key-line.good').waitFor();
    await desk.page.keyboard.press('Enter');
  };

  test('two Chinese characters, a place, Enter: the camera is on screen 2 tile 5', async () => {
    const { page } = desk;
    await page.keyboard.press('/');
    await page.keyboard.insertText('陶源');
    await page.locator('.camera').first().waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Escape');
    await key('.2.5');
    await page.locator('[data-screen="2"] [data-tile="g-1-1"][aria-pressed="true"]').waitFor();
    await page.keyboard.press('Enter');
    await until('a camera there', 10_000, async () => (await onTile(2, 5)) !== null);
    const placed = await onTile(2, 5);
    const { cameras } = await hub.command<{ cameras: Camera[] }>('camera.search', { text: '陶源', limit: 50 });
    expect(cameras.map(({ id }) => id as string)).toContain(placed);
  });

  test('its digits and the place in one line; the numeric keypad opens it by itself', async () => {
    const { page } = desk;
    await key('700123.2.9');
    await shows(2, 9, await cameraOf('DS07-00123'));
    for (const code of [
      'Numpad7',
      'Numpad0',
      'Numpad0',
      'Numpad1',
      'Numpad2',
      'Numpad4',
      'NumpadDecimal',
      'Numpad1',
      'NumpadDecimal',
      'Numpad3',
    ])
      await page.keyboard.press(code);
    await page.locator('.key-line.good').waitFor();
    await page.keyboard.press('NumpadEnter');
    await shows(1, 3, await cameraOf('DS07-00124'));
  });

  test('a number that nobody has is refused in words, and Esc leaves everything as it was', async () => {
    const { page } = desk;
    await page.keyboard.press('n');
    await page.keyboard.type('99999999.2.1');
    await page.locator('.key-line').getByText('没有这个编号的摄像机').waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.key-line.refused').waitFor();
    await page.keyboard.press('Escape');
    expect(await page.locator('.key-line').count()).toBe(0);
    expect(await onTile(2, 1)).toBe(null);
  });

  test('plus and minus put the next and the previous camera of the list on the tile', async () => {
    const { page } = desk;
    await key('700123.1.1');
    await shows(1, 1, await cameraOf('DS07-00123'));
    await page.keyboard.press('+');
    await shows(1, 1, await cameraOf('DS07-00124'));
    await page.keyboard.press('-');
    await shows(1, 1, await cameraOf('DS07-00123'));
  });

  test('X marks a tile, X on another lets the two change places, across screens', async () => {
    const { page } = desk;
    const [one, other] = [await cameraOf('DS07-00123'), await cameraOf('DS07-00124')];
    await key('700123.1.1');
    await shows(1, 1, one);
    await key('700124.2.4');
    await shows(2, 4, other);
    await key('.1.1');
    await page.keyboard.press('x');
    await key('.2.4');
    await page.keyboard.press('x');
    await shows(1, 1, other);
    await shows(2, 4, one);
  });

  test('Shift and arrows choose tiles across screens, Enter lays one picture over them, Z takes it back, Shift+Z brings it again', async () => {
    const { page } = desk;
    await page.keyboard.press('/');
    await page.keyboard.type('DS07-00123');
    await page.locator('.camera', { hasText: 'DS07-00123' }).first().waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await key('.1.3');
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Enter');
    const spanning = () => wall().then((now) => now.spanning);
    await until('a tile across screens', 10_000, async () => (await spanning()).length === 1);
    expect((await spanning())[0]!.rect).toEqual({ x: 1280, y: 0, width: 1280, height: 720 });
    await page.keyboard.press('z');
    await until('none again', 10_000, async () => (await spanning()).length === 0);
    await page.keyboard.press('Shift+Z');
    await until('it again', 10_000, async () => (await spanning()).length === 1);
    await page.locator('[data-screen="1"] .tile.spanning').first().waitFor();
    await page.keyboard.press('Delete');
    await until('cleared', 10_000, async () => (await spanning()).length === 0);
  });

  test('the page did not complain', () => {
    expect(desk.problems).toEqual([]);
  });
});
