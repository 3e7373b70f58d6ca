import { beforeEach, expect, test } from 'vitest';
import type { TilePlace } from './mosaic-protocol.ts';
import type { Painter } from './painter.ts';
import type { PictureSize, Rect, TileGeometry } from './tile-geometry.ts';
import { tilePainter, type PaintSurface } from './tile-painter.ts';

/** A picture of a name; `open` is how many are not closed. */
let open = 0;
class Picture {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  closed = 0;
  constructor(name: string, width = 160, height = 90) {
    this.name = name;
    this.width = width;
    this.height = height;
    open += 1;
  }
  close(): void {
    this.closed += 1;
    open -= 1;
  }
}
const picture = (name: string, width?: number, height?: number) => new Picture(name, width, height) as unknown as VideoFrame & Picture;

/** Keeps pictures as they are and writes down what it is told. */
class FakeSurface implements PaintSurface<Picture> {
  readonly name = '2d';
  told: string[] = [];
  lose = () => {};
  giveBack = () => {};
  resize(width: number, height: number): void {
    this.told.push(`size ${width}×${height}`);
  }
  blacken(area: Rect): void {
    this.told.push(`black ${text(area)}`);
  }
  keep(next: VideoFrame, before: Picture | null): Picture {
    before?.close();
    return next as unknown as Picture;
  }
  size({ width, height }: Picture): PictureSize {
    return { width, height, displayWidth: width, displayHeight: height };
  }
  draw({ name, closed }: Picture, { source, destination }: TileGeometry, dimmed: boolean): void {
    this.told.push(`${name}${closed > 0 ? ' CLOSED' : ''} ${text(source)} → ${text(destination)}${dimmed ? ' dimmed' : ''}`);
  }
  letGo(kept: Picture): void {
    kept.close();
  }
  sample({ name }: Picture): Uint8ClampedArray {
    return new Uint8ClampedArray([name.length]);
  }
  snapshot({ name }: Picture, mark: string): Promise<Blob> {
    return Promise.resolve(new Blob([`${name} ${mark}`]));
  }
  onLoss(lost: () => void, back: () => void): void {
    this.lose = lost;
    this.giveBack = back;
  }
  dispose(): void {
    this.told.push('disposed');
  }
}

const text = (rect: Rect) => `${rect.x},${rect.y} ${rect.width}×${rect.height}`;
const place = (tile: number, x: number, y: number, more: Partial<TilePlace> = {}): TilePlace => ({
  tile,
  x,
  y,
  width: 160,
  height: 90,
  view: null,
  dimmed: false,
  rank: 0,
  ...more,
});

let surface: FakeSurface;
let painter: Painter;
/** What the surface was told since the last time. */
const told = () => surface.told.splice(0);

beforeEach(() => {
  open = 0;
  surface = new FakeSurface();
  painter = tilePainter(surface);
  painter.place(480, 270, [place(1, 0, 0), place(2, 160, 0)]);
  told();
});

test('a new picture is drawn once', () => {
  painter.show(2, picture('a'));
  expect(told()).toEqual([]);
  expect(painter.paint()).toEqual([2]);
  expect(told()).toEqual(['a 0,0 160×90 → 160,0 160×90']);
  expect(painter.paint()).toEqual([]);
  expect(told()).toEqual([]);
});

test('one that was not painted when the next came is given up; all but the last are closed', () => {
  for (const name of ['a', 'b', 'c']) painter.show(1, picture(name));
  expect(open).toBe(1);
  expect(painter.paint()).toEqual([1]);
  painter.show(1, picture('d'));
  painter.paint();
  expect(told().map((line) => line[0])).toEqual(['c', 'd']);
  expect(open).toBe(1);
});

test('a picture of a tile that is nowhere is closed', () => {
  painter.show(9, picture('a'));
  expect(open).toBe(0);
  expect(painter.paint()).toEqual([]);
});

test('what moves is wiped out and drawn again at once; what stays is left alone', () => {
  painter.show(1, picture('a'));
  painter.show(2, picture('b'));
  painter.paint();
  told();
  painter.place(480, 270, [place(1, 0, 90), place(2, 160, 0, { rank: 5 })]);
  expect(told()).toEqual(['black 0,0 160×90', 'a 0,0 160×90 → 0,90 160×90']);
  expect(painter.paint()).toEqual([]);
});

test('two that change places are both wiped out before one of them is drawn', () => {
  painter.show(1, picture('a'));
  painter.show(2, picture('b'));
  painter.paint();
  told();
  painter.place(480, 270, [place(1, 160, 0), place(2, 0, 0)]);
  expect(told()).toEqual(['black 0,0 160×90', 'black 160,0 160×90', 'a 0,0 160×90 → 160,0 160×90', 'b 0,0 160×90 → 0,0 160×90']);
});

test('dimming and zooming draw the picture again that is there', () => {
  painter.show(1, picture('a'));
  painter.paint();
  told();
  painter.place(480, 270, [place(1, 0, 0, { dimmed: true }), place(2, 160, 0)]);
  painter.place(480, 270, [place(1, 0, 0, { view: { x: 0.5, y: 0, width: 0.5, height: 0.5 } }), place(2, 160, 0)]);
  painter.place(480, 270, [place(1, 0, 0, { view: { x: 0.5, y: 0, width: 0.5, height: 0.5 } }), place(2, 160, 0)]);
  expect(told()).toEqual(['black 0,0 160×90', 'a 0,0 160×90 → 0,0 160×90 dimmed', 'black 0,0 160×90', 'a 80,0 80×45 → 0,0 160×90']);
});

test('a new size of the canvas draws everything anew, without wiping what is gone anyway', () => {
  painter.show(1, picture('a'));
  painter.paint();
  told();
  painter.place(960, 540, [place(1, 0, 0, { width: 320, height: 180 })]);
  expect(told()).toEqual(['size 960×540', 'a 0,0 160×90 → 0,0 320×180']);
});

test('what has left is wiped out and closed, its waiting picture too', () => {
  painter.show(1, picture('a'));
  painter.paint();
  painter.show(1, picture('b'));
  told();
  painter.place(480, 270, [place(2, 160, 0)]);
  expect(told()).toEqual(['black 0,0 160×90']);
  expect(open).toBe(0);
  painter.place(480, 270, [place(1, 0, 0), place(2, 160, 0)]);
  expect(painter.paint()).toEqual([]);
  expect(painter.sample(1, 4, 4)).toBeNull();
});

test('clear takes the picture away, and the tile takes the next one', () => {
  painter.show(1, picture('a'));
  painter.paint();
  painter.show(1, picture('b'));
  told();
  painter.clear(1);
  painter.clear(9);
  expect(told()).toEqual(['black 0,0 160×90']);
  expect(open).toBe(0);
  expect(painter.paint()).toEqual([]);
  painter.show(1, picture('c'));
  expect(painter.paint()).toEqual([1]);
});

test('another shape of the picture leaves nothing of the last one beside it', () => {
  painter.show(1, picture('wide'));
  painter.paint();
  painter.show(1, picture('same', 320, 180));
  painter.paint();
  painter.show(1, picture('high', 90, 90));
  painter.paint();
  expect(told()).toEqual([
    'wide 0,0 160×90 → 0,0 160×90',
    'same 0,0 320×180 → 0,0 160×90',
    'black 0,0 160×90',
    'high 0,0 90×90 → 35,0 90×90',
  ]);
});

test('a tile beside the canvas shows nothing and says so, and shows its picture when it comes in', () => {
  painter.place(480, 270, [place(1, 480, 0)]);
  told();
  painter.show(1, picture('a'));
  expect(painter.paint()).toEqual([]);
  expect(told()).toEqual([]);
  painter.place(480, 270, [place(1, 320, 0)]);
  expect(told()).toEqual(['a 0,0 160×90 → 320,0 160×90']);
});

test('a number that comes twice in one placing is one tile, in its first place', () => {
  painter.place(480, 270, [place(3, 0, 0), place(3, 160, 90)]);
  painter.show(3, picture('a'));
  expect(painter.paint()).toEqual([3]);
  expect(told().at(-1)).toBe('a 0,0 160×90 → 0,0 160×90');
  painter.dispose();
  expect(open).toBe(0);
});

test('sample and snapshot are of the picture on the canvas, not of the one that waits', async () => {
  expect(painter.sample(1, 4, 4)).toBeNull();
  expect(await painter.snapshot(1, 'li.wei')).toBeNull();
  painter.show(1, picture('seen'));
  painter.paint();
  painter.show(1, picture('not seen yet'));
  expect(painter.sample(1, 4, 4)).toEqual(new Uint8ClampedArray([4]));
  expect(await (await painter.snapshot(1, 'li.wei'))!.text()).toBe('seen li.wei');
});

test('a lost canvas lets everything go, paints nothing, and takes up again where it is given back', () => {
  let times = 0;
  painter.onLost(() => (times += 1));
  painter.show(1, picture('a'));
  painter.paint();
  told();
  expect(painter.isLost).toBe(false);
  surface.lose();
  expect(painter.isLost).toBe(true);
  expect(open).toBe(0);
  painter.show(1, picture('b'));
  painter.show(2, picture('c'));
  expect(painter.paint()).toEqual([]);
  painter.place(500, 300, [place(1, 0, 90)]);
  painter.clear(2);
  expect(told()).toEqual([]);
  expect(times).toBe(0);
  surface.giveBack();
  expect(painter.isLost).toBe(false);
  expect(times).toBe(1);
  expect(painter.paint()).toEqual([1]);
  expect(told()).toEqual(['size 500×300', 'b 0,0 160×90 → 0,90 160×90']);
});

test('in the end nothing is left open', () => {
  painter.show(1, picture('a'));
  painter.paint();
  painter.show(1, picture('b'));
  painter.show(2, picture('c'));
  painter.dispose();
  expect(open).toBe(0);
  expect(told().at(-1)).toBe('disposed');
  painter.show(1, picture('d'));
  expect(open).toBe(0);
});
