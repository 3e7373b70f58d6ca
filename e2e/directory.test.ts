import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, startChromium } from './chromium.ts';
import { startHub, until, type RunningHub } from './start-hub.ts';
import { openPage, type OpenPage } from './wall-page.ts';

const why = chromiumPath === null ? ' (skipped: no Chromium found)' : '';

describe.skipIf(chromiumPath === null)(`the camera directory${why}`, () => {
  let hub: RunningHub;
  let browser: Browser;
  let desk: OpenPage;

  beforeAll(async () => {
    hub = await startHub({ demo: true });
    browser = await startChromium();
    await until(
      '30,000 cameras',
      60_000,
      async () => (await hub.command<{ total: number }>('camera.search', { text: 'DS', limit: 1 })).total >= 30_000,
    );
    desk = await openPage(browser, hub.login!, { width: 1366, height: 768 });
    // The first rows are there before the last ones.
    await desk.page.locator('.directory .found', { hasText: '30,000' }).waitFor({ timeout: 60_000 });
  });
  afterAll(async () => {
    await browser?.close();
    await hub?.stop();
  });

  const search = (page: Page) => page.locator('.directory [role="combobox"]');
  const firstName = async (page: Page) => (await page.locator('.camera .name').first().textContent()) ?? '';
  const listing = (page: Page, name: string) => page.locator(`[data-listing="${name}"]`).click();

  test('initials find what the hub finds by them: both have the collation', async () => {
    const { page } = desk;
    const { total, cameras } = await hub.command<{ total: number; cameras: { name: string }[] }>('camera.search', {
      text: 'bhdd',
      limit: 1,
    });
    expect(total).toBeGreaterThan(0);
    await search(page).fill('bhdd');
    await until('the cameras', 10_000, async () => (await firstName(page)) === cameras[0]!.name);
    expect(await page.locator('.directory .found [role="status"]').textContent()).toContain(
      total > 1000 ? total.toLocaleString('zh-CN') : String(total),
    );
    await search(page).fill('');
    await search(page).press('Escape');
  });

  test('groups are counted, filter, and open by key', async () => {
    const { page } = desk;
    await page.keyboard.press('q');
    const police = page.locator('[role="treeitem"]', { hasText: '公安' });
    await police.click();
    const counted = (await police.locator('.total').textContent())!;
    expect(await page.locator('.state strong').first().textContent()).toBe(counted);
    await listing(page, 'district');
    await page.locator('[role="tree"]').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    await page.locator('[role="treeitem"][aria-level="3"]').first().waitFor();
    const measured = await until('its measure', 5000, async () =>
      page.evaluate(
        () => performance.getEntriesByName('taodu:tree-expand').map((entry) => (entry as PerformanceMeasure).detail as { rows: number })[0],
      ),
    );
    expect(measured.rows).toBeGreaterThan(19);
    await page.keyboard.press('ArrowLeft');
  });

  test('a camera is kept at hand with B, and is there on another desk of the same person', async () => {
    const { page } = desk;
    await page.locator('.camera').nth(2).click();
    const name = await page.locator('.camera .name').nth(2).textContent();
    await page.keyboard.press('b');
    await page.locator('.facts .star[aria-pressed="true"]').waitFor();
    await page.reload();
    await page.locator('.camera').first().waitFor();
    await listing(page, 'favourites');
    await until('the favourite', 10_000, async () => (await firstName(page)) === name);
    await listing(page, 'district');
  });

  test('rows and places are really dragged, with what they are', async () => {
    const { page } = desk;
    await page.evaluate(() => {
      const target = document.querySelector('main')!;
      target.addEventListener('dragover', (event) => event.preventDefault(), { capture: true });
      target.addEventListener(
        'drop',
        (event) => {
          event.stopPropagation();
          event.preventDefault();
          document.documentElement.dataset['dropped'] = event.dataTransfer!.getData('application/x-taodu');
        },
        { capture: true },
      );
    });
    const dragged = async (from: string) => {
      await page.evaluate(() => delete document.documentElement.dataset['dropped']);
      await page.locator(from).first().dragTo(page.locator('main').first());
      return JSON.parse(
        await until('the drop', 5000, async () => page.evaluate(() => document.documentElement.dataset['dropped'] ?? null)),
      ) as { kind: string; cameraIds?: string[] };
    };
    expect(await dragged('.camera >> nth=1')).toMatchObject({ kind: 'camera' });
    await page.locator('.camera').nth(1).click();
    await page
      .locator('.camera')
      .nth(3)
      .click({ modifiers: ['Shift'] });
    const several = await dragged('.camera >> nth=2');
    expect(several).toMatchObject({ kind: 'cameras' });
    expect(several.cameraIds).toHaveLength(3);
    const place = await dragged('[role="treeitem"] >> nth=1');
    expect(place).toMatchObject({ kind: 'cameras' });
    expect(place.cameraIds).toHaveLength(400);
  });

  test('nothing is clipped in either language, and nothing went wrong in the page', async () => {
    for (const language of ['en', 'zh-CN']) {
      await desk.page.goto(`${hub.listening}/console?lang=${language}`);
      await desk.page.locator('.camera').first().waitFor();
      for (const name of ['district', 'group', 'favourites', 'recent']) {
        await listing(desk.page, name);
        const clipped = await desk.page.evaluate(() =>
          [
            ...document.querySelectorAll<HTMLElement>(
              '.directory button, .directory p, .directory kbd, .directory .label, .directory .total',
            ),
          ]
            .filter((element) => element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).display !== 'inline')
            .map((element) => element.textContent),
        );
        expect({ language, name, clipped }).toEqual({ language, name, clipped: [] });
      }
    }
    expect(desk.problems).toEqual([]);
  });
});
