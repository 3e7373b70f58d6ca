import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Wall } from '../layouts/contract.ts';
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
export async function shownTiles(hub: RunningHub, screenId: string): Promise<{ revision: number; at: number; tiles: ShownTile[] } | null> {
  const { items } = await hub.collection<Wall>('walls');
  return items.find((wall) => wall.id === 'main')?.screens.find((screen) => screen.id === screenId)?.shown ?? null;
}

/** A fingerprint of every picture on the page, from its own pixels. */
export function pictures(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('video')].map((video) => {
      const canvas = document.createElement('canvas');
      canvas.width = 32;
      canvas.height = 18;
      const paint = canvas.getContext('2d')!;
      paint.drawImage(video, 0, 0, 32, 18);
      return [...paint.getImageData(0, 0, 32, 18).data].join(',');
    }),
  );
}
