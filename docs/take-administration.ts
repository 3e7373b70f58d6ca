import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startChromium } from '../e2e/chromium.ts';
import { adminPassword, startHub, until } from '../e2e/start-hub.ts';
import { openPage, openWall } from '../e2e/wall-page.ts';

/** Takes the pictures of the administration from the running demo city: `node docs/take-administration.ts` after `npm run build`. */
const folder = join(import.meta.dirname, 'screens');
mkdirSync(folder, { recursive: true });
const firstPassword = 'Kiln-and-glaze-9';
const ownPassword = 'Glaze-and-kiln-8';
const dayMs = 86_400_000;

const hub = await startHub({ demo: true });
const browser = await startChromium();

/** Runs a command as somebody who has just changed his first password. */
async function as(user: string, name: string, args: object): Promise<void> {
  const post = async (command: string, body: object, token?: string) => {
    const answer = await fetch(`${hub.listening}/api/commands/${command}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
      body: JSON.stringify(body),
    });
    return (await answer.json()) as { token: string };
  };
  const { token } = await post('session.login', { user, password: firstPassword, workstation: `desk of ${user}` });
  await post('session.password', { current: firstPassword, next: ownPassword }, token);
  await post(name, args, token);
}

try {
  await until(
    'the demo city',
    60_000,
    async () => (await hub.command<{ total: number }>('camera.search', { text: 'DS', limit: 1 })).total === 30_000,
  );
  const workdays = [{ days: [1, 2, 3, 4, 5], from: '08:00', to: '18:00' }];
  for (const account of [
    {
      name: 'chen.yu',
      fullName: '陈雨',
      roles: ['operator'],
      scope: { districts: ['329982001', '329982002'], groups: '*' },
      shift: workdays,
    },
    { name: 'li.ming', fullName: '李明', roles: ['dispatcher', 'operator'] },
    { name: 'sun.qi', fullName: '孙琪', roles: ['auditor'] },
    { name: 'wang.hai', fullName: '王海', roles: ['administrator'] },
    { name: 'zhao.lei', fullName: '赵磊', roles: ['traffic'], disabled: true },
    { name: 'zhou.an', fullName: '周安', roles: ['security-administrator'] },
  ])
    await hub.command('user.upsert', { ...account, password: firstPassword });
  await openWall(browser, hub, '1');
  const { items } = await hub.collection<{ id: string }>('cameras', '?limit=8');
  await as('wang.hai', 'camera.remove-many', { cameraIds: items.slice(2).map(({ id }) => id) });
  const now = Date.now();
  await as('sun.qi', 'audit.export', { from: now - 7 * dayMs, to: now, purpose: '核查路口监控调阅情况', caseNumber: 'YX-2026-118' });

  const { page } = await openPage(browser, `${hub.listening}/login?lang=zh-CN#admin/users`, { width: 1440, height: 900 });
  await page.locator('input[autocomplete="username"]').fill('admin');
  await page.locator('input[autocomplete="current-password"]').fill(adminPassword);
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/console/);
  for (const [language, suffix, removed] of [
    ['zh-CN', 'zh', '删除多台摄像机'],
    ['en', 'en', 'Remove several cameras'],
  ] as const) {
    await page.goto(`${hub.listening}/console?lang=${language}#admin/users`);
    for (const [name, key] of [
      ['users', '1'],
      ['cameras', '2'],
      ['walls', '3'],
      ['sessions', '4'],
      ['approvals', '5'],
      ['audit', '6'],
      ['system', '7'],
    ] as const) {
      await page.locator('[data-admin]').waitFor();
      await page.keyboard.press(key);
      const open = page.locator(`[data-admin-page="${name}"]`);
      await open.waitFor();
      await open.locator('[data-row], [data-command], [data-item], li, tr').first().waitFor();
      if (name === 'approvals') await open.getByText('DS').first().waitFor();
      if (name === 'audit') await open.locator('[data-row]', { hasText: removed }).first().click();
      await page.evaluate(() => document.fonts.ready);
      await page.screenshot({ path: join(folder, `admin-${name}-${suffix}.jpg`), type: 'jpeg', quality: 82 });
    }
  }
} finally {
  await browser.close();
  await hub.stop();
}
