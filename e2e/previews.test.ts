import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Wall } from '../layouts/contract.ts';
import { chromiumPath, startChromium } from './chromium.ts';
import { makeColouredClips, nearestClip, type ColouredClip } from './coloured-clips.ts';
import { ffmpegPath } from './ffmpeg-publisher.ts';
import { adminPassword, startHub, until, type RunningHub } from './start-hub.ts';
import { openPage, openWall, shownTiles, type OpenPage, type PageOptions } from './wall-page.ts';

const lacking = [...(chromiumPath === null ? ['Chromium'] : []), ...(ffmpegPath === null ? ['ffmpeg'] : [])];
const why = lacking.length > 0 ? ` (skipped: no ${lacking.join(', no ')} found)` : '';
/** The machine may be busy: what is waited for is a state, and this is only when to give up. */
const patienceMs = 60_000;
const english: PageOptions = { prepare: (context) => context.addInitScript(() => localStorage.setItem('taodu.locale', 'en')) };

describe.skipIf(lacking.length > 0)(`the wall on the desk${why}`, () => {
  let folder: string;
  let hub: RunningHub;
  let browser: Browser;
  let clips: readonly ColouredClip[];
  let cameraIds: readonly string[];
  let screen: OpenPage;
  let desk: OpenPage;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'taodu-previews-'));
    [hub, browser, clips] = await Promise.all([startHub({ demo: false }), startChromium(), makeColouredClips(folder, 12)]);
    cameraIds = await Promise.all(
      clips.map(({ file }, index) =>
        hub
          .command<{ cameraId: string }>('camera.upsert', {
            number: `COLOUR-${index + 1}`,
            name: `色块 ${index + 1}`,
            district: index < 8 ? '320282001' : '320282002',
            source: { kind: 'file', url: file },
          })
          .then(({ cameraId }) => cameraId),
      ),
    );
    // Colours that are far apart.
    await show('1', [5, 10, 3, 7]);
    await show('2', [0, 1, 2, 4]);
    screen = await openWall(browser, hub, '1');
    desk = await openPage(browser, `${hub.listening}/console`, { width: 1920, height: 1080 }, english);
    await logIn(desk.page, 'admin', adminPassword);
  });
  afterAll(async () => {
    await browser?.close();
    await hub?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const video = (index: number) => ({ panel: 'video' as const, cameraId: cameraIds[index]! });
  const show = (screenId: string, indices: readonly number[]) =>
    hub.command('wall.show', { wallId: 'main', screenId, scene: { kind: 'grid', rows: 2, cols: 2, tiles: indices.map(video) } });
  const wall = async () => (await hub.collection<Wall>('walls')).items.find(({ id }) => id === 'main')!;
  const tilesOf = async (screenId: string) => {
    const { scene } = (await wall()).screens.find(({ id }) => id === screenId)!;
    return scene.kind === 'grid' ? scene.tiles.map((tile) => (tile?.panel === 'video' ? cameraIds.indexOf(tile.cameraId) : null)) : [];
  };

  async function logIn(page: Page, user: string, password: string): Promise<void> {
    await page.waitForURL(/\/login/);
    await page.locator('input[autocomplete="username"]').fill(user);
    await page.locator('input[type="password"]').first().fill(password);
    await page.keyboard.press('Enter');
    await page.locator('.console[data-connection="live"]').waitFor({ timeout: patienceMs });
  }

  /** Which clip is seen in the middle of each of these tiles, in the picture that lies under them; null while there is none. */
  async function seenUnder(page: Page, screenId: string, tileIds: readonly string[]): Promise<number[] | null> {
    const colours = await page.evaluate(
      async ([id, tiles]) => {
        const box = document.querySelector<HTMLElement>(`[data-screen="${id}"]`)!;
        const image = box.querySelector<HTMLImageElement>('img.picture');
        if (!image?.complete || image.naturalWidth === 0) return null;
        const context = new OffscreenCanvas(image.naturalWidth, image.naturalHeight).getContext('2d', { willReadFrequently: true })!;
        context.drawImage(image, 0, 0);
        const whole = box.getBoundingClientRect();
        const across = image.naturalWidth / whole.width;
        const down = image.naturalHeight / whole.height;
        return tiles.map((tileId) => {
          const tile = box.querySelector(`[data-tile="${tileId}"]`)!.getBoundingClientRect();
          const left = Math.max(0, tile.x - whole.x);
          const width = Math.min(whole.width, tile.x - whole.x + tile.width) - left;
          const x = Math.round((left + width / 4) * across);
          const y = Math.round((tile.y - whole.y + tile.height / 4) * down);
          const { data } = context.getImageData(x, y, Math.round((width / 2) * across), Math.round((tile.height / 2) * down));
          const middle = (channel: number) => data.filter((_, index) => index % 4 === channel).toSorted()[data.length >> 3]!;
          return [middle(0), middle(1), middle(2)] as const;
        });
      },
      [screenId, tileIds] as const,
    );
    return colours && colours.map((colour) => nearestClip(clips, colour));
  }
  const grid = ['g-0-0', 'g-0-1', 'g-1-0', 'g-1-1'];
  const untilSeen = (screenId: string, tileIds: readonly string[], indices: readonly number[]) =>
    until(`clips ${indices.join(', ')} in the picture of screen ${screenId}`, patienceMs, async () => {
      const seen = await seenUnder(desk.page, screenId, tileIds);
      return seen !== null && seen.join() === indices.join();
    });

  test('shows what a screen really paints, some seconds old and saying so', async () => {
    await until('four live tiles', patienceMs, async () => {
      const shown = await shownTiles(hub, '1');
      return shown?.tiles.filter(({ state }) => state === 'live').length === 4;
    });
    await untilSeen('1', grid, [5, 10, 3, 7]);
    expect(await desk.page.locator('[data-screen="1"] [data-picture-age]').textContent()).toMatch(/picture \d+ s old/);
    expect(await desk.page.locator('[data-screen="2"] img.picture').count(), 'nobody shows the other screen').toBe(0);
    await show('1', [7, 3, 10, 5]);
    await untilSeen('1', grid, [7, 3, 10, 5]);
  });

  test('whoever looks is in the register, and nobody else', async () => {
    const { watches } = await hub.command<{ watches: { actor: string; screen: object | null; until: number | null }[] }>('audit.watches', {
      cameraId: cameraIds[5],
    });
    const now = watches.filter(({ until: end }) => end === null).map(({ actor }) => actor);
    expect(now.toSorted()).toEqual(['admin', 'wall:main:1']);
  });

  test('a tile is taken to another by mouse, and a mark says in words what will happen', async () => {
    const { page } = desk;
    const middle = async (tileId: string) => {
      const { x, y, width, height } = (await page.locator(`[data-screen="1"] [data-tile="${tileId}"]`).boundingBox())!;
      return [x + width / 2, y + height / 2] as const;
    };
    await page.mouse.move(...(await middle('g-0-0')));
    await page.mouse.down();
    const [x, y] = await middle('g-1-1');
    await page.mouse.move(x - 5, y - 5);
    await page.mouse.move(x, y);
    await page.locator('.drop-words', { hasText: 'Swap with 1 · 4' }).waitFor({ timeout: patienceMs });
    await page.mouse.up();
    await until('the swap', patienceMs, async () => (await tilesOf('1')).join() === '5,3,10,7');
    await untilSeen('1', grid, [5, 3, 10, 7]);
  });

  test('a camera of the list is dropped on a tile', async () => {
    const { page } = desk;
    await page.keyboard.press('/');
    await page.keyboard.type('COLOUR-9');
    const row = page.locator('[draggable="true"]', { hasText: 'COLOUR-9' }).first();
    await row.waitFor();
    await row.dragTo(page.locator('[data-screen="1"] [data-tile="g-0-1"]'));
    await until('the camera on the tile', patienceMs, async () => (await tilesOf('1'))[1] === 8);
    await page.keyboard.press('Escape');
  });

  test('one picture goes across two screens by keys alone, and is taken away again', async () => {
    const { page } = desk;
    await show('1', [7, 3, 10, 5]);
    await page.locator('[data-screen="1"] [data-tile="g-0-1"]').click();
    await page.keyboard.press('Shift+ArrowRight');
    await until('two chosen tiles', patienceMs, async () => (await page.locator('.tile.chosen').count()) === 2);
    // The camera of the first chosen tile is the one on the desk.
    await page.keyboard.press('Enter');
    await until('a tile across screens', patienceMs, async () => (await wall()).spanning.length === 1);
    const [span] = (await wall()).spanning;
    expect(span).toMatchObject({ rect: { x: 960, y: 0, width: 1920, height: 540 }, panel: { cameraId: cameraIds[3] } });
    const tileId = `w-${span!.tileId}`;
    await untilSeen('1', [tileId, 'g-0-0'], [3, 7]);
    await until('the new tile chosen', patienceMs, async () => (await page.locator(`.tile.chosen[data-tile="${tileId}"]`).count()) > 0);
    await page.keyboard.press('Delete');
    await until('no tile across screens', patienceMs, async () => (await wall()).spanning.length === 0);
    expect(await tilesOf('1')).toEqual([7, 3, 10, 5]);
  });

  test('X on one tile and X on another lets them change places', async () => {
    const { page } = desk;
    await page.locator('[data-screen="1"] [data-tile="g-0-0"]').click();
    await page.keyboard.press('x');
    await page.locator('[data-screen="1"] [data-tile="g-0-0"].marked').waitFor();
    await page.keyboard.press(']');
    await page.keyboard.press('x');
    await until('the swap', patienceMs, async () => (await tilesOf('2'))[0] === 7 && (await tilesOf('1'))[0] === 0);
  });

  test('whoever may not see one of its cameras sees no picture of the screen, and reads why', async () => {
    const scope = { districts: ['320282001'], groups: '*' };
    await show('1', [7, 3, 10, 5]);
    await hub.command('user.upsert', { name: 'narrow', roles: ['operator'], scope, password: 'Kiln-Shift-2026' });
    const login = await fetch(`${hub.listening}/api/commands/session.login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user: 'narrow', password: 'Kiln-Shift-2026' }),
    });
    const { token } = (await login.json()) as { token: string };
    await fetch(`${hub.listening}/api/commands/session.password`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ current: 'Kiln-Shift-2026', next: 'Slip-Glaze-2027' }),
    });
    const narrow = await openPage(browser, `${hub.listening}/console`, { width: 1366, height: 768 }, english);
    await logIn(narrow.page, 'narrow', 'Slip-Glaze-2027');
    await narrow.page.locator('[data-screen="1"] [data-picture-refused]').waitFor({ timeout: patienceMs });
    expect(await narrow.page.locator('[data-screen="1"] img.picture').count()).toBe(0);
    // The other camera goes, and the picture that is asked for next is theirs too.
    await show('1', [7, 3, 5, 1]);
    await narrow.page.locator('[data-screen="1"] img.picture').waitFor({ timeout: patienceMs });
    await narrow.close();
  });

  test('nothing is kept of a screen whose page was closed', async () => {
    await screen.close();
    await until('no picture in the hub', patienceMs, async () => (await hub.metrics())['taodu_previews'] === 0);
    await until('no picture at the desk', patienceMs, async () => (await desk.page.locator('img.picture').count()) === 0);
  });

  test('the pages did not complain', () => {
    expect(desk.problems.filter((line) => !/401/.test(line))).toEqual([]);
    expect(screen.problems).toEqual([]);
  });
});
