import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { RunningHub } from '../../e2e/start-hub.ts';

/**
 * The wall that everybody could build: one page, one `<video>` and one hls.js player a tile, over HTTP/1.1 with the six connections that a browser
 * opens to a host. hls.js 1.x as it comes, except that low latency is off, and that the relay's playlists are read without their low-latency tags: with
 * them every player would hold a request open for its next playlist, and 64 players on six connections starve one another.
 */
export interface HlsWall {
  readonly page: Page;
  /** Replaces the players by one for each address, all at once, in a square grid. */
  show(addresses: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

const script = resolve(import.meta.dirname, '..', '..', 'node_modules', 'hls.js', 'dist', 'hls.min.js');

/** Opens it on the hub's origin, which the relay lets in, with nothing else on the page. */
export async function openHlsWall(browser: Browser, hub: RunningHub): Promise<HlsWall> {
  const context = await browser.newContext({ viewport: { width: 1920, height: 1080 }, bypassCSP: true });
  const page = await context.newPage();
  await page.goto(`${hub.listening}/healthz`);
  await page.addScriptTag({ content: await readFile(script, 'utf8') });
  return {
    page,
    show: (addresses) => page.evaluate(playAll, addresses),
    close: () => context.close(),
  };
}

/** Runs in the page, so it can use nothing from outside. */
function playAll(addresses: readonly string[]): void {
  const global = globalThis as unknown as { Hls: typeof import('hls.js').default; taoduPlayers?: import('hls.js').default[] };
  const { Hls } = global;
  global.taoduPlayers?.forEach((hls) => hls.destroy());
  document.body.replaceChildren();
  const side = Math.ceil(Math.sqrt(addresses.length));
  Object.assign(document.body.style, {
    margin: '0',
    background: '#000',
    display: 'grid',
    height: '100vh',
    gridTemplateColumns: `repeat(${side}, 1fr)`,
    gridTemplateRows: `repeat(${side}, 1fr)`,
  });
  type Loader = InstanceType<typeof Hls.DefaultConfig.loader>;
  class PlainPlaylists extends (Hls.DefaultConfig.loader as new (config: typeof Hls.DefaultConfig) => Loader) {
    override load(...[context, config, callbacks]: Parameters<Loader['load']>): void {
      const lowLatency = /^#EXT-X-(PART|PART-INF|PRELOAD-HINT|SERVER-CONTROL|RENDITION-REPORT)[:\r\n].*\n?/gm;
      super.load(context, config, {
        ...callbacks,
        onSuccess(response, ...rest) {
          if (typeof response.data === 'string') response.data = response.data.replace(lowLatency, '');
          callbacks.onSuccess(response, ...rest);
        },
      });
    }
  }
  global.taoduPlayers = addresses.map((address) => {
    const video = document.createElement('video');
    video.muted = true;
    Object.assign(video.style, { width: '100%', height: '100%', minHeight: '0' });
    document.body.append(video);
    const hls = new Hls({ lowLatencyMode: false, pLoader: PlainPlaylists as never });
    hls.loadSource(address);
    hls.attachMedia(video);
    void video.play().catch(() => {});
    return hls;
  });
}
