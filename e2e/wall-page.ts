import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import type { Wall } from '../layouts/contract.ts';
import type { WallFacts } from '../renderer/wall/wall-facts.ts';
import { until, type RunningHub } from './start-hub.ts';

export interface OpenPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of the page: exceptions, console errors, policy violations. */
  readonly problems: string[];
  close(): Promise<void>;
}

/** How a page is opened, where it matters. */
export interface PageOptions extends BrowserContextOptions {
  /** Called before the page loads. */
  prepare?(context: BrowserContext): Promise<unknown>;
}

/** Opens a page in a browser profile of its own and collects everything that goes wrong in it. */
export async function openPage(
  browser: Browser,
  url: string,
  size = { width: 1920, height: 1080 },
  { prepare, ...more }: PageOptions = {},
): Promise<OpenPage> {
  const context = await browser.newContext({ viewport: size, locale: 'zh-CN', ...more });
  await prepare?.(context);
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
export async function openWall(browser: Browser, hub: RunningHub, screenId: string, options?: PageOptions): Promise<OpenPage> {
  const { url } = await hub.command<{ url: string }>('wall.link', { wallId: 'main', screenId });
  return openPage(browser, url, undefined, options);
}

export type ShownTile = NonNullable<Wall['screens'][number]['shown']>['tiles'][number];

/** What a screen says that it really shows. */
export async function shownTiles(hub: RunningHub, screenId: string): Promise<Wall['screens'][number]['shown']> {
  const { items } = await hub.collection<Wall>('walls');
  return items.find((wall) => wall.id === 'main')?.screens.find((screen) => screen.id === screenId)?.shown ?? null;
}

/** What is seen of one tile. */
export interface SeenPicture {
  readonly cameraId: string;
  /** Equal marks are equal pictures. */
  readonly mark: string;
  /** Red, green and blue that half of it is darker than, 0 to 255. */
  readonly colour: readonly [number, number, number];
}

/**
 * The middle of every video tile of a wall page as it is seen on the screen, in the order of the document: what is written at the edges
 * of a tile takes no part.
 */
export async function seenPictures(page: Page): Promise<SeenPicture[]> {
  const screen = (await page.screenshot()).toString('base64');
  return page.evaluate(async (png) => {
    const bytes = Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const context = new OffscreenCanvas(image.width, image.height).getContext('2d', { willReadFrequently: true })!;
    context.drawImage(image, 0, 0);
    const scale = image.width / innerWidth;
    return [...document.querySelectorAll('.tile:has(> .video-panel)')].map((tile) => {
      const { x, y, width, height } = tile.getBoundingClientRect();
      const [left, top, wide, high] = [x + width / 4, y + height / 4, width / 2, height / 2].map((one) => Math.round(one * scale));
      const { data } = context.getImageData(left!, top!, wide!, high!);
      // FNV-1a, with 32 bits.
      let mark = 0x811c9dc5;
      for (const value of data) mark = Math.imul(mark ^ value, 0x01000193);
      const middle = (channel: number) => data.filter((_, index) => index % 4 === channel).toSorted()[data.length >> 3]!;
      const cameraId = tile.querySelector<HTMLElement>('.video-panel')!.dataset['camera']!;
      return { cameraId, mark: (mark >>> 0).toString(16), colour: [middle(0), middle(1), middle(2)] as const };
    });
  }, screen);
}

/** The marks of all pictures that are seen. */
export const pictures = async (page: Page): Promise<string[]> => (await seenPictures(page)).map(({ mark }) => mark);

/** Waits until each picture was seen to be another one than at first, whenever that is: what moves may be out of sight in two of the looks. Answers with the first look. */
export async function everyPictureMoves(page: Page, withinMs: number): Promise<readonly SeenPicture[]> {
  const before = await seenPictures(page);
  const still = new Set(before.keys());
  await until('every picture to have changed', withinMs, async () => {
    for (const [index, { mark }] of (await seenPictures(page)).entries()) if (mark !== before[index]!.mark) still.delete(index);
    return still.size === 0;
  });
  return before;
}

/** What a wall page says of itself; see `WallFacts`. */
export function wallFacts(page: Page): Promise<Pick<WallFacts, 'players' | 'openSockets' | 'figures' | 'tiles'>> {
  return page.evaluate(() => {
    const { players, openSockets, figures, tiles } = (globalThis as unknown as { taoduWall: WallFacts }).taoduWall;
    return { players, openSockets, figures, tiles };
  });
}
