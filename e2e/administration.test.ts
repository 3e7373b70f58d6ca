import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fromBase32 } from '../main/hub/accounts/base32.ts';
import { stepMs, totpCode } from '../main/hub/accounts/totp.ts';
import { chromiumPath, startChromium } from './chromium.ts';
import { adminPassword, startHub, type RunningHub } from './start-hub.ts';
import { openPage, type OpenPage } from './wall-page.ts';

const why = chromiumPath === null ? ' (skipped: no Chromium found)' : '';
const auditorPassword = 'Glaze-and-kiln-8';

describe.skipIf(chromiumPath === null)(`the administration${why}`, () => {
  let hub: RunningHub;
  let browser: Browser;
  let desk: OpenPage;
  let secret: Uint8Array;
  let recoveryCodes: string[];
  /** The time step of the last code that was given: no code opens anything twice. */
  let lastStep = 0;

  beforeAll(async () => {
    hub = await startHub({ demo: false });
    browser = await startChromium();
    for (const number of ['K-1', 'K-2', 'K-3'])
      await hub.command('camera.upsert', {
        number,
        name: `东门 ${number}`,
        district: '320282101',
        source: { kind: 'file', url: 'clip:crossing.sub' },
      });
    await hub.command('user.upsert', { name: 'sun.qi', fullName: '孙琪', roles: ['auditor'], password: 'Kiln-and-glaze-9' });
    desk = await openPage(browser, `${hub.listening}/console#admin/users`, { width: 1280, height: 800 });
  });
  afterAll(async () => {
    await browser?.close();
    await hub?.stop();
  });

  /** Nothing on the page is wider than its box, except where an ellipsis says so. */
  const clipped = (page: Page) =>
    page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('button, label, h1, h2, h3, p, td, th, dt, dd, kbd, a, legend, .cell')]
        .filter((element) => element.offsetParent !== null && element.scrollWidth > element.clientWidth + 1)
        .filter((element) => getComputedStyle(element).textOverflow !== 'ellipsis' && getComputedStyle(element).display !== 'inline')
        .map((element) => `${element.tagName} ${element.textContent?.trim().slice(0, 40)}`),
    );
  const logIn = async (page: Page, user: string, password: string) => {
    await page.locator('input[autocomplete="username"]').fill(user);
    await page.locator('input[autocomplete="current-password"]').fill(password);
    await page.keyboard.press('Enter');
  };
  const freshCode = () => {
    lastStep = Math.max(lastStep + 1, Math.floor(Date.now() / stepMs));
    return totpCode(secret, lastStep);
  };

  test('a link to one of its pages leads there through the login', async () => {
    const { page } = desk;
    await page.waitForURL(/\/login/);
    await logIn(page, 'admin', adminPassword);
    await page.locator('[data-admin-page="users"] [data-row]').first().waitFor();
    expect(await page.locator('[data-row]').count()).toBe(2);
  });

  test('every page opens by its key, in both languages, and nothing is clipped', async () => {
    const { page } = desk;
    for (const language of ['en', 'zh-CN']) {
      await page.goto(`${hub.listening}/console?lang=${language}#admin/users`);
      for (const [index, name] of ['users', 'cameras', 'feeds', 'walls', 'sessions', 'approvals', 'audit', 'system'].entries()) {
        await page.locator('[data-admin]').waitFor();
        await page.keyboard.press(String(index + 1));
        const open = page.locator(`[data-admin-page="${name}"]`);
        await open.waitFor();
        await open.locator('.ghosts').waitFor({ state: 'detached' });
        expect(await open.locator('[role=alert]').count()).toBe(0);
        expect({ language, name, clipped: await clipped(page) }).toEqual({ language, name, clipped: [] });
      }
    }
    await page.keyboard.press('Escape');
    await page.locator('[data-screen="1"]').waitFor();
  });

  test('an authenticator is set up in the user menu, and asked for at the next login', async () => {
    const { page } = desk;
    await page.keyboard.press('m');
    await page.getByText('设置身份验证器').click();
    await page.locator('dialog input[type="password"]').fill(adminPassword);
    await page.keyboard.press('Enter');
    await page.locator('dialog svg.qr').waitFor();
    secret = fromBase32((await page.locator('dialog .secret').innerText()).replaceAll(' ', ''))!;
    await page.locator('dialog input[name="code"]').fill(freshCode());
    await page.keyboard.press('Enter');
    await page.locator('dialog .codes li').first().waitFor();
    recoveryCodes = await page.locator('dialog .codes li').allInnerTexts();
    expect(new Set(recoveryCodes).size).toBe(10);
    await page.locator('dialog input[type="checkbox"]').check();
    await page.locator('dialog .is-main').click();

    await page.keyboard.press('Shift+Q');
    await page.waitForURL(/\/login/);
    await logIn(page, 'admin', adminPassword);
    await page.locator('input[name="code"]').fill('000000');
    await page.keyboard.press('Enter');
    await page.locator('[role="alert"]').waitFor();
    await page.locator('input[name="code"]').fill(freshCode());
    await page.keyboard.press('Enter');
    await page.locator('.console[data-connection="live"]').waitFor();
  });

  test('a locked console shows nothing, not even when it is loaded anew, until its user proves himself', async () => {
    const { page } = desk;
    await page.locator('.camera', { hasText: 'K-1' }).waitFor();
    await page.keyboard.press('Shift+K');
    await page.locator('[data-lock]').waitFor();
    expect(await page.locator('body').innerText()).not.toContain('K-1');
    await page.reload();
    await page.locator('[data-lock]').waitFor();
    expect(await page.locator('.camera, [data-screen]').count()).toBe(0);
    await page.locator('input[autocomplete="current-password"]').fill(adminPassword);
    await page.locator('input[name="code"]').fill(recoveryCodes[0]!);
    await page.keyboard.press('Enter');
    await page.locator('.camera', { hasText: 'K-1' }).waitFor();
  });

  test('an export of the audit needs a second person, who sees what he approves; its files can be fetched by who asked', async () => {
    const auditor = await openPage(browser, `${hub.listening}/login?lang=zh-CN`, { width: 1280, height: 800 });
    const { page } = auditor;
    await logIn(page, 'sun.qi', 'Kiln-and-glaze-9');
    await page.locator('input[autocomplete="new-password"]').nth(1).waitFor();
    for (const field of await page.locator('input[autocomplete="new-password"]').all()) await field.fill(auditorPassword);
    await page.keyboard.press('Enter');
    await page.locator('[data-admin]').waitFor();
    await page.locator('[data-page="audit"]').click();
    await page.locator('[data-tab="proof"]').click();
    await page.locator('[data-verify]').click();
    await page.locator('[data-intact="true"]').waitFor();
    await page.locator('[name="purpose"]').fill('核查调阅情况');
    await page.keyboard.press('Enter');
    await page.getByText('转到复核页').click();
    expect(await page.locator('[data-command] [data-approve]').count()).toBe(0);

    await desk.page.locator('[data-waiting]').click();
    await desk.page.locator('[data-command]', { hasText: '核查调阅情况' }).locator('[data-approve]').click();
    const done = page.locator('[data-command][data-state="confirmed"]');
    await done.locator('a').first().waitFor();
    for (const link of await done.locator('a').all()) {
      const answer = await auditor.context.request.get(hub.listening + (await link.getAttribute('href')));
      expect({ status: answer.status(), empty: (await answer.body()).length === 0 }).toEqual({ status: 200, empty: false });
    }
    await auditor.close();
  });

  test('the pages did not complain', () => {
    // What a browser says of a wrong code that the test gave.
    expect(desk.problems.filter((line) => !/401/.test(line))).toEqual([]);
  });
});
