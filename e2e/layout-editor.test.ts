import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LayoutDoc, Scene, Wall } from '../layouts/contract.ts';
import { chromiumPath, startChromium } from './chromium.ts';
import { adminPassword, startHub, until, type RunningHub } from './start-hub.ts';
import { openPage, openWall, type OpenPage } from './wall-page.ts';

const why = chromiumPath === null ? ' (skipped: no Chromium found)' : '';

describe.skipIf(chromiumPath === null)(`the layout editor${why}`, () => {
  let hub: RunningHub;
  let browser: Browser;
  let desk: OpenPage;

  const press = async (page: Page, ...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  async function logIn(): Promise<OpenPage> {
    const opened = await openPage(browser, `${hub.listening}/console`, { width: 1366, height: 768 });
    const { page } = opened;
    await page.waitForURL(/\/login/);
    await page.locator('input[autocomplete="username"]').fill('admin');
    await page.locator('input[type="password"]').first().fill(adminPassword);
    await page.keyboard.press('Enter');
    await page.locator('.console[data-connection="live"]').waitFor();
    await page.locator('[data-screen="1"] [data-tile]').first().waitFor();
    return opened;
  }
  /** A dialog that is still at work does not close yet. */
  const closeDialogs = async (page: Page) =>
    until('no dialog', 10_000, async () => {
      if ((await page.locator('dialog[open]').count()) === 0) return true;
      await page.keyboard.press('Escape');
      return false;
    });
  const layoutNamed = async (name: string): Promise<LayoutDoc | undefined> =>
    (await hub.collection<LayoutDoc>('layouts')).items.find((layout) => layout.name === name);
  const screen = async (id: string): Promise<Wall['screens'][number]> =>
    (await hub.collection<Wall>('walls')).items[0]!.screens.find((each) => each.id === id)!;
  const editorTiles = (page: Page) => page.locator('[data-pane="canvas"] [data-tile]');
  const addCamera = async (page: Page, number: string) => {
    await press(page, '/', 'Control+a');
    await page.keyboard.type(number);
    await page.locator('.palette .row', { hasText: number }).first().waitFor();
    await press(page, 'Enter', 'Escape', 'Escape');
  };

  beforeAll(async () => {
    hub = await startHub({ demo: false });
    for (const number of ['E-001', 'E-002', 'E-003', 'E-004'])
      await hub.command('camera.upsert', {
        number,
        name: `解放路口 ${number}`,
        district: '320282',
        source: { kind: 'rtsp', url: `rtsp://127.0.0.1:9/${number}` },
      });
    browser = await startChromium();
    desk = await logIn();
  });
  afterAll(async () => {
    await browser?.close();
    await hub?.stop();
  });

  test('a layout is made by keyboard alone, published, and stands on screen 2 as it was drawn', async () => {
    const { page } = desk;
    await press(page, 'e');
    await page.locator('[data-editor]').waitFor();
    await press(page, 'n');
    for (const number of ['E-001', 'E-002', 'E-003']) await addCamera(page, number);
    await expect.poll(() => editorTiles(page).count()).toBe(3);
    // Three side by side, made smaller, so that there is something to distribute.
    await press(page, 'Control+a', 'Shift+ArrowLeft', 'Shift+ArrowLeft', 'Shift+ArrowUp', 'Escape');
    await press(page, 'Tab', 'Tab', 'ArrowRight', 'ArrowDown', 'Alt+ArrowDown');
    await press(page, 'Control+a', 'a', 't');
    await press(page, 'a', 'h');
    // The clock is the first of the panels, whose buttons stand before the search.
    const focusedPanel = () => page.evaluate(() => (document.activeElement as HTMLElement).dataset['panel']);
    await press(page, '/', 'Shift+Tab');
    for (let left = 20; left > 0 && (await focusedPanel()) !== 'clock'; left -= 1) await press(page, 'Shift+Tab');
    expect(await focusedPanel()).toBe('clock');
    await press(page, 'Enter', 'Escape');
    await expect.poll(() => editorTiles(page).count()).toBe(4);
    await press(page, 'Control+s');
    await page.locator('[data-field="publish-name"]').waitFor();
    await page.keyboard.type('早高峰');
    await press(page, 'Enter');
    await page.locator('[data-target="main/2"]').waitFor({ state: 'attached' });

    const saved = (await layoutNamed('早高峰'))!;
    const scene = saved.scene as Extract<Scene, { kind: 'free' }>;
    expect(scene.kind).toBe('free');
    const [first, second, third, clock] = scene.tiles.map(({ rect }) => rect);
    expect(scene.canvas).toEqual({ width: 1920, height: 1080 });
    expect([first!.y, second!.y, third!.y]).toEqual([0, 0, 0]);
    expect([first!.width, second!.width, third!.width]).toEqual([600, 600, 600]);
    expect(second!.x - (first!.x + first!.width)).toBe(third!.x - (second!.x + second!.width));
    expect(scene.tiles[3]!.panel).toEqual({ panel: 'clock' });
    expect(clock!.y).toBeGreaterThanOrEqual(first!.y + first!.height);

    await press(page, '2', 'Enter');
    await until('the layout on screen 2', 10_000, async () => (await screen('2')).layout?.id === saved.id);
    expect((await screen('2')).scene).toEqual(saved.scene);

    const wall = await openWall(browser, hub, '2');
    await until('the tiles on the screen', 20_000, async () => (await wall.page.locator('.wall [data-tile]').count()) === 4);
    const drawn = await wall.page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('.wall [data-tile]')]
        .sort((a, b) => a.dataset['tile']!.localeCompare(b.dataset['tile']!))
        .map(({ style }) => [style.left, style.width].map((px) => Number.parseInt(px, 10))),
    );
    expect(drawn).toEqual(scene.tiles.map(({ rect }) => [rect.x, rect.width]));
    await until('confirmed on wall', 15_000, async () => (await page.locator('[data-outcome="sent"]').textContent())?.includes('确认'));
    await wall.close();
    await closeDialogs(page);
  });

  test('an older version on a screen is offered, and follows the new one', async () => {
    const { page } = desk;
    await page.locator('[data-editor]').waitFor();
    await addCamera(page, 'E-004');
    await press(page, 'Control+s');
    await page.locator('[data-field="publish-note"]').waitFor();
    await page.keyboard.type('第四路');
    await press(page, 'Enter');
    const target = page.locator('[data-target="main/2"]');
    await target.waitFor({ state: 'attached' });
    expect(await target.isChecked()).toBe(true);
    await page.locator('[data-show="first"]').click();
    const saved = (await layoutNamed('早高峰'))!;
    await until('the new version on screen 2', 10_000, async () => (await screen('2')).layout?.revision === saved.revision);
    await closeDialogs(page);
  });

  test('a draft outlives the page', async () => {
    const { page } = desk;
    await press(page, 'Control+a', 'ArrowDown');
    // Notices first, then the choice, then out.
    await until('the desk', 10_000, async () => {
      await press(page, 'Escape');
      return (await page.locator('[data-editor]').count()) === 0;
    });
    await page.reload();
    await page.locator('.console[data-connection="live"]').waitFor();
    await page.locator('[data-screen="1"] [data-tile]').first().waitFor();
    await press(page, 'e');
    await page.locator('[data-take-draft]').click();
    await page.locator('h1 .state.dirty').waitFor();
    await press(page, 'Control+z');
  });

  test('two who edit one layout: the second is told what the first changed, and nothing is lost', async () => {
    const { page } = desk;
    const before = (await layoutNamed('早高峰'))!;
    // Changed here and not published, while somebody else publishes.
    await press(page, 'l', 'Escape');
    await page.locator(`[data-layout="${before.id}"]`).click();
    await page.locator('h1 .name', { hasText: '早高峰' }).waitFor();
    await press(page, 'Control+a', 'ArrowDown');
    const scene = before.scene as Extract<Scene, { kind: 'free' }>;
    await hub.command('layout.save', {
      layoutId: before.id,
      name: before.name,
      scene: { ...scene, tiles: scene.tiles.slice(0, -1) },
      baseRevision: before.revision,
    });
    await page.locator('[data-newer]').waitFor();
    await press(page, 'Control+s', 'Enter');
    const conflict = page.locator('dialog[open]');
    await conflict.locator('[data-theirs]').waitFor();
    expect(await conflict.locator('[data-theirs]').textContent()).toContain('E-004');
    await conflict.locator('[data-publish]').click();
    await conflict.waitFor({ state: 'detached' });
    const after = (await layoutNamed('早高峰'))!;
    expect(after.revision).toBe(before.revision + 2);
    expect((after.scene as typeof scene).tiles).toHaveLength(scene.tiles.length);
  });

  test('an earlier version is looked at and published again', async () => {
    const { page } = desk;
    const before = (await layoutNamed('早高峰'))!;
    await press(page, 'v');
    const versions = page.locator('dialog[open]');
    await versions.locator('[data-revision]').first().waitFor();
    await versions.locator(`[data-revision="${before.revision - 1}"]`).click();
    await versions.locator('[data-roll-back]').click();
    await until('the version before', 10_000, async () => (await layoutNamed('早高峰'))!.revision > before.revision);
    const now = (await layoutNamed('早高峰'))!.scene as Extract<Scene, { kind: 'free' }>;
    expect(now.tiles).toHaveLength((before.scene as typeof now).tiles.length - 1);
    await closeDialogs(page);
    // The editor, where nothing was changed, follows.
    await expect.poll(() => editorTiles(page).count()).toBe(now.tiles.length);
  });

  test('the import of a broken file says what is wrong, and where', async () => {
    const { page } = desk;
    await press(page, 'x');
    const yaml = await page.locator('dialog[open] textarea').inputValue();
    expect(yaml).toContain('E-001');
    await closeDialogs(page);
    await press(page, 'i');
    const dialog = page.locator('dialog[open]');
    await dialog.locator('textarea').fill(yaml.replace('E-001', 'E-999'));
    await dialog.locator('[data-check]').click();
    const line = yaml.split('\n').findIndex((each) => each.includes('E-001')) + 1;
    await dialog.getByText('E-999').first().waitFor();
    expect(await dialog.textContent()).toContain(`第 ${line} 行`);
    await closeDialogs(page);
    await press(page, 'i');
    // Half a file is no file.
    await dialog.locator('textarea').fill(yaml.slice(0, yaml.length / 2));
    await dialog.locator('[data-check]').click();
    await dialog
      .getByText(/第 \d+ 行/)
      .first()
      .waitFor();
    await closeDialogs(page);
  });

  test('the preview shows the wall’s own panels, as others would see them', async () => {
    const { page } = desk;
    await press(page, 'p');
    const preview = page.locator('dialog.preview');
    await preview.locator('.clock-panel').waitFor();
    const shown = preview.locator('[data-tile]');
    expect(await shown.count()).toBe(await editorTiles(page).count());
    const widthOf = async () => (await preview.locator('.shown').boundingBox())!.width;
    await press(page, '1');
    await expect.poll(widthOf).toBe(1920);
    // As large as a wall of this pitch is from six metres.
    await press(page, 'w');
    await expect.poll(widthOf).toBeLessThan(500);
    await press(page, '0');
    await preview.locator('[data-vision]').selectOption('deuteranopia');
    expect(await preview.locator('.shown > .wall').evaluate((element) => getComputedStyle(element).filter)).toContain('url(');
    await preview.locator('[data-role]').selectOption('auditor');
    await preview.locator('.withheld').first().waitFor();
    await closeDialogs(page);
  });

  test('by mouse: tiles are dragged, resized and snapped, chosen with a band, dropped from the list', async () => {
    const { page } = desk;
    await press(page, 'n');
    await addCamera(page, 'E-001');
    await addCamera(page, 'E-002');
    const boxOf = async (id: string) => (await page.locator(`[data-pane="canvas"] [data-tile="${id}"]`).boundingBox())!;
    const drag = async (from: { x: number; y: number }, dx: number, dy: number) => {
      await page.mouse.move(from.x, from.y);
      await page.mouse.down();
      await page.mouse.move(from.x + dx / 2, from.y + dy / 2);
      await page.mouse.move(from.x + dx, from.y + dy);
      await page.mouse.up();
    };
    const before = await boxOf('t1');
    const beside = await boxOf('t2');
    // To where its lower edge almost meets that of nothing, and its left edge almost that of the other: it snaps to it.
    await drag({ x: before.x + 60, y: before.y + 60 }, before.width + 4, before.height + 20);
    expect((await boxOf('t1')).x).toBeCloseTo(beside.x, 0);
    const handle = (await page.locator('[data-handle="e"]').boundingBox())!;
    const wide = (await boxOf('t1')).width;
    await drag({ x: handle.x + handle.width / 2, y: handle.y + handle.height / 2 }, 80, 0);
    expect((await boxOf('t1')).width).toBeGreaterThan(wide + 60);
    await press(page, 'Control+z', 'Control+z');
    expect((await boxOf('t1')).x).toBeCloseTo(before.x, 0);
    const room = (await page.locator('[data-pane="canvas"]').boundingBox())!;
    await drag({ x: room.x + 4, y: room.y + 4 }, room.width - 10, room.height - 10);
    await expect.poll(() => page.locator('.tile.chosen').count()).toBe(2);
    await press(page, '/');
    await page.locator('[data-panel="clock"]').dragTo(page.locator('[data-pane="canvas"]'), {
      targetPosition: { x: room.width / 2, y: room.height - 140 },
    });
    await expect.poll(() => editorTiles(page).count()).toBe(3);
    await press(page, 'Escape', 'Escape');
    // In the screen's real pixels there is more than fits: it scrolls.
    await press(page, '1');
    await expect.poll(() => page.locator('[data-pane="canvas"]').evaluate((element) => element.scrollWidth)).toBeGreaterThan(1919);
    await press(page, '0');
  });

  test('nothing is clipped in either language', async () => {
    const { page } = desk;
    const clipped = () =>
      page.evaluate(() =>
        [...document.querySelectorAll<HTMLElement>('[data-editor] :is(button, label, h1, h2, h3, p, dt, dd, kbd, option)')]
          .filter((element) => element.offsetParent !== null && element.scrollWidth > element.clientWidth + 1)
          .filter((element) => getComputedStyle(element).textOverflow !== 'ellipsis' && getComputedStyle(element).display !== 'inline')
          .map((element) => `${element.tagName} ${element.textContent?.trim().slice(0, 40)}`),
      );
    for (const size of [
      { width: 1366, height: 768 },
      { width: 1920, height: 1080 },
    ]) {
      await page.setViewportSize(size);
      for (const language of ['en', 'zh-CN']) {
        await until(`the page in ${language}`, 5000, async () => {
          if ((await page.locator('html').getAttribute('lang')) === language) return true;
          await press(page, 'Shift+L');
          return false;
        });
        for (const tab of ['l', '/']) {
          await press(page, tab);
          expect({ size, language, tab, clipped: await clipped() }).toEqual({ size, language, tab, clipped: [] });
          await press(page, 'Escape', 'Escape');
        }
        await press(page, '?');
        await page.locator('dialog[open]').waitFor();
        expect({ size, language, help: await clipped() }).toEqual({ size, language, help: [] });
        await closeDialogs(page);
      }
    }
  });

  test('the page did not complain', () => {
    expect(desk.problems).toEqual([]);
  });
});
