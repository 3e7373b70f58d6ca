import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

/** The files of a room that are part of the product, by their path from the root. */
const filesOf = (room: string) =>
  readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
    .map((file) => `${room}/${file.replaceAll('\\', '/')}`)
    .filter((file) => /\.(ts|vue)$/.test(file) && !/\.(test|d)\.ts$/.test(file) && !file.includes('/testdata/'));
const codeOf = (file: string) => readFileSync(join(root, file), 'utf8');

test('one place in the pages makes files of pictures, and it marks them', () => {
  const ways = /\.(convertToBlob|toBlob|toDataURL|captureStream|requestPictureInPicture)\b|\b(MediaRecorder|ImageCapture|ImageEncoder)\b/;
  const files = filesOf('renderer');
  expect(files.length).toBeGreaterThan(100);
  // The small picture of a screen goes to the hub's memory, not to a person: whoever looks at it sees it under his own mark (below).
  const small = 'renderer/wall/screen-preview-paint.ts';
  // A crew's own photo is made smaller on its phone: no camera of the city is in it.
  const photo = 'renderer/unit/shrink-photo.ts';
  expect(files.filter((file) => ways.test(codeOf(file))).toSorted()).toEqual(['renderer/player/marked-picture.ts', photo, small]);
  const stage = codeOf('renderer/console/stage/StageScreen.vue');
  expect(stage).toContain('<WatermarkLayer v-if="picture && watermark !== null"');
  expect(codeOf('renderer/console/parts/WallStage.vue')).toContain('@contextmenu.prevent');
});

test('one place in the processes codes pictures, and it marks them', () => {
  const files = filesOf('streams').filter((file) => /AV_CODEC_ID_(MJPEG|PNG|BMP|WEBP|TIFF|GIF)/.test(codeOf(file)));
  expect(files).toEqual(['streams/sources/av/take-snapshot.ts']);
});

test('a page with live pictures carries the watermark, and its pictures have no menu of the browser', () => {
  const pages = filesOf('renderer').filter((file) => /<VideoPanel\b/.test(codeOf(file)));
  expect(pages.toSorted()).toEqual([
    'renderer/console/editor/LayoutPreview.vue',
    'renderer/console/parts/SpotView.vue',
    'renderer/wall/WallScreen.vue',
  ]);
  for (const page of pages) {
    expect(codeOf(page), page).toContain('<WatermarkLayer v-if="mark.layer.value !== null"');
    expect(codeOf(page), page).toContain('@contextmenu.prevent');
  }
  expect(codeOf('renderer/panels/video/VideoPanel.vue')).toContain('disablePictureInPicture');
});
