import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { startChromium } from '../e2e/chromium.ts';
import { startFfmpegPublisher } from '../e2e/ffmpeg-publisher.ts';
import { startGstCameras } from '../e2e/gst-cameras.ts';
import { adminPassword, startHub, until } from '../e2e/start-hub.ts';
import { openPage, openWall, shownTiles } from '../e2e/wall-page.ts';

/** Takes the pictures of real cameras (GStreamer's RTSP server, ffmpeg over RTMP), well and failing: `node docs/take-real-cameras.ts`. */
const folder = join(import.meta.dirname, 'screens');
const gst = await startGstCameras();
const hub = await startHub({ demo: false });
const browser = await startChromium();
const take = async (page: Page, name: string) => {
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: join(folder, `${name}.jpg`), type: 'jpeg', quality: 82 });
};
const add = async (number: string, name: string, source: object) =>
  (await hub.command<{ cameraId: string }>('camera.upsert', { number, name, district: '329982001', source })).cameraId;
const locked = (password: string) => gst.url('locked').replace('//', `//camera:${password}@`);
let publisher: { kill(): Promise<void> } | null = null;
try {
  const cameras = [
    await add('RTSP-1', '北门 · 主码流', { kind: 'rtsp', url: gst.url('main') }),
    await add('RTSP-2', '北门 · 子码流', { kind: 'rtsp', url: gst.url('sub') }),
    await add('RTSP-3', '码头 · B 帧', { kind: 'rtsp', url: gst.url('reordered') }),
    await add('RTSP-4', '仓库 · H.265', { kind: 'rtsp', url: gst.url('h265') }),
    await add('RTSP-5', '山顶 · UDP', { kind: 'rtsp', url: gst.url('udp') }),
    await add('RTSP-6', '机房 · 口令', { kind: 'rtsp', url: locked('Qu1et%3Aharb%40ur') }),
    await add('PUSH-1', '无人机 · 推流', { kind: 'rtmp' }),
    await add('RTSP-7', '财务室 · 口令错误', { kind: 'rtsp', url: locked('wrong') }),
    await add('RTSP-8', '后门 · 断网', { kind: 'rtsp', url: 'rtsp://127.0.0.1:9/live' }),
  ];
  const { url } = await until('the ingest', 30_000, () => hub.command<{ url: string }>('camera.publish-address', { cameraId: cameras[6] }));
  publisher = startFfmpegPublisher(url);
  const wall = await openWall(browser, hub, '1');
  await hub.command('wall.show', {
    wallId: 'main',
    screenId: '1',
    scene: { kind: 'grid', rows: 3, cols: 3, tiles: cameras.map((cameraId) => ({ panel: 'video', cameraId })) },
  });
  await until('seven live tiles, two that say why not', 90_000, async () => {
    const tiles = (await shownTiles(hub, '1'))?.tiles ?? [];
    return tiles.filter(({ state }) => state === 'live').length === 7 && tiles.filter(({ reason }) => reason !== null).length === 2;
  });
  await take(wall.page, 'wall-real-cameras-zh');

  const { page } = await openPage(browser, `${hub.listening}/console`);
  await page.locator('input[autocomplete="username"]').fill('admin');
  await page.locator('input[type="password"]').first().fill(adminPassword);
  await page.keyboard.press('Enter');
  await page.locator('.console[data-connection="live"]').waitFor();
  for (const [language, cameraId, name] of [
    ['zh-CN', cameras[3], 'diagnosis-h265-zh'],
    ['zh-CN', cameras[7], 'diagnosis-login-zh'],
    ['en', cameras[8], 'diagnosis-unreachable-en'],
    ['en', cameras[0], 'diagnosis-good-en'],
  ] as const) {
    await page.goto(`${hub.listening}/console?lang=${language}&diagnose=${cameraId}`);
    await page.locator('div.verdict:not(.is-busy)').waitFor({ timeout: 30_000 });
    await take(page, name);
  }
} finally {
  await browser.close();
  await hub.stop();
  await publisher?.kill();
  await gst.stop();
}
