import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Hold } from '../layouts/control-contract.ts';
import type { Handover } from '../main/contract/desk.ts';
import { chromiumPath, startChromium } from './chromium.ts';
import { startHub, until, type RunningHub } from './start-hub.ts';
import { openPage, type OpenPage } from './wall-page.ts';

const why = chromiumPath === null ? ' (skipped: no Chromium found)' : '';
const firstPassword = 'Kiln-and-glaze-9';
const ownPassword = 'Glaze-and-kiln-8';

describe.skipIf(chromiumPath === null)(`the hand-over of a desk${why}`, () => {
  let hub: RunningHub;
  let browser: Browser;
  let late: OpenPage;
  let early: OpenPage;

  beforeAll(async () => {
    hub = await startHub({ demo: false });
    browser = await startChromium();
    await hub.command('camera.upsert', {
      number: 'K-1',
      name: '东门',
      district: '320282101',
      source: { kind: 'file', url: 'clip:crossing.sub' },
    });
    for (const [name, fullName] of [
      ['li.mei', '李梅'],
      ['wang.wei', '王伟'],
    ])
      await hub.command('user.upsert', { name, fullName, roles: ['operator'], password: firstPassword });
  });
  afterAll(async () => {
    await browser?.close();
    await hub?.stop();
  });

  /** Opens a desk of one's own and gives oneself a password. */
  async function desk(user: string, language: string): Promise<OpenPage> {
    const opened = await openPage(browser, `${hub.listening}/login`, { width: 1366, height: 768 });
    const { page } = opened;
    await page.locator('input[autocomplete="username"]').fill(user);
    await page.locator('input[autocomplete="current-password"]').fill(firstPassword);
    await page.keyboard.press('Enter');
    await page.locator('input[autocomplete="new-password"]').nth(1).waitFor();
    for (const field of await page.locator('input[autocomplete="new-password"]').all()) await field.fill(ownPassword);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/console$/);
    await page.goto(`${hub.listening}/console?lang=${language}`);
    await page.locator('.console[data-connection="live"]').waitFor();
    await page.locator('[data-screen="1"] [data-tile]').first().waitFor();
    return opened;
  }
  /** What somebody says to the hub by a session of his own beside the page. */
  async function command(user: string, name: string, args: object): Promise<void> {
    const post = async (one: string, body: object, token?: string) => {
      const answer = await fetch(`${hub.listening}/api/commands/${one}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
        body: JSON.stringify(body),
      });
      const said = (await answer.json()) as { token?: string };
      if (!answer.ok) throw new Error(`${one}: ${JSON.stringify(said)}`);
      return said;
    };
    const { token } = await post('session.login', { user, password: ownPassword });
    await post(name, args, token);
  }
  const handovers = async () => (await hub.collection<Handover>('handovers')).items;
  const holds = async () => (await hub.collection<Hold>('holds')).items;
  /** Nothing on the page is wider than its box, except where an ellipsis says so. */
  const clipped = (page: Page) =>
    page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('dialog :is(button, label, h2, h3, h4, p, dt, dd, kbd, li)')]
        .filter((element) => element.offsetParent !== null && element.scrollWidth > element.clientWidth + 1)
        .filter((element) => getComputedStyle(element).textOverflow !== 'ellipsis' && getComputedStyle(element).display !== 'inline')
        .map((element) => `${element.tagName} ${element.textContent?.trim().slice(0, 40)}`),
    );

  test('whoever goes writes, signs and logs out, by keyboard alone', async () => {
    late = await desk('li.mei', 'zh-CN');
    const { page } = late;
    await command('li.mei', 'hold.take', { wallId: 'main', screenId: '2', reason: '马拉松保障', minutes: 120 });
    await until('the hold', 10_000, async () => (await holds()).length === 1);
    await page.keyboard.press('Shift+H');
    await page.locator('[data-report] [data-part="holds"]', { hasText: '马拉松保障' }).waitFor();
    expect(await clipped(page)).toEqual([]);
    await page.locator('[name="note"]').fill('东门施工\n绕行西门');
    await page.locator('[name="item"]').fill('联系水务局复查井盖');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Control+Enter');
    await page.locator('[data-signed]').waitFor();
    expect(await handovers()).toMatchObject([
      { state: 'offered', from: { name: 'li.mei', fullName: '李梅' }, items: [{ text: '联系水务局复查井盖', done: false }] },
    ]);
    await page.keyboard.press('Shift+Q');
    await page.waitForURL(/\/login/);
  });

  test('a hub that is killed meanwhile loses nothing', async () => {
    const [before] = await handovers();
    const pid = await hub.child('hub.js');
    process.kill(pid, 'SIGKILL');
    await until('another hub', 30_000, async () => (await hub.child('hub.js')) !== pid);
    const [after] = await until('the hub to answer', 30_000, async () => {
      const all = await handovers();
      return all.length > 0 && all;
    });
    expect(after).toEqual(before);
    expect(await holds()).toMatchObject([{ screenId: '2', name: 'li.mei', reason: '马拉松保障' }]);
  });

  test('whoever comes sees that it waits, reads all of it in his language, and signs', async () => {
    early = await desk('wang.wei', 'en');
    const { page } = early;
    await page.locator('[data-handover-notice]', { hasText: '李梅' }).waitFor();
    await page.keyboard.press('Shift+H');
    const paper = page.locator('[data-handover]');
    await paper.waitFor();
    for (const part of ['李梅 (li.mei)', '绕行西门', '联系水务局复查井盖', '马拉松保障', 'not signed yet'])
      expect(await paper.innerText()).toContain(part);
    expect(await clipped(page)).toEqual([]);
    await page.locator('[name="remarks"]').fill('Read; the manhole first');
    await page.keyboard.press('Control+Enter');
    await page.locator('[data-taken]', { hasText: '1 hold' }).waitFor();
    expect(await paper.locator('[data-to]').innerText()).toMatch(/王伟 \(wang\.wei\) signed \d{4}-\d\d-\d\d \d\d:\d\d:\d\d/);
    expect(await paper.locator('[data-from]').innerText()).toMatch(/李梅 \(li\.mei\) signed \d{4}-\d\d-\d\d \d\d:\d\d:\d\d/);
  });

  test('the desk is his: both signatures are kept, the hold is his, the open matter goes on with him', async () => {
    const { page } = early;
    expect(await handovers()).toMatchObject([
      { state: 'signed', from: { name: 'li.mei' }, to: { name: 'wang.wei' }, remarks: 'Read; the manhole first' },
    ]);
    expect(await holds()).toMatchObject([{ screenId: '2', name: 'wang.wei', reason: '马拉松保障' }]);
    await page.keyboard.press('Escape');
    await page.locator('[data-handover-notice]').waitFor({ state: 'detached' });
    await page.keyboard.press('Shift+H');
    await page.locator('[data-view="give"][aria-pressed="true"]').waitFor();
    await until('the open matter', 10_000, async () => (await page.locator('.item .input').first().inputValue()) === '联系水务局复查井盖');
  });

  test('it is printed whole, black on white, and nothing else of the page', async () => {
    const { page } = early;
    await page.keyboard.press('Escape');
    await page.keyboard.press('Shift+H');
    await page.keyboard.press('3');
    await page.locator('[data-handover]').waitFor();
    await page.emulateMedia({ media: 'print' });
    await page.evaluate(() => window.dispatchEvent(new Event('beforeprint')));
    const sheet = page.locator('body > .print-sheet');
    expect(await sheet.innerText()).toContain('王伟');
    expect(await page.locator('dialog').isVisible()).toBe(false);
    expect(await sheet.locator('h3').evaluate((heading) => getComputedStyle(heading).color)).toBe('rgb(0, 0, 0)');
    await page.evaluate(() => window.dispatchEvent(new Event('afterprint')));
    await page.emulateMedia({ media: null });
    expect(await sheet.count()).toBe(0);
  });

  test('the pages did not complain', () => {
    // A page whose hub is killed says that its line broke off.
    expect([...late.problems, ...early.problems].filter((line) => !/WebSocket|ERR_CONNECTION/.test(line))).toEqual([]);
  });
});
