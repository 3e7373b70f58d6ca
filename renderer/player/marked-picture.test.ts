import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { readMark } from '../../streams/watermark/testdata/read-mark.ts';
import { markedPicture } from './marked-picture.ts';

const mark = 'li.wei desk-12 2026-03-01 08:15:30 UTC+08:00 DS07-00123';

/** A canvas that keeps its pixels; its file is those. */
class FakeCanvas {
  static made = 0;
  static breaks = false;
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
  constructor(width: number, height: number) {
    FakeCanvas.made += 1;
    [this.width, this.height, this.data] = [width, height, new Uint8ClampedArray(4 * width * height)];
  }
  getContext() {
    return {
      fillAll: (value: number) => this.data.fill(value),
      getImageData: () => ({ data: this.data.slice() }),
      putImageData: (image: { data: Uint8ClampedArray }) => this.data.set(image.data),
    };
  }
  convertToBlob(): Promise<Blob> {
    return FakeCanvas.breaks ? Promise.reject(new Error('lost')) : Promise.resolve(new Blob([this.data.slice()]));
  }
}
const white = (paint: unknown) => void (paint as { fillAll(value: number): void }).fillAll(255);

beforeEach(() => {
  vi.stubGlobal('OffscreenCanvas', FakeCanvas);
  FakeCanvas.made = 0;
  FakeCanvas.breaks = false;
});
afterEach(() => vi.unstubAllGlobals());

test('a file has the watermark in its pixels', async () => {
  const file = await markedPicture(640, 360, mark, white);
  const bytes = new Uint8Array(await file!.arrayBuffer());
  expect(readMark((x, y) => bytes[4 * (y * 640 + x)]!, 640, 360, mark)).toBe(mark.replaceAll(' ', ''));
});

test.each([
  ['no mark', 640, 360, ''],
  ['a mark that is not seen', 640, 360, '   '],
  ['a mark that cannot be written', 640, 360, '路口'],
  ['a picture without size', 0, 360, mark],
])('%s: no file, and nothing is drawn', async (_name, width, height, words) => {
  expect(await markedPicture(width, height, words, white)).toBeNull();
  expect(FakeCanvas.made).toBe(0);
});

test('a browser that cannot make it: no file', async () => {
  FakeCanvas.breaks = true;
  expect(await markedPicture(64, 36, mark, white)).toBeNull();
});
