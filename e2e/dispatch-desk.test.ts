import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Incident, Task, Unit } from '../alerts/incident-contract.ts';
import { chromiumPath, startChromium } from './chromium.ts';
import { adminPassword, startHub, until, type RunningHub } from './start-hub.ts';
import { openPage, type OpenPage } from './wall-page.ts';

const why = chromiumPath === null ? ' (skipped: no Chromium found)' : '';

describe.skipIf(chromiumPath === null)(`the dispatcher's desk${why}`, () => {
  let hub: RunningHub;
  let browser: Browser;
  let desk: OpenPage;
  let page: Page;

  const at = (lat: number, lon: number, text: string) => ({ lat, lon, district: '320282', text });
  const incidentOf = async (number: string) => (await hub.collection<Incident>('incidents')).items.find((one) => one.number === number)!;
  const unitOf = async (number: string) => (await hub.collection<Unit>('units')).items.find((one) => one.number === number)!;
  const tasksOf = async (incidentId: string) => (await hub.collection<Task>('tasks')).items.filter((one) => one.incident === incidentId);
  const say = (name: string) => page.locator(`[data-event="${name}"]`);
  let number = '';

  beforeAll(async () => {
    hub = await startHub({ demo: false });
    browser = await startChromium();
    await hub.command('camera.import', {
      format: 'csv',
      text: 'number,name,district,lat,lon,kind,url\nYX001,解放路人民路口,320282,31.3601,119.8201,file,clip:a\n',
    });
    const units = [
      ['J01', '交警一中队', 'traffic-police', 31.361, 119.822],
      ['J02', '交警二中队', 'traffic-police', 31.42, 119.9],
      ['T01', '清障一号', 'tow', 31.36, 119.82],
    ] as const;
    for (const [unit, name, capability, lat, lon] of units)
      await hub.command('unit.upsert', {
        number: unit,
        name,
        department: '交警大队',
        capabilities: [capability],
        crew: 4,
        home: at(lat, lon, '驻地'),
        districts: ['320282'],
      });
    desk = await openPage(browser, `${hub.listening}/console`, { width: 1366, height: 768 });
    page = desk.page;
    await page.waitForURL(/\/login/);
    await page.locator('input[autocomplete="username"]').fill('admin');
    await page.locator('input[type="password"]').first().fill(adminPassword);
    await page.keyboard.press('Enter');
    await page.locator('.console[data-connection="live"]').waitFor({ timeout: 60_000 });
  });
  afterAll(async () => {
    await browser?.close();
    await hub?.stop();
  });

  test('a call is typed by keyboard alone, outlives a reload, and becomes an incident with a number', async () => {
    await page.keyboard.press('F2');
    await page.locator('[data-call-form] [name="place"]').waitFor();
    await page.keyboard.type('解放路');
    await page.locator('[data-call-form] .option', { hasText: 'YX001' }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    // The place is known now, and the next field has the focus.
    await page.locator('[data-call-form] .spot', { hasText: '31.36010' }).waitFor();
    await page.keyboard.type('jtsg');
    await page.locator('[data-call-form] .option.marked', { hasText: '交通事故' }).waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.type('两车相撞，占一条车道');
    await page.keyboard.press('Tab');
    await page.keyboard.type('王先生');
    await page.keyboard.press('Tab');
    await page.keyboard.type('13800001234');

    await page.reload();
    await page.locator('[data-call-form] [name="phone"]').waitFor({ timeout: 30_000 });
    expect(await page.locator('[data-call-form] [name="phone"]').inputValue()).toBe('13800001234');
    expect(await page.locator('[data-call-form] [name="text"]').inputValue()).toBe('两车相撞，占一条车道');
    expect(await page.evaluate(() => JSON.stringify({ ...localStorage }))).not.toContain('13800001234');

    // The form has the focus, as it had before.
    await page.keyboard.press('Control+Enter');
    const receipt = page.locator('[data-receipt] b');
    await receipt.waitFor();
    number = /\d{4}-\d{4}-\d{4}/.exec(await receipt.innerText())![0];
    const incident = await incidentOf(number);
    expect(incident).toMatchObject({
      type: 'traffic.accident',
      state: 'reported',
      place: { district: '320282', text: '解放路人民路口', lat: 31.3601 },
      report: { by: 'phone', text: '两车相撞，占一条车道', reporter: '王先生' },
      drill: false,
    });
    expect(incident.instants.answered).not.toBeNull();
    expect(JSON.stringify(incident)).not.toContain('13800001234');
    expect(await hub.command('incident.caller', { incidentId: incident.id })).toEqual({ phone: '13800001234' });
    expect(await page.evaluate(() => sessionStorage.getItem('taodu.calls'))).not.toContain('13800001234');
    await page.keyboard.press('Escape');
    await page.locator('[data-call-desk]').waitFor({ state: 'detached' });
  });

  test('a second call of the same matter is shown with the parts of its score before it is sent', async () => {
    await page.keyboard.press('F2');
    await page.locator('[data-call-form] [name="place"]').waitFor();
    await page.keyboard.type('解放路人民路口');
    await page.locator('[data-call-form] [name="type"]').focus();
    await page.keyboard.type('交通事故');
    await page.locator('[data-call-form] .option.marked').waitFor();
    await page.keyboard.press('Enter');
    const duplicate = page.locator(`[data-duplicate="${number}"]`);
    await duplicate.waitFor();
    expect(await duplicate.innerText()).toMatch(/类型 \d+/);
    await page.locator('[data-call-form] button', { hasText: '不要了' }).click();
  });

  test('from the board to the incident, accepted and filed, the recommended unit is sent', async () => {
    await page.keyboard.press('Shift+I');
    await page.locator('[data-incident-board] [data-row]').first().waitFor();
    await page.keyboard.press('Enter');
    await page.locator('[data-incident]').waitFor();
    expect(new URL(page.url()).hash).toBe(`#incidents/${(await incidentOf(number)).id}`);
    await say('accept').waitFor();
    await page.keyboard.press('a');
    await say('file').waitFor();
    await page.keyboard.press('f');
    await until('it is filed', 10_000, async () => (await incidentOf(number)).state === 'filed');

    const first = page.locator('[data-rank]').first();
    await first.waitFor();
    // The near one is proposed; the far one stands behind it, with a reason for each.
    expect(await first.getAttribute('data-number')).toBe('J01');
    expect(await first.innerText()).toContain('建议派出：交警');
    expect(await page.locator('[data-rank]').nth(1).innerText()).toContain('公里');
    expect(await first.getAttribute('aria-checked')).toBe('true');
    await page.keyboard.press('d');
    await page.keyboard.press('Control+Enter');
    await page.locator('[data-sent="sent"]').waitFor();
    await page.locator('[data-field-link] .qr').waitFor();
    await page.locator('[data-tasks] [data-task-state="sent"]').waitFor();
    expect((await unitOf('J01')).state).toBe('committed');
  });

  test('what the unit reports is seen, and the incident is closed with its times', async () => {
    const { id } = await incidentOf(number);
    const [task] = await tasksOf(id);
    expect(await page.locator('[data-event="close"]').count()).toBe(0);
    for (const state of ['accepted', 'enRoute', 'onScene', 'done'] as const) {
      await hub.command('task.report', { taskId: task!.id, state, ...(state === 'done' ? { text: '已清障，道路恢复' } : {}) });
      await page.locator(`[data-tasks] [data-history="${state}"]`).waitFor();
    }
    for (const step of ['acknowledged', 'turnedOut', 'arrived', 'resolved']) await page.locator(`[data-step="${step}"][data-at]`).waitFor();
    expect((await unitOf('J01')).task).toBeNull();
    await say('close').waitFor();
    await page.keyboard.press('e');
    await page.locator('[data-event-ask] select[name="disposition"]').waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.type('双方离开现场');
    await page.keyboard.press('Enter');
    await page.locator('[data-step="closed"][data-at]').waitFor();
    const closed = await incidentOf(number);
    expect(closed).toMatchObject({ state: 'closed', disposition: 'handled' });
    const { instants } = closed;
    const known = [
      instants.reported,
      instants.verified,
      instants.filed,
      instants.dispatched,
      instants.arrived,
      instants.resolved,
      instants.closed,
    ];
    expect(known.every((instant) => instant !== null)).toBe(true);
    expect(known.toSorted((one, other) => one! - other!)).toEqual(known);
    await page.locator('[data-kind="moved"]', { hasText: '双方离开现场' }).waitFor();
    // It is over: corrections alone are taken, and it may be opened again.
    expect(await page.locator('[data-event]').evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset['event']))).toEqual([
      'reopen',
    ]);
  });

  test('two who change one incident: the second sees who changed what, and loses nothing of what was typed', async () => {
    const { incidentId } = await hub.command<{ incidentId: string }>('incident.open', {
      type: 'traffic.congestion',
      title: '拥堵',
      place: at(31.3602, 119.8203, '解放路'),
      report: { by: 'desk', text: null, reporter: null },
    });
    await page.goto(`${hub.listening}/console#incidents/${incidentId}`);
    await page.locator(`[data-incident="${incidentId}"] [data-edit]`).waitFor();
    // The camera near it is one key away, and so is the end of looking at it.
    await page.locator('[data-cameras] [data-camera]', { hasText: 'YX001' }).waitFor();
    await page.keyboard.press('1');
    await page.locator('.spot-pane .spot-view').waitFor();
    await page.keyboard.press('1');
    await page.locator('.spot-pane').waitFor({ state: 'detached' });
    await page.keyboard.press('t');
    await page.locator('[data-incident-edit] [name="title"]').fill('宜北路拥堵两公里');
    await hub.command('incident.edit', { incidentId, level: 'III', reason: '车流回堵' });
    await page.keyboard.press('Control+Enter');
    await page.locator('[data-incident-edit] [data-changes]', { hasText: 'III' }).waitFor();
    expect(await page.locator('[data-incident-edit] [name="title"]').inputValue()).toBe('宜北路拥堵两公里');
    await page.locator('[data-incident-edit] .outcome button').click();
    await until('both changes', 10_000, async () => {
      const { title, level } = (await hub.collection<Incident>('incidents')).items.find(({ id }) => id === incidentId)!;
      return title === '宜北路拥堵两公里' && level === 'III';
    });
  });

  test('both languages, the board of tasks and the units: nothing is clipped at 1366 × 768', async () => {
    const clipped = () =>
      page.evaluate(() =>
        [...document.querySelectorAll<HTMLElement>('button, label, h1, h2, h3, p, dt, dd, kbd')]
          .filter((element) => element.offsetParent !== null && element.scrollWidth > element.clientWidth + 1)
          .filter((element) => getComputedStyle(element).textOverflow !== 'ellipsis' && getComputedStyle(element).display !== 'inline')
          .map((element) => `${element.tagName} ${element.textContent?.trim().slice(0, 40)}`),
      );
    const { id } = await incidentOf(number);
    for (const language of ['en', 'zh-CN']) {
      for (const [hash, ready] of [
        [`#incidents/${id}`, '[data-life-line]'],
        ['#incidents', '[data-incident-board] [data-row]'],
        ['#tasks', '[data-tasks-tab] [data-column]'],
      ] as const) {
        await page.goto(`${hub.listening}/console?lang=${language}${hash}`);
        await page.locator(ready).first().waitFor();
        expect({ language, hash, clipped: await clipped() }).toEqual({ language, hash, clipped: [] });
      }
      await page.keyboard.press('l');
      await page.locator('[data-units] [data-row]').first().waitFor();
      expect(await clipped()).toEqual([]);
    }
  });

  test('the page did not complain', () => {
    expect(desk.problems.filter((line) => !/401|409/.test(line))).toEqual([]);
  });
});
