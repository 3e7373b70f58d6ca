import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Alert } from '../alerts/contract.ts';
import type { WallAlarm } from '../layouts/alarm-contract.ts';
import type { Wall } from '../layouts/contract.ts';
import type { CameraId } from '../main/contract/ids.ts';
import { chromiumPath, startChromium } from './chromium.ts';
import { startHub, until, type RunningHub } from './start-hub.ts';
import { openPage, openWall, seenPictures, shownTiles, type OpenPage } from './wall-page.ts';

const why = chromiumPath === null ? ' (skipped: no Chromium found)' : '';
/** Where pictures of the pages are kept to be looked at; absent: nowhere. */
const pictures = process.env['TAODU_PICTURES'];

const mapping = {
  format: 'json',
  entity: { path: 'pump' },
  asset: {
    kind: { is: 'pump-station' },
    name: { path: 'pump' },
    place: { lat: 'lat', lon: 'lon', district: { is: '320282101' }, text: 'road' },
  },
  values: [{ path: 'state', quantity: 'state', type: 'text' }],
};
const items = {
  format: 'json',
  entity: { path: 'item' },
  event: {
    external: 'item',
    class: { is: 'gov-services.overdue' },
    severity: { is: 'medium' },
    title: { path: 'item' },
    place: { lat: 'lat', lon: 'lon', district: { is: '320282101' }, text: 'road' },
  },
};
const here = { lat: 31.36, lon: 119.82, road: '东仓大道 12 号' };

describe.skipIf(chromiumPath === null)(`alerts on the wall and at the desk${why}`, () => {
  let hub: RunningHub;
  let browser: Browser;
  let wall: OpenPage;
  let desk: OpenPage;
  let token: string;
  let itemToken: string;
  let cameras: readonly CameraId[];

  const push = async (pump: string, state: string, at: object = here) => {
    const answer = await fetch(`${hub.listening}/api/feeds/pumps`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ pump, state, ...at }),
    });
    expect(answer.status).toBe(204);
  };
  const overdue = async (item: string) => {
    const answer = await fetch(`${hub.listening}/api/feeds/items`, {
      method: 'POST',
      headers: { authorization: `Bearer ${itemToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ item, ...here }),
    });
    expect(answer.status).toBe(204);
  };
  const alerts = async () => (await hub.collection<Alert>('alerts', '?limit=1000')).items;
  const alertOf = (name: string) =>
    until(`an alert of ${name}`, 15_000, async () => (await alerts()).find(({ subject }) => subject.name === name));
  const places = async () => (await hub.collection<WallAlarm>('wall-alarms')).items;
  const screen = async () =>
    (await hub.collection<Wall>('walls')).items.find(({ id }) => id === 'main')!.screens.find(({ id }) => id === '1')!;
  const keep = async (name: string, { page }: OpenPage) => {
    if (pictures === undefined) return;
    mkdirSync(pictures, { recursive: true });
    await page.screenshot({ path: join(pictures, `${name}.png`) });
  };
  /** Counts the tones that a page asks for. */
  const spy = `window.tones = 0; const start = OscillatorNode.prototype.start; OscillatorNode.prototype.start = function (...at) { window.tones += 1; return start.apply(this, at); };`;
  const tones = ({ page }: OpenPage) => page.evaluate('window.tones') as Promise<number>;
  /** Tiles whose picture moves; on a machine with much else to do it may be late. */
  const moving = async (tileIds: RegExp) =>
    (await shownTiles(hub, '1'))?.tiles.filter(({ tileId, state }) => tileIds.test(tileId) && (state === 'live' || state === 'delayed')) ??
    [];

  beforeAll(async () => {
    hub = await startHub({ demo: false });
    browser = await startChromium();
    const made: CameraId[] = [];
    for (const [number, lat] of [
      ['W-1', 31.3601],
      ['W-2', 31.3602],
      ['W-3', 31.5],
    ] as const) {
      const { cameraId } = await hub.command<{ cameraId: CameraId }>('camera.upsert', {
        number,
        name: `东门 ${number}`,
        district: '320282101',
        lat,
        lon: here.lon,
        source: { kind: 'file', url: 'clip:crossing.sub' },
      });
      made.push(cameraId);
    }
    cameras = made;
    ({ token } = await hub.command<{ token: string }>('feed.create', {
      id: 'pumps',
      kind: 'mapping',
      system: 'utilities',
      settings: { mapping },
    }));
    ({ token: itemToken } = await hub.command<{ token: string }>('feed.create', {
      id: 'items',
      kind: 'mapping',
      system: 'gov-services',
      settings: { mapping: items },
    }));
    const tiles = [2, 0].map((nth) => ({ panel: 'video', cameraId: cameras[nth], profile: 'auto' }));
    await hub.command('wall.show', { wallId: 'main', screenId: '1', scene: { kind: 'grid', rows: 1, cols: 2, tiles } });
    await hub.command('wall.alarms', { wallId: 'main', screenId: '1', alarms: { atLeast: 'high', cols: 2, rows: 2, sound: true } });
    wall = await openWall(browser, hub, '1', { prepare: (context) => context.addInitScript(spy) });
    desk = await openPage(
      browser,
      `${hub.listening}/console`,
      { width: 1366, height: 768 },
      { prepare: (context) => context.addInitScript(spy) },
    );
    await desk.page.waitForURL(/\/login/);
    await desk.page.locator('input[autocomplete="username"]').fill('admin');
    await desk.page.locator('input[autocomplete="current-password"]').fill('Quiet-harbour-7');
    await desk.page.keyboard.press('Enter');
    await desk.page.locator('.console[data-connection="live"]').waitFor();
    await until('the scene moves', 60_000, async () => (await moving(/^g-/)).length === 2);
  });
  afterAll(async () => {
    await browser?.close();
    await hub?.stop();
  });

  test('a pushed fact is an alert that lies over the wall with live pictures of the cameras nearby, and touches nothing below', async () => {
    const before = await screen();
    await desk.page.locator('[data-alert-bar] .quiet').waitFor();
    await desk.page.keyboard.press('Shift+A');
    await desk.page.locator('[data-quiet]').waitFor();
    await keep('desk-quiet-zh', desk);
    await push('P-1', 'trip');
    const alert = await alertOf('P-1');
    expect(alert).toMatchObject({ severity: 'high', cameras: [cameras[0], cameras[1]] });
    await wall.page.locator(`[data-alarm="${alert.id}"][data-alarm-state="unacknowledged"]`).waitFor();
    await until('both cameras live over the scene', 40_000, async () => (await moving(/^a-/)).length === 2);
    const report = (await shownTiles(hub, '1'))!;
    expect(report.tiles.filter(({ tileId }) => tileId.startsWith('a-')).map(({ cameraId }) => cameraId)).toEqual([cameras[0], cameras[1]]);
    expect(await wall.page.locator(`[data-alarm="${alert.id}"]`).innerText()).toMatch(/P-1 水泵跳闸[\s\S]*高[\s\S]*东仓大道 12 号/);
    await keep('wall-alarm-zh', wall);
    const after = await screen();
    expect({ ...after, shown: null }).toEqual({ ...before, shown: null });
    expect(report.revision).toBe(before.revision);
  });

  test('it is on the bar and in the list, and is heard at the desk and on the screen that may sound', async () => {
    await desk.page.locator('[data-count="high"]').waitFor();
    const row = desk.page.locator('[data-alert-list] [data-state="unacknowledged"]');
    await row.waitFor();
    expect(await row.innerText()).toContain('P-1 水泵跳闸');
    await until('tones at the desk', 5000, async () => (await tones(desk)) >= 3);
    await until('tones on the wall', 5000, async () => (await tones(wall)) >= 3);
    await keep('desk-list-zh', desk);
    await desk.page.keyboard.press('Shift+L');
    await desk.page.locator('h1', { hasText: 'Alerts' }).waitFor();
    await keep('desk-list-en', desk);
    await desk.page.setViewportSize({ width: 1920, height: 1080 });
    await keep('desk-list-en-1920', desk);
    await desk.page.setViewportSize({ width: 1366, height: 768 });
    await desk.page.keyboard.press('Shift+L');
  });

  test('silenced it is heard no more, and is not acknowledged by that; a new one is heard again', async () => {
    await desk.page.keyboard.press('y');
    await desk.page.locator('[data-silenced]').waitFor();
    expect((await alertOf('P-1')).acknowledged).toBeNull();
    const before = await tones(desk);
    await push('P-2', 'trip', { ...here, road: '西氿大道' });
    await alertOf('P-2');
    await until('tones again', 15_000, async () => (await tones(desk)) > before);
  });

  test('acknowledged by key the place is given back, bit for bit', async () => {
    const held = await until('both lie there', 10_000, async () => {
      const all = await places();
      return all.length === 2 && all;
    });
    expect(held.map(({ cell }) => cell).toSorted()).toEqual([2, 3]);
    const { revision, scene } = await screen();
    // The first of the list is chosen; the other one after it.
    await desk.page.keyboard.press('Home');
    await desk.page.keyboard.press('Enter');
    await until('one acknowledged', 5000, async () => (await alerts()).filter(({ acknowledged }) => acknowledged !== null).length === 1);
    await wall.page.locator('[data-alarm-state="acknowledged"]').first().waitFor();
    await desk.page.keyboard.press('e');
    await until('both acknowledged', 5000, async () => (await alerts()).every(({ acknowledged }) => acknowledged?.by === 'admin'));
    await until('the wall is given back', 40_000, async () => (await places()).length === 0);
    await wall.page.locator('[data-alarm]').first().waitFor({ state: 'detached' });
    const after = await screen();
    expect([after.revision, after.scene]).toEqual([revision, scene]);
    expect(await wall.page.locator('.tile').count()).toBe(2);
    const tiles = await until('only the scene', 10_000, async () => {
      const { tiles: shown } = (await shownTiles(hub, '1'))!;
      return shown.length === 2 && shown.every(({ state }) => state === 'live' || state === 'delayed') && shown;
    });
    expect(tiles.map(({ tileId, cameraId }) => [tileId, cameraId])).toEqual([
      ['g-0-0', cameras[2]],
      ['g-0-1', cameras[0]],
    ]);
    expect((await seenPictures(wall.page)).map(({ cameraId }) => cameraId).toSorted()).toEqual([cameras[0], cameras[2]].toSorted());
  });

  test('a person takes one off the wall by key; it stays away, and who did it is on record', async () => {
    await push('P-3', 'trip');
    const { id } = await alertOf('P-3');
    await until('it lies there', 10_000, async () => (await places()).some(({ alertId }) => alertId === id));
    await desk.page.locator(`[data-alert="${id}"]`).click();
    await desk.page.locator('[data-places]').waitFor();
    await desk.page.keyboard.press('g');
    await until('it is given back', 5000, async () =>
      (await places()).some(({ alertId, givenBack }) => alertId === id && givenBack?.by === 'admin'),
    );
    await wall.page.locator('[data-alarm]').first().waitFor({ state: 'detached' });
    const { rows } = await hub.command<{ rows: { actor: string; kind: string }[] }>('audit.search', { command: 'wall.alarm-return' });
    expect(new Set(rows.map(({ actor }) => actor))).toEqual(new Set(['admin']));
  });

  test('shelved with a reason it disturbs nobody, and says why and until when; unshelved it does again', async () => {
    const { id } = await alertOf('P-3');
    await desk.page.keyboard.press('s');
    await desk.page.locator('[data-way="shelve"] [name="reason"]').fill('检修至 15 点');
    await keep('desk-shelve-zh', desk);
    await desk.page.keyboard.press('Enter');
    const row = desk.page.locator(`[data-alert="${id}"][data-state="shelved"]`);
    await row.waitFor();
    expect(await row.locator('[data-held]').innerText()).toMatch(/admin.*检修至 15 点.*至 \d\d:\d\d/);
    await desk.page.keyboard.press('u');
    await desk.page.locator(`[data-alert="${id}"][data-state="unacknowledged"]`).waitFor();
  });

  test('its kind is silenced from its labels, and the silence is ended again', async () => {
    const { id } = await alertOf('P-3');
    await desk.page.keyboard.press('n');
    await desk.page.locator('[data-way="silence"] [name="reason"]').fill('计划检修');
    await keep('desk-silence-zh', desk);
    await desk.page.keyboard.press('Enter');
    await desk.page.locator(`[data-alert="${id}"][data-state="held"]`).waitFor();
    await desk.page.keyboard.press('q');
    await desk.page.locator('[data-end-silence]').first().click();
    await desk.page.locator('[data-standing="over"]').waitFor();
    await keep('desk-silences-zh', desk);
    await desk.page.keyboard.press('q');
    await desk.page.locator('[data-figures] [data-operator="admin"]').waitFor();
    await until('all shifts counted', 15_000, async () => (await desk.page.locator('[data-shift]').count()) === 6);
    // Of shifts before the first alert nobody says that there was none.
    expect(await desk.page.locator('[data-shift=unknown]').count()).toBeGreaterThanOrEqual(4);
    expect(await desk.page.locator('[data-shift=unknown]').last().innerText()).not.toMatch(/\t0/);
    await keep('desk-figures-zh', desk);
    await desk.page.keyboard.press('q');
    await desk.page.locator('[data-wall-screen="main/1"]').waitFor();
    await keep('desk-walls-zh', desk);
    await desk.page.keyboard.press('q');
    await desk.page.locator(`[data-alert="${id}"][data-state="unacknowledged"]`).waitFor();
  });

  test('more than there is room for: the worst lie there, and how many more is said', async () => {
    for (let n = 10; n < 24; n += 1) await push(`P-${n}`, 'trip');
    await until('two places and more', 40_000, async () => {
      const all = (await places()).filter(({ givenBack }) => givenBack === null);
      return all.length === 2 && all.some(({ more }) => more > 5);
    });
    await wall.page.locator('[data-alarm-more]').waitFor();
    await until('the pictures of both live', 40_000, async () => (await moving(/^a-/)).length === 4);
    await keep('wall-more-zh', wall);
    await wall.page.keyboard.press('l');
    await keep('wall-more-en', wall);
    await overdue('O-1');
    const late = await alertOf('O-1');
    expect(late.severity).toBe('medium');
    await until('held back by the flood', 10_000, async () => (await alerts()).find(({ id }) => id === late.id)?.held?.by === 'flood');
    await desk.page.locator('[data-flood]').waitFor();
    await desk.page.locator('[data-alert-bar] .flood').waitFor();
    await keep('desk-many-zh', desk);
    await desk.page.keyboard.press('/');
    await desk.page.keyboard.type('P-12');
    await until('one row', 5000, async () => (await desk.page.locator('[data-alert-list] [data-alert]').count()) === 1);
    await desk.page.keyboard.press('Enter');
    await desk.page.keyboard.press('0');
    await until('all rows', 5000, async () => (await desk.page.locator('[data-alert-list] [data-alert]').count()) > 5);
    await desk.page.keyboard.press('Shift+W');
    await desk.page.locator('[data-screen-card="1"] [data-alarm-here]').waitFor();
    await keep('desk-walls-view-zh', desk);
  });

  test('nothing went wrong on either page', () => {
    expect(wall.problems).toEqual([]);
    expect(desk.problems).toEqual([]);
  });
});
