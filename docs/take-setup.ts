import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startChromium } from '../e2e/chromium.ts';

/** Takes the pictures of the first start, each page in both languages: `node docs/take-setup.ts` after `npm run build`. */
const folder = join(import.meta.dirname, 'screens');
mkdirSync(folder, { recursive: true });
const launcher = resolve(import.meta.dirname, '..', 'dist', 'node', 'launch.js');
const password = 'Kiln-and-glaze-9';
const scratch = mkdtempSync(join(tmpdir(), 'taodu-pictures-'));
const browser = await startChromium();

try {
  for (const [language, suffix, viewport] of [
    ['zh-CN', 'zh', { width: 1920, height: 1080 }],
    ['en', 'en', { width: 1366, height: 768 }],
  ] as const) {
    const args = ['setup', '--data', join(scratch, suffix), '--port', '0', '--relay-port', '0', '--rtmp-port', '0'];
    const child = spawn(process.execPath, [launcher, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
    const page = await (await browser.newContext({ viewport })).newPage();
    const take = async (name: string) => {
      await page.evaluate(() => document.fonts.ready);
      await page.screenshot({ path: join(folder, `setup-${name}-${suffix}.jpg`), type: 'jpeg', quality: 82 });
    };
    const next = async (step: string) => {
      await page.locator('[data-next]').click();
      await page.locator(`[data-step="${step}"]`).waitFor();
    };
    await page.goto((JSON.parse(line) as { setup: string }).setup);
    await page.locator(`input[value="${language}"]`).check();
    await take('language');
    await next('folder');
    await page.locator('[data-verdict="missing"]').waitFor();
    await take('folder');
    await next('admin');
    for (const field of await page.locator('input[type=password]').all()) await field.fill(password);
    await take('admin');
    await next('wall');
    await page.locator('input[name=rows]').fill('2');
    await page.locator('input[name=cols]').fill('3');
    await take('wall');
    await next('key');
    await take('key');
    await next('summary');
    await take('summary');
    await page.locator('[data-next]').click();
    await page.locator('[data-done]').waitFor({ timeout: 60_000 });
    await take('done');
    await page.context().close();
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
} finally {
  await browser.close();
  rmSync(scratch, { recursive: true, force: true });
}
