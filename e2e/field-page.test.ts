import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, startChromium } from './chromium.ts';
import { startHub, until, type RunningHub } from './start-hub.ts';

const why = chromiumPath === null ? ' (skipped: no Chromium found)' : '';

interface SeenTask {
  readonly id: string;
  readonly state: string;
  readonly history: readonly {
    readonly state: string;
    readonly source: string;
    readonly text: string | null;
    readonly lat: number | null;
    readonly photo: string | null;
  }[];
}

describe.skipIf(chromiumPath === null)(`a unit works off its task on a phone${why}`, () => {
  let hub: RunningHub;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let bearer: string;
  const units = new Map<string, string>();

  beforeAll(async () => {
    hub = await startHub({ demo: false });
    browser = await startChromium();
    const login = await fetch(`${hub.listening}/api/commands/session.login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user: 'admin', password: 'Quiet-harbour-7' }),
    });
    bearer = ((await login.json()) as { token: string }).token;
  });
  afterEach(() => context?.close());
  afterAll(async () => {
    await browser?.close();
    await hub?.stop();
  });

  /** Sends a unit to a new incident; answers its task and the link of its field page. */
  async function dispatched(number: string, more: { drill?: boolean } = {}): Promise<{ taskId: string; link: string }> {
    const { drill = false } = more;
    if (!units.has(number)) {
      const home = { text: 'Station' };
      const { unitId } = await hub.command<{ unitId: string }>('unit.upsert', {
        number,
        name: `Engine ${number}`,
        department: 'Fire',
        crew: 6,
        home,
        drill,
      });
      units.set(number, unitId);
    }
    const { incidentId } = await hub.command<{ incidentId: string }>('incident.open', {
      type: 'utilities.water.burst',
      level: 'II',
      title: 'Burst main',
      place: { lat: 31.35, lon: 119.81, text: 'Crossing of Taodu Road' },
      report: { by: 'phone', text: 'Water on the road', reporter: null },
      drill,
    });
    const sent = await hub.command<{ taskId: string; fieldLink: string }>('task.dispatch', {
      incidentId,
      unitId: units.get(number)!,
      title: 'Shut the valve',
      text: 'Shut the main.\nWait for the pump.',
      dueMinutes: 30,
    });
    return { taskId: sent.taskId, link: sent.fieldLink };
  }
  async function open(link: string): Promise<void> {
    context = await browser.newContext({
      viewport: { width: 360, height: 740 },
      isMobile: true,
      hasTouch: true,
      locale: 'en-GB',
      permissions: ['geolocation'],
      geolocation: { latitude: 31.351, longitude: 119.811, accuracy: 9 },
    });
    page = await context.newPage();
    await page.goto(`${link}?lang=en`);
  }
  const taskOf = async (id: string) => {
    const { items } = await hub.collection<SeenTask>('tasks');
    return items.find((task) => task.id === id);
  };
  const reached = (id: string, state: string) => until(`the task is ${state}`, 20_000, async () => (await taskOf(id))?.state === state);
  const shows = (state: string) => page.waitForSelector(`[data-task][data-state=${state}]`, { timeout: 20_000 });
  const fates = (fate: string) => page.locator(`[data-report=${fate}]`).count();

  test('the link leads to the task, and is nowhere afterwards', async () => {
    const { taskId, link } = await dispatched('F-1');
    const token = link.split('/').at(-1)!;
    const sent: string[] = [];
    await open('about:blank');
    page.on('request', (request) => sent.push(`${request.method()} ${request.url()} ${JSON.stringify(request.headers())}`));
    await page.goto(`${link}?lang=en`);
    await shows('sent');
    const words = await page.locator('[data-page]').innerText();
    for (const part of [
      'F-1',
      'Level II',
      'Burst main',
      '2026',
      'Shut the valve',
      'Crossing of Taodu Road',
      'Wait for the pump.',
      '30 min left',
    ])
      expect(words.replaceAll(/\d{4}-\d{4}-\d+/g, '2026')).toContain(part);
    expect(await page.getAttribute('[data-map]', 'href')).toContain('geo:31.350000,119.810000');
    expect(new URL(page.url()).pathname).toBe('/unit');
    const leaks = sent.filter((line) => line.includes(token) && !line.startsWith(`GET ${link}`));
    expect(leaks).toEqual([]);
    expect(hub.stderr()).not.toContain(token);
    const audit = JSON.stringify((await hub.collection('audit', '?limit=200')).items);
    expect(audit).toContain('unit:F-1');
    expect(audit).not.toContain(token);
    // Everything that is pressed is as large as a thumb, and nothing runs out of the page.
    for (const button of await page.locator('button:visible, a.press:visible').all()) {
      const { width, height } = (await button.boundingBox())!;
      expect(Math.min(width, height)).toBeGreaterThanOrEqual(44);
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
    expect((await taskOf(taskId))?.state).toBe('sent');
  });

  test('accept, on the way, on scene, done: with a position that was allowed, and a photo that keeps nothing of the camera', async () => {
    const { taskId, link } = await dispatched('F-2');
    await open(link);
    await shows('sent');
    await page.click('[data-position]');
    await page.click('[data-consent]');
    await page.waitForSelector('[data-position=on]');
    // A photo that is too large, with EXIF, as a phone makes it.
    const size = await page.evaluate(async () => {
      const canvas = new OffscreenCanvas(1800, 1350);
      const paint = canvas.getContext('2d')!;
      const picture = paint.createImageData(canvas.width, canvas.height);
      for (let at = 0, seed = 1; at < picture.data.length; at += 1) {
        seed = (seed * 48_271) % 2_147_483_647;
        picture.data[at] = at % 4 === 3 ? 255 : seed & 255;
      }
      paint.putImageData(picture, 0, 0);
      const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.95 });
      const exif = new TextEncoder().encode('Exif\0\0GPS 31.351 119.811 owner Wang');
      const segment = new Uint8Array([0xff, 0xe1, 0, exif.length + 2, ...exif]);
      const file = new File([blob.slice(0, 2), segment, blob.slice(2)], 'scene.jpg', { type: 'image/jpeg' });
      const input = document.querySelector<HTMLInputElement>('[data-file]')!;
      const chosen = new DataTransfer();
      chosen.items.add(file);
      input.files = chosen.files;
      input.dispatchEvent(new Event('change'));
      return file.size;
    });
    expect(size).toBeGreaterThan(1_000_000);
    await page.waitForSelector('[data-photo]', { timeout: 30_000 });
    await page.click('[data-next=accepted]');
    await shows('accepted');
    await page.click('[data-next=enRoute]');
    await shows('enRoute');
    await page.click('[data-next=onScene]');
    await shows('onScene');
    await page.click('[data-next=done]');
    await page.click('[data-done-now]');
    await reached(taskId, 'done');
    await page.getByText('No task now').waitFor();
    const { history } = (await taskOf(taskId))!;
    expect(history.map(({ state, source }) => [state, source])).toEqual([
      ['sent', 'desk'],
      ['accepted', 'field'],
      ['enRoute', 'field'],
      ['onScene', 'field'],
      ['done', 'field'],
    ]);
    expect(history[1]!.lat).toBeCloseTo(31.351, 3);
    const kept = await fetch(`${hub.listening}/api/photos/${history[1]!.photo}`, { headers: { authorization: `Bearer ${bearer}` } });
    const bytes = Buffer.from(await kept.arrayBuffer());
    expect([kept.status, bytes.subarray(0, 2).toString('hex')]).toEqual([200, 'ffd8']);
    expect(bytes.length).toBeLessThanOrEqual(1_000_000);
    expect(bytes.includes('Exif')).toBe(false);
    expect(bytes.includes('Wang')).toBe(false);
  });

  test('what is reported without a network waits in order, also over a reload, and arrives once', async () => {
    const { taskId, link } = await dispatched('F-3');
    await open(link);
    await shows('sent');
    const cut = '**/unit/commands/task.report';
    await page.route(cut, (route) => route.abort('internetdisconnected'));
    await page.click('[data-next=accepted]');
    await page.click('[data-next=enRoute]');
    await until('two reports wait', 10_000, async () => (await fates('waiting')) === 2);
    expect(await page.locator('[data-confirmed]').innerText()).toContain('new');
    expect((await taskOf(taskId))!.state).toBe('sent');
    await page.reload();
    await until('they still wait', 20_000, async () => (await fates('waiting')) === 2);
    await page.unroute(cut);
    await shows('enRoute');
    await until('both are confirmed', 20_000, async () => (await fates('confirmed')) === 2);
    expect((await taskOf(taskId))!.history.map(({ state }) => state)).toEqual(['sent', 'accepted', 'enRoute']);
  });

  test('a hub that is killed in the middle loses nothing: the report arrives when it is back, once', async () => {
    const { taskId, link } = await dispatched('F-4');
    await open(link);
    await shows('sent');
    await page.click('[data-next=accepted]');
    await shows('accepted');
    process.kill(await hub.child('hub.js'), 'SIGKILL');
    await page.click('[data-next=enRoute]');
    await reached(taskId, 'enRoute');
    await until('it is confirmed', 30_000, async () => (await fates('confirmed')) === 2);
    expect((await taskOf(taskId))!.history.map(({ state }) => state)).toEqual(['sent', 'accepted', 'enRoute']);
    expect(await page.locator('[data-over]').count()).toBe(0);
  });

  test('a link that a newer one ended, and one that never was, say whom to call and nothing else', async () => {
    const { link: first } = await dispatched('F-5');
    await hub.command('unit.upsert', { number: 'F-5', name: 'Engine F-5', department: 'Fire', crew: 6, home: { text: 'Station' } });
    const { incidentId } = await hub.command<{ incidentId: string }>('incident.open', {
      type: 'traffic.obstacle',
      title: 'Tree on the road',
      place: { text: 'Ring road' },
      report: { by: 'phone', text: null, reporter: null },
    });
    await hub.command('task.dispatch', { incidentId, unitId: units.get('F-5')!, title: 'Clear it', queue: true });
    for (const link of [first, `${hub.listening}/unit/${'A'.repeat(43)}`, `${hub.listening}/unit`]) {
      await open(link);
      await page.waitForSelector('[data-over]', { timeout: 20_000 });
      const words = await page.locator('body').innerText();
      expect(words).toContain('指挥中心');
      expect(words).toContain('Call the command centre');
      expect(words).not.toMatch(/F-5|Shut|Clear/);
      expect(new URL(page.url()).pathname).toBe('/unit');
      await context.close();
    }
  });

  test('a drill cannot be taken for real, and is refused with a reason that the desk reads', async () => {
    const { taskId, link } = await dispatched('D-1', { drill: true });
    await open(link);
    await shows('sent');
    expect(await page.locator('[data-drill]').innerText()).toContain('DRILL');
    await page.click('[data-refuse]');
    await page.fill('[data-reason]', 'Pump broken');
    await page.click('[data-refuse-now]');
    await reached(taskId, 'refused');
    expect((await taskOf(taskId))!.history.at(-1)).toMatchObject({ state: 'refused', source: 'field', text: 'Pump broken' });
  });
});
