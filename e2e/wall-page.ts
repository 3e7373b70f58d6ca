import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Wall } from '../layouts/contract.ts';
import type { WallFacts } from '../renderer/wall/wall-facts.ts';
import type { RunningHub } from './start-hub.ts';

export interface OpenPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of the page: exceptions, console errors, policy violations. */
  readonly problems: string[];
  close(): Promise<void>;
}

/** Opens a page in a browser profile of its own and collects everything that goes wrong in it. */
export async function openPage(browser: Browser, url: string, size = { width: 1920, height: 1080 }): Promise<OpenPage> {
  const context = await browser.newContext({ viewport: size, locale: 'zh-CN' });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(`exception: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`console: ${message.text()}`);
  });
  await page.goto(url);
  return { page, context, problems, close: () => context.close() };
}

/** Opens one wall screen by a one-time link, as a wall PC does. */
export async function openWall(browser: Browser, hub: RunningHub, screenId: string): Promise<OpenPage> {
  const { url } = await hub.command<{ url: string }>('wall.link', { wallId: 'main', screenId });
  return openPage(browser, url);
}

export type ShownTile = NonNullable<Wall['screens'][number]['shown']>['tiles'][number];

/** What a screen says that it really shows. */
export async function shownTiles(hub: RunningHub, screenId: string): Promise<Wall['screens'][number]['shown']> {
  const { items } = await hub.collection<Wall>('walls');
  return items.find((wall) => wall.id === 'main')?.screens.find((screen) => screen.id === screenId)?.shown ?? null;
}

/**
 * The middle of every video tile of a wall page as it is seen on the screen, PNG as base64, in the order of the document: what is
 * written at the edges of a tile takes no part.
 */
export async function pictures(page: Page): Promise<string[]> {
  const areas = await page.evaluate(() =>
    [...document.querySelectorAll('.tile:has(> .video-panel)')].map((tile) => {
      const { x, y, width, height } = tile.getBoundingClientRect();
      return { x: x + width / 4, y: y + height / 4, width: width / 2, height: height / 2 };
    }),
  );
  const seen: string[] = [];
  for (const clip of areas) seen.push((await page.screenshot({ clip })).toString('base64'));
  return seen;
}

/** What a wall page says of itself; see `WallFacts`. */
export function wallFacts(page: Page): Promise<Pick<WallFacts, 'players' | 'openSockets' | 'figures' | 'tiles'>> {
  return page.evaluate(() => {
    const { players, openSockets, figures, tiles } = (globalThis as unknown as { taoduWall: WallFacts }).taoduWall;
    return { players, openSockets, figures, tiles };
  });
}
