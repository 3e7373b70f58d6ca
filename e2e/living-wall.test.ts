import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, startChromium } from './chromium.ts';
import { startHub, until, type RunningHub } from './start-hub.ts';
import { everyPictureMoves, openWall, pictures, shownTiles, wallFacts, type OpenPage } from './wall-page.ts';

const why = chromiumPath === null ? ' (skipped: no Chromium found)' : '';

describe.skipIf(chromiumPath === null)(`the living wall${why}`, () => {
  let hub: RunningHub;
  let browser: Browser;
  let left: OpenPage;
  let right: OpenPage;

  beforeAll(async () => {
    hub = await startHub({ demo: true });
    browser = await startChromium();
    await until('the demo city shows cameras on both screens', 30_000, async () => {
      const { items } = await hub.collection<{ id: string; screens: { scene: { tiles?: unknown[] } }[] }>('walls');
      return items[0]?.screens.every((screen) => (screen.scene.tiles ?? []).some(Boolean));
    });
    left = await openWall(browser, hub, '1');
    right = await openWall(browser, hub, '2');
  });
  afterAll(async () => {
    await browser?.close();
    await hub?.stop();
  });

  const allLive = (screenId: string, count: number, within = 30_000) =>
    until(`${count} live tiles on screen ${screenId}`, within, async () => {
      const shown = await shownTiles(hub, screenId);
      const live =
        shown?.tiles.filter((tile) => tile.state === 'live' && (tile.fps ?? 0) > 5 && (tile.frameAgeMs ?? Infinity) <= 2500) ?? [];
      return live.length >= count ? shown : null;
    });

  test('nine and six cameras are live on two screens, and say so themselves', async () => {
    const shown = await allLive('1', 9);
    await allLive('2', 6);
    expect(shown.tiles.map((tile) => tile.engine)).toEqual(Array(9).fill('mosaic'));
  });

  test('the pictures move: every one of them changes', async () => {
    expect(await everyPictureMoves(left.page, 20_000)).toHaveLength(9);
  });

  test('wall.show changes the screen live, keeps the player of a camera that stays, and frees the others', async () => {
    const { items } = await hub.collection<{
      screens: { id: string; revision: number; scene: { tiles: ({ cameraId: string } | null)[] } }[];
    }>('walls');
    const screen = items[0]!.screens.find(({ id }) => id === '1')!;
    const stays = screen.scene.tiles[0]!.cameraId;
    const tileOf = async () => (await shownTiles(hub, '1'))?.tiles.find((tile) => tile.cameraId === stays);
    const { tileId } = await until('the screen reports its tiles', 15_000, async () => (await tileOf()) ?? false);
    const before = (await wallFacts(left.page)).tiles[tileId]!;
    const { revision } = await hub.command<{ revision: number }>('wall.show', {
      wallId: 'main',
      screenId: '1',
      baseRevision: screen.revision,
      scene: { kind: 'grid', rows: 1, cols: 3, tiles: [null, { panel: 'video', cameraId: stays }, null] },
    });
    await until('the screen confirms the new revision with one live tile', 15_000, async () => {
      const shown = await shownTiles(hub, '1');
      return shown?.revision === revision && shown.tiles.some((tile) => tile.cameraId === stays && tile.state === 'live');
    });
    const { players, tiles, figures } = await wallFacts(left.page);
    expect(players).toBe(1);
    expect(Object.values(tiles)).toMatchObject([{ tile: before.tile, playback: before.playback }]);
    expect(figures!.sockets).toBe(1);
    // The loser of an edit learns who changed what.
    await expect(
      hub.command('wall.show', {
        wallId: 'main',
        screenId: '1',
        baseRevision: screen.revision,
        scene: { kind: 'grid', rows: 1, cols: 1, tiles: [null] },
      }),
    ).rejects.toMatchObject({ code: 'revision-conflict', status: 409 });
    await hub.command('wall.show', { wallId: 'main', screenId: '1', scene: screen.scene });
    await allLive('1', 9);
  });

  test('a person at the screen looks at one tile alone, on the large picture, and the hub knows', async () => {
    await left.page.keyboard.press('ArrowRight');
    await left.page.keyboard.press('Enter');
    const shown = await until('the tile in focus to be live on the large picture', 20_000, async () => {
      const now = await shownTiles(hub, '1');
      const tile = now?.tiles.find(({ tileId }) => tileId === now.focus);
      return tile?.state === 'live' && tile.stream === 'main' && now;
    });
    expect(shown.tiles.find(({ tileId }) => tileId === shown.focus)).toMatchObject({ engine: 'mse', stream: 'main' });
    const download = left.page.waitForEvent('download');
    await left.page.keyboard.press('s');
    expect((await download).suggestedFilename()).toMatch(/_\d{8}-\d{6}\.png$/);
    await left.page.keyboard.press('Escape');
    await until('the focus to be over', 10_000, async () => (await shownTiles(hub, '1'))?.focus === null);
    await allLive('1', 9);
  });

  test('a killed relay: no tile claims to be live, and all come back', async () => {
    // The launcher is held so that the relay stays dead long enough to be looked at.
    process.kill(hub.pid, 'SIGSTOP');
    try {
      process.kill(await hub.child('relay.js'), 'SIGKILL');
      const tiles = await until('both screens to say honestly that pictures are not live', 15_000, async () => {
        const all = [...((await shownTiles(hub, '1'))?.tiles ?? []), ...((await shownTiles(hub, '2'))?.tiles ?? [])];
        return all.length === 15 && all.every((tile) => tile.state === 'offline') && all;
      });
      expect(new Set(tiles.map((tile) => tile.reason))).toEqual(new Set(['relay-unavailable']));
    } finally {
      process.kill(hub.pid, 'SIGCONT');
    }
    await allLive('1', 9);
    await allLive('2', 6);
  });

  test('a killed hub: the wall keeps playing and says so; nothing acknowledged is lost', async () => {
    const saved = await hub.command<{ layoutId: string }>('layout.save', {
      name: '重启前保存',
      scene: { kind: 'grid', rows: 1, cols: 1, tiles: [null] },
    });
    const before = await hub.collection('layouts');
    process.kill(await hub.child('hub.js'), 'SIGKILL');
    await until('the banner of a lost hub', 10_000, () =>
      left.page
        .locator('[data-connection]:not([data-connection="live"])')
        .count()
        .then((count) => count > 0),
    );
    const during = await pictures(left.page);
    await until('pictures to go on without the hub', 10_000, async () =>
      (await pictures(left.page)).some((now, index) => now !== during[index]),
    );
    const after = await until('the hub to be back', 20_000, () => hub.collection<{ id: string }>('layouts'));
    expect(after.epoch).toBe(before.epoch + 1);
    expect(after.seq).toBeGreaterThanOrEqual(before.seq);
    expect(after.items.map(({ id }) => id)).toContain(saved.layoutId);
    await allLive('1', 9);
    await until('the page to be connected again', 10_000, () =>
      left.page
        .locator('[data-connection="live"]')
        .count()
        .then((count) => count > 0),
    );
  });

  test('the pages did not complain', () => {
    // A refused connection while hub or relay are down is the fault that the tests made.
    const expected = /net::ERR_|WebSocket connection|ERR_CONNECTION|Failed to load resource/;
    expect([...left.problems, ...right.problems].filter((line) => !expected.test(line))).toEqual([]);
  });
});
