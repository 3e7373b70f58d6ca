import { mkdirSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { Alert } from '../alerts/contract.ts';
import type { Indicator } from '../streams/feed-contract.ts';
import { startChromium } from '../e2e/chromium.ts';
import { adminPassword, startHub, until } from '../e2e/start-hub.ts';
import { openPage, shownTiles, type OpenPage } from '../e2e/wall-page.ts';

/**
 * Takes the pictures of the city's matters from the demo city on a day of rain, in both languages: alerts, an incident, who is sent, the field page, feeds and their quarantine, the
 * walls. `node docs/take-city.ts` after `npm run build`; a few minutes.
 */
const folder = join(import.meta.dirname, 'screens');
mkdirSync(folder, { recursive: true });
const languages = [
  ['zh-CN', 'zh'],
  ['en', 'en'],
] as const;
const tooLarge: string[] = [];

const hub = await startHub({ demo: true, living: true, args: ['--story', 'rainstorm'] });
const browser = await startChromium();

async function take(page: Page, name: string): Promise<void> {
  await page.evaluate(() => document.fonts.ready);
  const path = join(folder, `${name}.jpg`);
  for (const quality of [80, 72, 64]) {
    await page.screenshot({ path, type: 'jpeg', quality });
    if ((await stat(path)).size <= 200_000) return;
  }
  tooLarge.push(name);
}
const alerts = async () => (await hub.collection<Alert>('alerts', '?limit=1000')).items;

try {
  await until(
    'the demo city',
    120_000,
    async () => (await hub.command<{ total: number }>('camera.search', { text: 'DS', limit: 1 })).total === 30_000,
  );
  const rain = await until('the rain to be measured', 600_000, async () => {
    const known = await alerts();
    return known.length >= 8 && known.find(({ rule }) => rule === 'emergency.heavy-rain');
  });
  await until('most figures to be known', 180_000, async () => {
    const { items } = await hub.collection<Indicator>('indicators', '?limit=1000');
    return items.filter(({ value }) => value !== null).length > 80;
  });

  // ---- what was sent and could not be read

  const { token } = await hub.command<{ token: string }>('feed.create', {
    id: 'underpass-levels',
    name: '下穿通道水位',
    kind: 'mapping',
    system: 'utilities',
    settings: {
      mapping: {
        format: 'json',
        records: 'items',
        entity: { path: 'id' },
        asset: { kind: { is: 'gauge' }, name: { path: 'name' }, place: { lat: 'lat', lon: 'lon', text: 'name' } },
        values: [{ path: 'level', quantity: 'water-level' }],
      },
    },
  });
  for (const body of [
    JSON.stringify({ items: [{ id: 'UP-01', name: '和平大道下穿通道', lat: 31.3613, lon: 119.8202, level: 0.42 }] }),
    JSON.stringify({ data: [{ id: 'UP-02', level: 0.38 }] }),
    '{"items": [{"id": "UP-03", "level": 0.4',
  ])
    await fetch(`${hub.listening}/api/feeds/underpass-levels`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body,
    });

  // ---- an incident with a unit that is on its way, and one that was just sent

  const place = { ...rain.place, text: '和平大道下穿通道' };
  const { incidentId } = await hub.command<{ incidentId: string }>('incident.open', {
    type: 'flood.waterlogging',
    level: 'III',
    title: '和平大道下穿通道积水，一车被困',
    place,
    report: { by: 'phone', text: '水深约半米，一辆轿车熄火，车内两人打不开车门。', reporter: '王先生', phone: '13800001234' },
    alertIds: [rain.id],
    cameraIds: rain.cameras.slice(0, 4),
    reportedAt: Date.now() - 95_000,
    answeredAt: Date.now() - 87_000,
  });
  for (const event of ['accept', 'file']) await hub.command('incident.advance', { incidentId, event });
  const { ranked } = await hub.command<{ ranked: { unitId: string }[] }>('unit.recommend', { incidentId });
  const links: string[] = [];
  for (const [index, { unitId }] of ranked.slice(0, 2).entries()) {
    const sent = await hub.command<{ taskId: string; fieldLink: string }>('task.dispatch', {
      incidentId,
      unitId,
      title: '前往和平大道下穿通道排水救人',
      text: '先救人，再排水。\n从东侧辅道进入。',
      dueMinutes: 30,
    });
    links.push(sent.fieldLink);
    if (index === 0)
      for (const state of ['accepted', 'enRoute'])
        await hub.command('task.report', { taskId: sent.taskId, state, lat: place.lat!, lon: place.lon! });
  }
  await hub.command('incident.note', { incidentId, text: '交警已在两端设置警示，禁止车辆驶入。' });
  await hub.command('incident.report', { incidentId, needs: '移动泵车一台', forecast: '雨势半小时后减弱' });

  // ---- the walls

  const { items: cameras } = await hub.collection<{ id: string }>('cameras', '?limit=9');
  const grid = (tiles: readonly object[], cols: number) => ({ kind: 'grid', rows: tiles.length / cols, cols, tiles });
  // Pictures of this size are small enough for a page that people read.
  const wall = async (screenId: string): Promise<OpenPage> => {
    const { url } = await hub.command<{ url: string }>('wall.link', { wallId: 'main', screenId });
    return openPage(browser, url, { width: 1280, height: 720 });
  };
  await hub.command('wall.alarms', { wallId: 'main', screenId: '1', alarms: null });
  await hub.command('wall.show', { wallId: 'main', screenId: '1', scene: grid([{ panel: 'plan' }], 1) });
  await hub.command('wall.show', {
    wallId: 'main',
    screenId: '2',
    scene: grid(
      cameras.map(({ id }) => ({ panel: 'video', cameraId: id, profile: 'sub' })),
      3,
    ),
  });
  await hub.command('wall.alarms', { wallId: 'main', screenId: '2', alarms: { atLeast: 'high', cols: 2, rows: 2, sound: false } });
  for (const [language, suffix] of languages) {
    const plan = await wall('1');
    await plan.page.locator('[data-indicator]').first().waitFor();
    if (language === 'en') await plan.page.keyboard.press('l');
    await until('figures on the wall', 60_000, async () => (await plan.page.locator('[data-verdict="met"], .is-met').count()) > 3);
    await take(plan.page, `wall-plan-${suffix}`);
    await hub.command('wall.show', { wallId: 'main', screenId: '1', scene: { ...grid([{ panel: 'incidents' }, { panel: 'tasks' }], 1) } });
    await plan.page.locator('[data-task]').first().waitFor();
    await take(plan.page, `wall-dispatch-${suffix}`);
    await hub.command('wall.show', { wallId: 'main', screenId: '1', scene: grid([{ panel: 'plan' }], 1) });
    await plan.close();
  }
  const covered = await wall('2');
  await covered.page.locator('[data-alarm]').first().waitFor({ timeout: 120_000 });
  await until('living pictures around the alert', 120_000, async () => {
    const shown = await shownTiles(hub, '2');
    return (
      shown?.tiles.some(({ tileId }) => tileId.startsWith('a-')) === true &&
      shown.tiles.every(({ state }) => state === 'live' || state === 'empty')
    );
  });
  await take(covered.page, 'wall-alarm-zh');
  await covered.close();

  // ---- the desk, by its keys

  const { page, close } = await openPage(browser, `${hub.listening}/login?lang=zh-CN`, { width: 1600, height: 900 });
  await page.locator('input[autocomplete="username"]').fill('admin');
  await page.locator('input[autocomplete="current-password"]').fill(adminPassword);
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/console/);
  for (const [language, suffix] of languages) {
    const go = async (hash: string, shows: string) => {
      await page.goto(`${hub.listening}/console?lang=${language}${hash}`);
      await page.locator(shows).first().waitFor({ timeout: 30_000 });
    };
    await go('#alerts', '[data-alert]');
    await take(page, `desk-alerts-${suffix}`);
    await go('#incidents', '[data-incident-board] [data-row]');
    await take(page, `desk-incidents-${suffix}`);
    await go(`#incidents/${incidentId}`, '[data-rank]');
    await page.locator('[data-entry]').first().waitFor();
    await take(page, `desk-incident-${suffix}`);
    await go('#tasks', '[data-tasks-tab] [data-task]');
    await take(page, `desk-tasks-${suffix}`);
    await page.keyboard.press('F2');
    await page.locator('[data-call-form] [name="place"]').waitFor();
    await page.keyboard.insertText('和平大道');
    await page.locator('[data-call-form] .option').first().waitFor();
    await take(page, `desk-call-${suffix}`);
    await page.locator('[data-call-form] .acts button').last().click();
    await go('#admin/feeds', '[data-row]');
    await take(page, `admin-feeds-${suffix}`);
    await page.locator('[data-to-quarantine]').first().click();
    await page.locator('.data-table [data-row]').first().click();
    await page.locator('[data-content]').waitFor();
    await take(page, `admin-quarantine-${suffix}`);
  }
  await close();

  // ---- the phone of the unit that was just sent

  const context = await browser.newContext({ viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true });
  const phone = await context.newPage();
  await phone.goto(links[1]!);
  for (const [language, suffix] of languages) {
    await phone.goto(`${hub.listening}/unit?lang=${language}`);
    await phone.locator('[data-task]').waitFor();
    await take(phone, `field-${suffix}`);
  }
  await context.close();
} finally {
  await browser.close();
  await hub.stop();
}
if (tooLarge.length > 0) throw new Error(`larger than 200 KB: ${tooLarge.join(', ')}`);
