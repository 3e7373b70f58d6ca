import { resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { build, type Rolldown } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PainterName, TilePlace } from '../renderer/player/mosaic/mosaic-protocol.ts';
import { markPlaces, readMark } from '../streams/watermark/testdata/read-mark.ts';
import { assembly } from '../vite.assembly.ts';
import { chromiumPath, startChromium } from './chromium.ts';
import type { Fields, PainterTrial, PictureRecipe, Rgb } from './painter-page.ts';

const root = resolve(import.meta.dirname, '..');
const why = chromiumPath === null ? ' (skipped: no Chromium found)' : '';
const painters: readonly PainterName[] = ['2d', 'webgl2', 'wasm'];

/** The page with the painters, built as the product's pages are: files by their path. */
async function builtPage(): Promise<Map<string, string | Uint8Array>> {
  const built = (await build({
    configFile: false,
    plugins: [assembly()],
    root,
    logLevel: 'error',
    build: {
      write: false,
      target: 'chrome140',
      minify: false,
      assetsInlineLimit: 0,
      modulePreload: false,
      rolldownOptions: { input: 'e2e/painter-page.ts', output: { entryFileNames: 'page.js' } },
    },
  })) as Rolldown.RolldownOutput;
  return new Map(built.output.map((file) => [`/${file.fileName}`, file.type === 'chunk' ? file.code : file.source]));
}

const typeOf = (path: string) => (path.endsWith('.js') ? 'text/javascript' : path.endsWith('.wasm') ? 'application/wasm' : 'text/html');

async function openTrial(browser: Browser, files: ReadonlyMap<string, string | Uint8Array>): Promise<Page> {
  const page = await browser.newPage();
  // Video frames are only had on a page that was loaded safely.
  await page.route('https://painters.test/**', (route) => {
    const path = new URL(route.request().url()).pathname;
    const body = path === '/' ? '<!doctype html><script type="module" src="/page.js"></script>' : files.get(path);
    return body === undefined
      ? route.fulfill({ status: 404 })
      : route.fulfill({
          body: Buffer.from(body),
          contentType: typeOf(path),
          headers: { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' },
        });
  });
  await page.goto('https://painters.test/');
  await page.waitForFunction(() => 'painterTrial' in globalThis);
  return page;
}

const place = (tile: number, x: number, y: number, width: number, height: number, more: Partial<TilePlace> = {}): TilePlace => ({
  tile,
  x,
  y,
  width,
  height,
  view: null,
  dimmed: false,
  rank: 0,
  ...more,
});

const red: Rgb = [220, 30, 40];
const green: Rgb = [20, 190, 60];
const blue: Rgb = [30, 60, 210];
const grey: Rgb = [128, 128, 128];
const black: Rgb = [0, 0, 0];
const four: Fields<Rgb> = [red, green, blue, grey];
const plain = (colour: Rgb): Fields<Rgb> => [colour, colour, colour, colour];
const rgb = (width: number, height: number, fields: Fields<Rgb> = four): PictureRecipe => ({ kind: 'rgb', width, height, fields });

/** The middles of the four fields on a tile of 160 × 90 in the corner. */
const middles: readonly [number, number][] = [
  [40, 20],
  [120, 20],
  [40, 70],
  [120, 70],
];
const bt709: VideoColorSpaceInit = { matrix: 'bt709', primaries: 'bt709', transfer: 'bt709', fullRange: false };

/** The weights of red and blue in the luma: Rec. ITU-R BT.601 clause 2.5.1, BT.709 clause 3.2. */
const lumaWeights = { smpte170m: [0.299, 0.114], bt709: [0.2126, 0.0722] } as const;
type PlaneColours = keyof typeof lumaWeights;

/** The RGB that a colour in planes stands for. Limited range: luma from 16 to 235, colour difference from 16 to 240. */
function rgbOf([y, cb, cr]: Rgb, matrix: PlaneColours, fullRange: boolean): Rgb {
  const [ofRed, ofBlue] = lumaWeights[matrix];
  const luma = fullRange ? y / 255 : (y - 16) / 219;
  const toBlue = ((cb - 128) / (fullRange ? 255 : 224)) * 2 * (1 - ofBlue);
  const toRed = ((cr - 128) / (fullRange ? 255 : 224)) * 2 * (1 - ofRed);
  const blue = luma + toBlue;
  const red = luma + toRed;
  const green = (luma - ofRed * red - ofBlue * blue) / (1 - ofRed - ofBlue);
  const byte = (value: number) => Math.round(Math.min(1, Math.max(0, value)) * 255);
  return [byte(red), byte(green), byte(blue)];
}

function expectColours(seen: readonly Rgb[], wanted: readonly Rgb[], tolerance = 3): void {
  const far = seen.some((colour, index) => colour.some((value, part) => Math.abs(value - wanted[index]![part]!) > tolerance));
  if (far || seen.length !== wanted.length) expect(seen).toEqual(wanted);
}

/** The four fields of a small copy of 32 × 18. */
function fieldsOf(sample: readonly number[]): Rgb[] {
  const at = (x: number, y: number) => sample.slice((y * 32 + x) * 4, (y * 32 + x) * 4 + 3) as unknown as Rgb;
  return [at(4, 4), at(28, 4), at(4, 14), at(28, 14)];
}

const dimmed = (colour: Rgb): Rgb => [Math.round(colour[0] * 0.22), Math.round(colour[1] * 0.22), Math.round(colour[2] * 0.22)];

describe.skipIf(chromiumPath === null)(`the painters in Chromium${why}`, () => {
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    // WebGL2 is imitated here: whether it is right is shown, not how fast it is.
    browser = await startChromium(['--enable-unsafe-swiftshader', '--use-angle=swiftshader']);
    page = await openTrial(browser, await builtPage());
  });
  afterAll(() => browser?.close());

  type Trial = {
    [K in keyof PainterTrial]: PainterTrial[K] extends (...args: infer A) => infer R ? (...args: A) => Promise<Awaited<R>> : never;
  };
  /** The page's trial, as if it were here. */
  const trial = new Proxy({} as Trial, {
    get:
      (_, name: string) =>
      (...args: unknown[]) =>
        page.evaluate(
          ([name, args]) =>
            (globalThis as unknown as { painterTrial: Record<string, (...args: unknown[]) => unknown> }).painterTrial[name]!(...args),
          [name, args] as const,
        ),
  });
  const openPictures = () => page.evaluate(() => (globalThis as unknown as { painterTrial: PainterTrial }).painterTrial.openPictures);
  const losses = () => page.evaluate(() => (globalThis as unknown as { painterTrial: PainterTrial }).painterTrial.losses);

  test('without a GPU the probe says so and takes another than WebGL2', async () => {
    const chosen = await trial.begin('auto');
    expect(chosen?.name).toBe('wasm');
    expect(chosen?.reason).toMatch(/^(no-webgl2|software-gpu: .*SwiftShader.*)/);
  });

  describe.each(painters)('%s', (name) => {
    const begin = async () => expect(await trial.begin(name)).toEqual({ name, reason: null });

    test('pictures lie where they belong, the right way up, with black beside them', async () => {
      await begin();
      await trial.place(400, 200, [place(1, 0, 0, 160, 90), place(2, 200, 100, 200, 100)]);
      await trial.show(1, rgb(320, 180));
      await trial.show(2, rgb(100, 100, [grey, blue, green, red]));
      expect(await trial.paint()).toEqual([1, 2]);
      expect(await trial.paint()).toEqual([]);
      const first = await trial.colours([
        [40, 20],
        [120, 20],
        [40, 70],
        [120, 70],
      ]);
      expectColours(first, four);
      expectColours(
        await trial.colours([
          [275, 125],
          [325, 125],
          [275, 175],
          [325, 175],
        ]),
        [grey, blue, green, red],
      );
      // Beside the tiles, and beside the square picture in its wide tile, to the pixel.
      const beside: [number, number][] = [
        [160, 20],
        [40, 90],
        [199, 150],
        [205, 150],
        [249, 150],
        [350, 150],
        [395, 150],
        [300, 99],
      ];
      expectColours(
        await trial.colours(beside),
        beside.map(() => black),
        0,
      );
      expectColours(
        await trial.colours([
          [159, 89],
          [0, 0],
          [250, 100],
          [349, 199],
        ]),
        [grey, red, grey, red],
      );
    });

    test('what is seen is a part of the picture, faint, moved, and gone when it is told so', async () => {
      await begin();
      await trial.place(320, 180, [
        place(1, 0, 0, 160, 90, { view: { x: 0.5, y: 0.5, width: 0.5, height: 0.5 } }),
        place(2, 160, 0, 160, 90),
      ]);
      await trial.show(1, rgb(320, 180));
      await trial.show(2, rgb(320, 180, plain(blue)));
      expect(await trial.paint()).toEqual([1, 2]);
      expectColours(
        await trial.colours([
          [4, 4],
          [80, 45],
          [155, 85],
        ]),
        plain(grey).slice(0, 3),
      );

      await trial.place(320, 180, [place(1, 0, 0, 160, 90, { dimmed: true }), place(2, 0, 90, 160, 90)]);
      expectColours(
        await trial.colours([
          [40, 20],
          [120, 20],
          [40, 70],
          [120, 70],
        ]),
        four.map(dimmed),
      );
      expectColours(
        await trial.colours([
          [240, 45],
          [80, 135],
        ]),
        [black, blue],
      );
      expect(await trial.paint()).toEqual([]);

      // A faint picture that changes is not painted over the one before.
      await trial.show(1, rgb(320, 180, plain(green)));
      expect(await trial.paint()).toEqual([1]);
      expectColours(
        await trial.colours([
          [40, 20],
          [120, 70],
        ]),
        [dimmed(green), dimmed(green)],
      );

      await trial.clear(1);
      expectColours(
        await trial.colours([
          [40, 20],
          [80, 135],
        ]),
        [black, blue],
      );
      await trial.place(320, 180, []);
      expectColours(await trial.colours([[80, 135]]), [black], 0);
      expect(await openPictures()).toBe(0);
    });

    test('another size of the canvas and other sizes of the picture leave nothing of what was', async () => {
      await begin();
      await trial.place(160, 90, [place(1, 0, 0, 160, 90)]);
      await trial.show(1, rgb(320, 180));
      await trial.paint();
      await trial.place(320, 180, [place(1, 160, 0, 160, 90)]);
      expectColours(
        await trial.colours([
          [80, 45],
          [200, 20],
          [280, 70],
          [200, 135],
        ]),
        [black, red, grey, black],
      );
      // From wide to high and back, as a camera that is set anew: no edge of the wide one is left beside the high one.
      await trial.show(1, rgb(90, 180, plain(green)));
      await trial.paint();
      expectColours(
        await trial.colours([
          [180, 45],
          [240, 45],
          [300, 45],
        ]),
        [black, green, black],
      );
      await trial.show(1, rgb(640, 360));
      await trial.paint();
      expectColours(
        await trial.colours([
          [165, 20],
          [315, 70],
        ]),
        [red, grey],
      );
    });

    const inPlanes: Fields<Rgb> = [
      [81, 90, 240],
      [145, 54, 34],
      [41, 200, 110],
      [200, 100, 150],
    ];
    const planes = (colorSpace: VideoColorSpaceInit, more: object = {}): PictureRecipe => ({
      kind: 'i420',
      width: 320,
      height: 180,
      fields: inPlanes,
      colorSpace,
      ...more,
    });
    test.each<[string, VideoColorSpaceInit, PlaneColours, boolean]>([
      ['BT.601', { matrix: 'smpte170m', primaries: 'smpte170m', transfer: 'smpte170m', fullRange: false }, 'smpte170m', false],
      ['BT.601, full range', { matrix: 'smpte170m', primaries: 'smpte170m', transfer: 'smpte170m', fullRange: true }, 'smpte170m', true],
      ['BT.601 of Europe', { matrix: 'bt470bg', primaries: 'bt709', transfer: 'smpte170m', fullRange: false }, 'smpte170m', false],
      ['BT.709', { matrix: 'bt709', primaries: 'bt709', transfer: 'bt709', fullRange: false }, 'bt709', false],
      ['BT.709, full range', { matrix: 'bt709', primaries: 'bt709', transfer: 'bt709', fullRange: true }, 'bt709', true],
      [
        'BT.601 with the rest of BT.709',
        { matrix: 'smpte170m', primaries: 'bt709', transfer: 'bt709', fullRange: false },
        'smpte170m',
        false,
      ],
      ['nothing said', {}, 'smpte170m', false],
    ])('a decoder’s picture has its colours: %s', async (_name, colorSpace, matrix, fullRange) => {
      await begin();
      await trial.place(160, 90, [place(1, 0, 0, 160, 90)]);
      await trial.show(1, planes(colorSpace));
      await trial.paint();
      const seen = await trial.colours(middles);
      expectColours(
        seen,
        inPlanes.map((colour) => rgbOf(colour, matrix, fullRange)),
      );
    });

    test('only the part of a picture is seen that its camera means', async () => {
      await begin();
      await trial.place(160, 90, [place(1, 0, 0, 160, 90)]);
      // As 1080 lines are coded as 1088: here the lower half and the left half of the upper one are beside the picture.
      await trial.show(1, planes(bt709, { visibleRect: { x: 160, y: 0, width: 160, height: 90 } }));
      await trial.paint();
      const wanted = rgbOf(inPlanes[1], 'bt709', false);
      expectColours(
        await trial.colours([
          [1, 1],
          [158, 1],
          [1, 88],
          [158, 88],
        ]),
        [wanted, wanted, wanted, wanted],
      );
      expect(await trial.snapshot(1, [])).toMatchObject({ width: 160, height: 90 });
    });

    test('a picture of a hardware decoder is given back when it is painted, and can be moved, zoomed and copied nevertheless', async () => {
      await begin();
      await trial.place(320, 180, [place(1, 0, 0, 160, 90)]);
      const colours = inPlanes.map((colour) => rgbOf(colour, 'bt709', false));
      for (const width of [320, 640, 640]) {
        await trial.show(1, planes(bt709, { kind: 'nv12', width, height: (width * 9) / 16 }));
        expect(await trial.paint()).toEqual([1]);
        expect(await openPictures()).toBe(0);
      }
      // Chromium turns planes into RGB with factors of six bits in places: strong blue is up to 8 too weak.
      expectColours(await trial.colours(middles), colours, 9);
      await trial.place(320, 180, [place(1, 160, 90, 160, 90, { view: { x: 0, y: 0.5, width: 0.5, height: 0.5 } })]);
      expectColours(
        await trial.colours([
          [40, 20],
          [165, 95],
          [310, 170],
        ]),
        [black, colours[2]!, colours[2]!],
        9,
      );
      expect((await trial.snapshot(1, []))?.width).toBe(640);
      expectColours(fieldsOf((await trial.sample(1, 32, 18))!), colours, 9);
      // A camera can come from another decoder at any time.
      await trial.show(1, planes(bt709));
      await trial.paint();
      expect(await openPictures()).toBe(name === 'webgl2' ? 0 : 1);
      await trial.end();
      expect(await openPictures()).toBe(0);
    });

    test('pixels that are not square are seen in their right shape, also in part', async () => {
      await begin();
      await trial.place(200, 100, [place(1, 0, 0, 200, 100)]);
      const yuv: Fields<Rgb> = [
        [235, 128, 128],
        [120, 128, 128],
        [16, 128, 128],
        [60, 128, 128],
      ];
      const wide: PictureRecipe = {
        kind: 'i420',
        width: 100,
        height: 100,
        displayWidth: 200,
        fields: yuv,
        colorSpace: { matrix: 'smpte170m', primaries: 'bt709', transfer: 'bt709', fullRange: false },
      };
      const [white, light, , dark] = yuv.map((colour) => rgbOf(colour, 'smpte170m', false)) as [Rgb, Rgb, Rgb, Rgb];
      await trial.show(1, wide);
      await trial.paint();
      expectColours(
        await trial.colours([
          [5, 5],
          [95, 45],
          [105, 5],
          [195, 95],
          [105, 55],
        ]),
        [white, white, light, dark, dark],
      );
      await trial.place(200, 100, [place(1, 0, 0, 200, 100, { view: { x: 0.5, y: 0, width: 0.5, height: 0.5 } })]);
      expectColours(
        await trial.colours([
          [5, 5],
          [195, 5],
          [195, 95],
          [5, 95],
        ]),
        [light, light, light, light],
      );
      expect(await trial.snapshot(1, [[10, 10]])).toMatchObject({ width: 200, height: 100 });
    });

    test('a small copy is the whole picture, top row first, with every pixel in it', async () => {
      await begin();
      await trial.place(160, 90, [place(1, 0, 0, 160, 90)]);
      expect(await trial.sample(1, 32, 18)).toBeNull();
      await trial.show(1, rgb(320, 180));
      await trial.paint();
      const sample = (await trial.sample(1, 32, 18))!;
      expect(sample).toHaveLength(32 * 18 * 4);
      expectColours(fieldsOf(sample), four);
      expect(sample.filter((_, index) => index % 4 === 3).every((alpha) => alpha === 255)).toBe(true);
      // What is on the canvas has not changed by it.
      expectColours(
        await trial.colours([
          [40, 20],
          [120, 20],
          [40, 70],
          [120, 70],
        ]),
        four,
      );
      // The mean of two pictures that differ in every pixel differs, wherever the pixels are that are looked at.
      await trial.show(1, { kind: 'noise', width: 320, height: 180, seed: 1 });
      await trial.paint();
      const before = await trial.sample(1, 32, 18);
      await trial.show(1, { kind: 'noise', width: 320, height: 180, seed: 2 });
      await trial.paint();
      expect(await trial.sample(1, 32, 18)).not.toEqual(before);
      await trial.show(1, rgb(320, 180, plain(green)));
      await trial.paint();
      expectColours(await trial.colours(middles), plain(green));
    });

    test('a snapshot has the picture’s own size and colours', async () => {
      await begin();
      await trial.place(80, 45, [place(1, 0, 0, 80, 45, { dimmed: true, view: { x: 0, y: 0, width: 0.1, height: 0.1 } })]);
      expect(await trial.snapshot(1, [])).toBeNull();
      await trial.show(1, rgb(640, 360));
      await trial.paint();
      // Where no watermark lies.
      const snapshot = await trial.snapshot(1, [
        [100, 100],
        [500, 40],
        [100, 300],
        [500, 320],
      ]);
      expect(snapshot).toMatchObject({ type: 'image/png', width: 640, height: 360 });
      expectColours(snapshot!.colours, four, 6);
    });

    test('a snapshot has its watermark in the pixels, and there is none without', async () => {
      await begin();
      await trial.place(80, 45, [place(1, 0, 0, 80, 45)]);
      await trial.show(1, rgb(640, 360));
      await trial.paint();
      const mark = 'li.wei desk-12 2026-03-01 08:15:30 UTC+08:00 C-1';
      const looked = markPlaces(640, 360, mark);
      const colours = (await trial.snapshot(1, looked, mark))!.colours;
      const light = new Map(looked.map(([x, y], index) => [`${x},${y}`, Math.min(...colours[index]!)]));
      expect(readMark((x, y) => light.get(`${x},${y}`) ?? 0, 640, 360, mark)).toBe(mark.replaceAll(' ', ''));
      for (const none of ['', ' ', '路']) expect(await trial.snapshot(1, [], none)).toBeNull();
    });

    test('on the page, what was painted stays while others are painted', async () => {
      expect(await trial.begin(name, true)).toEqual({ name, reason: null });
      await trial.place(320, 90, [place(1, 0, 0, 160, 90), place(2, 160, 0, 160, 90)]);
      await trial.shown();
      const wanted: [Rgb, Rgb] = [black, black];
      for (const [tile, colour] of [
        [1, red],
        [2, green],
        [2, blue],
        [1, grey],
      ] as const) {
        await trial.show(tile, rgb(320, 180, plain(colour)));
        await trial.paint();
        await trial.shown();
        wanted[tile - 1] = colour;
        const png = await page.screenshot({ clip: { x: 0, y: 0, width: 320, height: 90 } });
        expectColours(
          await trial.coloursOf(png.toString('base64'), [
            [80, 45],
            [240, 45],
          ]),
          wanted,
        );
      }
    });

    test('a thousand rounds leave nothing open', async () => {
      await begin();
      const tiles = [1, 2, 3, 4];
      await trial.place(
        160,
        90,
        tiles.map((tile) => place(tile, (tile - 1) * 40, 0, 40, 45)),
      );
      const most = await trial.showMany([...tiles, 9], rgb(32, 18), 1000);
      // One a tile that waits, and one that is kept.
      expect(most).toBeLessThanOrEqual(2 * tiles.length);
      await trial.end();
      expect(await openPictures()).toBe(0);
    });

    test('it looks the same as with the 2D canvas', async () => {
      const whole = place(1, 0, 0, 352, 288);
      const tiles = [
        place(1, 0, 0, 192, 108),
        place(2, 192, 0, 352, 288, { view: { x: 0.25, y: 0.25, width: 0.5, height: 0.5 } }),
        place(3, 0, 108, 128, 72, { dimmed: true }),
      ];
      const painted = async (painter: PainterName, places: readonly TilePlace[]) => {
        await trial.begin(painter);
        await trial.place(544, 288, places);
        for (const { tile } of places) await trial.show(tile, { kind: 'noise', width: 352, height: 288, seed: 7 });
        expect(await trial.paint()).toEqual(places.map(({ tile }) => tile));
      };
      const differences = [];
      for (const places of [[whole], tiles]) {
        await painted('2d', places);
        await trial.remember();
        await painted(name, places);
        differences.push(await trial.difference());
      }
      expect(differences[0]!.mean).toBeLessThanOrEqual(1);
      expect(differences[0]!.largest).toBeLessThanOrEqual(9);
      // Who scales down by means of all pixels differs from who looks at some of them, most where there is noise.
      expect(differences[1]!.mean).toBeLessThanOrEqual(2);
    });
  });

  test('a WebGL context that is lost and given back paints on, and says so once', async () => {
    await trial.begin('webgl2');
    await trial.place(160, 90, [place(1, 0, 0, 160, 90), place(2, 0, 0, 0, 0)]);
    await trial.show(1, rgb(320, 180));
    await trial.paint();
    await trial.lose();
    expect(await losses()).toBe(0);
    await trial.show(1, rgb(320, 180, plain(red)));
    await trial.show(1, rgb(320, 180, plain(green)));
    expect(await trial.paint()).toEqual([]);
    expect(await trial.sample(1, 32, 18)).toBeNull();
    expect(await openPictures()).toBe(1);
    await trial.giveBack();
    expect(await losses()).toBe(1);
    expectColours(await trial.colours([[80, 45]]), [black], 0);
    expect(await trial.paint()).toEqual([1]);
    expectColours(
      await trial.colours([
        [4, 4],
        [80, 45],
        [155, 85],
      ]),
      plain(green).slice(0, 3),
    );
    await trial.end();
    expect(await openPictures()).toBe(0);
  });

  test('more painters one after the other than a browser has contexts', async () => {
    for (let round = 0; round < 20; round += 1) expect((await trial.begin('webgl2'))?.name).toBe('webgl2');
    await trial.place(16, 16, [place(1, 0, 0, 16, 16)]);
    await trial.show(1, rgb(16, 16, plain(green)));
    expect(await trial.paint()).toEqual([1]);
    expectColours(await trial.colours([[8, 8]]), [green]);
  });
});
