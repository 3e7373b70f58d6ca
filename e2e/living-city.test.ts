import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systems } from '../streams/systems/systems.ts';
import type { Asset, Feed, Indicator } from '../streams/feed-contract.ts';
import type { Alert } from '../alerts/contract.ts';
import type { Unit } from '../alerts/incident-contract.ts';
import { chromiumPath, startChromium } from './chromium.ts';
import { startHub, until, type RunningHub } from './start-hub.ts';
import { openWall, type OpenPage } from './wall-page.ts';

const why = chromiumPath === null ? ' (skipped: no Chromium found)' : '';

describe.skipIf(chromiumPath === null)(`the living city${why}`, () => {
  let hub: RunningHub;
  let browser: Browser;
  const screens: OpenPage[] = [];

  beforeAll(async () => {
    hub = await startHub({ demo: true, living: true });
    browser = await startChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await hub?.stop();
  });

  test(
    'the plan on the walls shows every figure of the 26 systems, those that are known with their source',
    { timeout: 120_000 },
    async () => {
      const half = systems.length / 2;
      // Seats near the wall: small text, and few pages to wait for.
      await hub.command('wall.upsert', {
        wallId: 'main',
        name: '主墙',
        pixelPitchMm: 0.634,
        farthestSeatM: 1.5,
        screens: [0, 1].map((index) => ({ id: String(index + 1), rect: { x: index * 1920, y: 0, width: 1920, height: 1080 } })),
      });
      for (const [index, chosen] of [systems.slice(0, half), systems.slice(half)].entries()) {
        const screenId = String(index + 1);
        await until(`screen ${screenId} to take the plan`, 30_000, async () => {
          const panel = { panel: 'plan', systems: chosen.map(({ id }) => id) };
          return hub.command('wall.show', { wallId: 'main', screenId, scene: { kind: 'grid', rows: 1, cols: 1, tiles: [panel] } }).then(
            () => true,
            () => false,
          );
        });
        screens.push(await openWall(browser, hub, screenId));
      }
      const keys = systems.flatMap(({ id, indicators }) => indicators.map((indicator) => `${id}/${indicator.id}`));
      const seen = new Map<string, { value: string; words: string }>();
      await until('every figure to have been on a screen as the hub knows it', 90_000, async () => {
        for (const { page } of screens) {
          const rows = await page.$$eval('[data-indicator]', (all) =>
            all.map((row) => ({
              key: row.getAttribute('data-indicator')!,
              value: row.querySelector('.value')?.textContent?.trim() ?? '',
              words: row.querySelector('.meta')?.textContent?.trim() ?? '',
            })),
          );
          for (const { key, ...row } of rows) seen.set(key, row);
        }
        const { items } = await hub.collection<Indicator>('indicators', '?limit=1000');
        const known = new Map(items.map(({ key, value }) => [key, value !== null]));
        // What is known is a number on the wall, what is not is a dash.
        const isShown = (key: string) => {
          const row = seen.get(key);
          return row !== undefined && /\d/.test(row.value) === known.get(key);
        };
        return keys.every(isShown) && keys.filter((key) => known.get(key)).length > 80;
      });
      expect(seen.get('traffic/car-parks-connected')!.words).toContain('智慧交通管理指标（演示）');
    },
  );

  test('its units are where their vehicles are, and everything of it is marked', { timeout: 60_000 }, async () => {
    const units = await until('the units to have been placed', 45_000, async () => {
      const { items } = await hub.collection<Unit>('units', '?limit=100');
      return items.length >= 40 && items.every(({ positionOf, position }) => positionOf === null || position !== null) ? items : null;
    });
    expect(units.filter(({ simulated }) => !simulated)).toEqual([]);
    const feeds = await hub.collection<Feed>('feeds', '?limit=100');
    expect(feeds.items.length).toBeGreaterThan(40);
    expect(feeds.items.filter(({ simulated, status }) => !simulated || status!.quarantined > 0)).toEqual([]);
    const assets = await hub.collection<Asset>('assets', '?limit=1000');
    expect(assets.items.filter(({ simulated }) => !simulated)).toEqual([]);
  });

  test('a rainstorm begins, is warned of on the alerts, and ends', { timeout: 60_000 }, async () => {
    const warning = async () =>
      (await hub.collection<Alert>('alerts', '?limit=1000')).items.find(
        ({ rule, drill }) => rule === 'emergency.official-warning' && !drill,
      );
    await hub.command('demo.story', { story: 'rainstorm', active: true });
    const alert = await until('the official warning', 30_000, warning);
    expect(alert).toMatchObject({ simulated: true, active: true });
    await hub.command('demo.story', { story: 'rainstorm', active: false });
    await until('the warning to be over', 30_000, async () => (await warning())?.active !== true);
  });
});
