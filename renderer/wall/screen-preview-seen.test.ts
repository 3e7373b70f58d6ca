import { beforeEach, describe, expect, test } from 'vitest';
import type { TilePlay } from '../player/player-choice.ts';
import type { PlacedTile } from './placed-tiles.ts';
import { seenFocus, seenTile } from './screen-preview-seen.ts';

let root: HTMLElement;
const play = (engine: TilePlay['engine']): TilePlay => ({ engine, profile: 'sub', stream: 'sub', reason: null });
const tile = (more: Partial<PlacedTile> = {}): PlacedTile => ({
  key: 'k',
  tileId: 'g-0-0',
  left: 10,
  top: 20,
  width: 300,
  height: 200,
  scale: 1,
  signPx: 20,
  hanPx: 20,
  panel: { panel: 'video', cameraId: 'c1' as never, profile: 'auto' },
  spanning: false,
  layer: 0,
  rank: 0,
  ...more,
});
const pageWith = (article: string) => {
  root = document.createElement('main');
  const section = document.createElement('section');
  section.dataset['tile'] = 'g-0-0';
  section.innerHTML = article;
  root.append(section);
};
const video = () => root.querySelector('video')!;
const hasFrame = (readyState = 2, videoWidth = 640) => {
  Object.defineProperties(video(), { readyState: { value: readyState }, videoWidth: { value: videoWidth }, videoHeight: { value: 360 } });
};
const picture = (engine: TilePlay['engine'] = 'mosaic', more: Partial<PlacedTile> = {}) =>
  seenTile(root, tile(more), play(engine), null).picture;

beforeEach(() => pageWith('<article class="video-panel" data-camera="c1"></article>'));

describe('a tile on the canvas', () => {
  test('is seen in its place', () => {
    expect(seenTile(root, tile(), play('mosaic'), null)).toEqual({
      x: 10,
      y: 20,
      width: 300,
      height: 200,
      layer: 0,
      spanning: false,
      cameraId: 'c1',
      picture: 'canvas',
    });
  });

  test.each(['data-covered', 'data-unnamed'])('is not seen while another picture may be in its place (%s)', (sign) => {
    pageWith(`<article class="video-panel" data-camera="c1" ${sign}></article>`);
    expect(picture()).toBeNull();
  });

  test('is not seen while the page still has another camera there', () => {
    pageWith('<article class="video-panel" data-camera="c2"></article>');
    expect(picture()).toBeNull();
  });
});

describe('a tile with an element', () => {
  beforeEach(() => pageWith('<article class="video-panel dimmed" data-camera="c1"><video></video></article>'));

  test('is what the element shows', () => {
    hasFrame();
    const view = { x: 0, y: 0, width: 0.5, height: 0.5 };
    expect(seenTile(root, tile(), play('mse'), view).picture).toEqual({ element: video(), width: 640, height: 360, view, dimmed: true });
  });

  test.each([
    ['has no picture yet', 1, 640],
    ['knows no size', 2, 0],
  ])('that %s is not seen', (_, readyState, width) => {
    hasFrame(readyState, width);
    expect(picture('mse')).toBeNull();
  });
});

test.each([
  ['without a player', () => picture('none')],
  ['that is no camera', () => picture('mosaic', { panel: { panel: 'clock' } })],
  ['that is empty', () => picture('mosaic', { panel: null })],
  ['that is not on the page', () => picture('mosaic', { tileId: 'g-9-9' })],
])('a tile %s is not seen', (_, look) => {
  expect(look()).toBeNull();
});

test('the tile in focus is what its own element shows', () => {
  root = document.createElement('main');
  root.innerHTML = '<section data-focus="g-0-0"><article class="video-panel" data-camera="c1"><video></video></article></section>';
  hasFrame();
  expect(seenFocus(root, tile(), 'c1', null)).toMatchObject({ cameraId: 'c1', picture: { width: 640 } });
  expect(seenFocus(root, tile(), 'c2', null).picture).toBeNull();
  expect(seenFocus(null, tile(), 'c1', null).picture).toBeNull();
});
