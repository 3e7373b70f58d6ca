import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, startChromium } from './chromium.ts';
import { startHub, until, type RunningHub } from './start-hub.ts';
import { openPage, shownTiles, wallFacts, type OpenPage } from './wall-page.ts';

const why = chromiumPath === null ? ' (skipped: no Chromium found)' : '';

describe.skipIf(chromiumPath === null)(`a display is paired and revoked${why}`, () => {
  let hub: RunningHub;
  let browser: Browser;
  let display: OpenPage;

  beforeAll(async () => {
    hub = await startHub({ demo: true });
    browser = await startChromium();
    await until('the demo city shows cameras', 30_000, async () => {
      const { items } = await hub.collection<{ screens: { scene: { tiles?: unknown[] } }[] }>('walls');
      return items[0]?.screens.every((screen) => (screen.scene.tiles ?? []).some(Boolean));
    });
    display = await openPage(browser, `${hub.listening}/wall/main/2`);
  });
  afterAll(async () => {
    await browser?.close();
    await hub?.stop();
  });

  const codeShown = (within = 10_000) =>
    until('a code on the display', within, async () => {
      const code = display.page.locator('[data-code]');
      return (await code.count()) > 0 && (await code.getAttribute('data-code'));
    });
  /** Six pictures move on the display itself: what it reported before it went dark is still known to the hub. */
  const live = () =>
    until('live pictures', 30_000, async () => {
      const { tiles } = await wallFacts(display.page);
      const moving = Object.values(tiles).filter((tile) => (tile?.painted ?? 0) > 10);
      return moving.length >= 6 && (await shownTiles(hub, '2'))?.tiles.filter(({ state }) => state === 'live').length === 6;
    });
  const leases = async () => (await hub.metrics())['taodu_leases']!;

  test('a display without a session shows a code that fills the screen, and no picture', async () => {
    const code = await codeShown();
    expect(code).toMatch(/^[0-9A-Z]{8}$/);
    const box = (await display.page.locator('[data-code]').boundingBox())!;
    // Capitals of 28 mm are 16 arc-minutes at six metres: 44 pixels of this wall. These are several times that.
    expect(box.height).toBeGreaterThan(200);
    expect(box.x).toBeGreaterThanOrEqual(0);
    expect(box.x + box.width).toBeLessThanOrEqual(1920);
    expect(await display.page.locator('.wall').count()).toBe(0);
    expect(await leases()).toBe(0);
  });

  test('somebody enters the code, and the display goes on by itself', async () => {
    const code = await codeShown();
    const paired = await hub.command<{ screenId: string; address: string }>('wall.pair', { code });
    expect(paired).toMatchObject({ screenId: '2', address: '127.0.0.1' });
    await live();
    expect(await display.page.locator('[data-code]').count()).toBe(0);
    expect(await leases()).toBeGreaterThan(0);
  });

  test('revoked: within five seconds it is dark, holds nothing, and shows a new code', async () => {
    const token = await tokenOfSecondDisplay();
    const playback = await openPlayback(token);
    expect((await fetch(playback)).status).toBe(200);
    const revokedAt = performance.now();
    const { ended } = await hub.command<{ ended: number }>('wall.revoke', { wallId: 'main', screenId: '2' });
    expect(ended).toBeGreaterThanOrEqual(1);
    await until('the display to be dark', 5000, async () => (await display.page.locator('.wall').count()) === 0);
    await until(
      'its playback at the relay to have ended',
      5000 - (performance.now() - revokedAt),
      async () => (await fetch(playback)).status >= 400,
    );
    await until('its leases to be gone', 5000, async () => (await leases()) === 0);
    expect(await codeShown()).toMatch(/^[0-9A-Z]{8}$/);
    expect(await display.page.textContent('h1')).toContain('停用');
    expect(await display.page.evaluate(() => localStorage.getItem('taodu.wall.main'))).toBeNull();
    expect((await wallFacts(display.page)).players).toBe(0);
    await until('its sockets to the relay to be closed', 5000, async () => (await wallFacts(display.page)).openSockets === 0);
    // As anybody else without a session: a reload does not bring the pictures back.
    await display.page.reload();
    await codeShown();
    expect(await display.page.locator('.wall').count()).toBe(0);
  });

  test('paired once more it is live again', async () => {
    await hub.command('wall.pair', { code: await codeShown() });
    await live();
  });

  test('the page did not complain', () => {
    // A page without a session answers 401, and so do its attempts to connect.
    const expected = /Failed to load resource|WebSocket connection|net::ERR_/;
    expect(display.problems.filter((line) => !expected.test(line))).toEqual([]);
  });

  /** The session of the display, as its cookie holds it. */
  async function tokenOfSecondDisplay(): Promise<string> {
    const cookies = await display.context.cookies();
    return cookies.find(({ name }) => name.includes('wall!main!2'))!.value;
  }
  /** Opens one picture as HLS with a session, and answers the address that it is played from. */
  async function openPlayback(token: string): Promise<string> {
    const ask = async <T>(name: string, args: object): Promise<T> => {
      const answer = await fetch(`${hub.listening}/api/commands/${name}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify(args),
      });
      return (await answer.json()) as T;
    };
    const { tiles } = (await shownTiles(hub, '2'))!;
    const { cameraId } = tiles.find(({ state }) => state === 'live')!;
    const { urls } = await ask<{ urls: { hls: string } }>('stream.lease', { cameraId, profile: 'sub' });
    const master = await (await fetch(urls.hls)).text();
    const playlist = master.split('\n').findLast((line) => line !== '' && !line.startsWith('#'))!;
    return new URL(playlist, urls.hls).href;
  }
});
