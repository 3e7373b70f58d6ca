import { afterEach, describe, expect, test, vi } from 'vitest';
import { encodePreview, paintPreview, previewBytes } from './screen-preview-paint.ts';
import type { PreviewPlan } from './screen-preview-plan.ts';

afterEach(() => vi.unstubAllGlobals());

describe('an encoded preview', () => {
  const picture = (...sizes: readonly number[]) => {
    const asked: number[] = [];
    return {
      asked,
      async convertToBlob({ quality = 1 }: ImageEncodeOptions = {}) {
        asked.push(quality);
        return new Blob([new Uint8Array(sizes[asked.length - 1]!).fill(7)]);
      },
    };
  };

  test('is JPEG in base64, whole', async () => {
    const made = picture(20_000);
    const text = await encodePreview(made);
    expect(Uint8Array.from(atob(text!), (letter) => letter.charCodeAt(0))).toEqual(new Uint8Array(20_000).fill(7));
    expect(made.asked).toEqual([0.6]);
  });

  test('that is too large is made smaller once, and else left out', async () => {
    const made = picture(previewBytes + 1, previewBytes);
    expect(await encodePreview(made)).not.toBeNull();
    expect(made.asked).toEqual([0.6, 0.35]);
    expect(await encodePreview(picture(previewBytes + 1, previewBytes + 1))).toBeNull();
  });

  test('that the browser cannot make is none', async () => {
    expect(await encodePreview({ convertToBlob: () => Promise.reject(new Error('no memory')) })).toBeNull();
  });
});

test('is painted step by step: the canvas only where tiles are, what lies over it faint when it stands', () => {
  const done: string[] = [];
  const paint = new Proxy({} as Record<string, unknown>, {
    get: (set, name: string) => set[name] ?? ((...args: unknown[]) => void done.push(`${name}(${args.map(String).join(',')})`)),
    set(_set, name: string, value) {
      done.push(`${name}=${String(value)}`);
      return true;
    },
  });
  vi.stubGlobal(
    'OffscreenCanvas',
    class {
      getContext = () => paint;
    },
  );
  const plan: PreviewPlan<CanvasImageSource> = {
    width: 48,
    height: 27,
    cameras: [],
    steps: [
      {
        kind: 'canvas',
        from: { x: 0, y: 2, width: 96, height: 52 },
        to: { x: 0, y: 0, width: 48, height: 27 },
        clips: [{ x: 0, y: 0, width: 24, height: 27 }],
      },
      { kind: 'blank', to: { x: 1, y: 2, width: 3, height: 4 } },
      {
        kind: 'element',
        element: 'video' as never,
        from: { x: 0, y: 0, width: 64, height: 36 },
        to: { x: 1, y: 2, width: 3, height: 4 },
        dimmed: true,
      },
    ],
  };
  expect(paintPreview(plan, { canvas: 'canvas' as never, ratio: 2, colour: '#111' })).not.toBeNull();
  expect(done).toEqual([
    'fillStyle=#111',
    'fillRect(0,0,48,27)',
    'save()',
    'beginPath()',
    'rect(0,0,24,27)',
    'clip()',
    'drawImage(canvas,0,4,192,104,0,0,48,27)',
    'restore()',
    'fillRect(1,2,3,4)',
    'globalAlpha=0.22',
    'drawImage(video,0,0,64,36,1,2,3,4)',
    'globalAlpha=1',
  ]);
});

test('is none where the browser has no room for it', () => {
  vi.stubGlobal(
    'OffscreenCanvas',
    class {
      getContext = () => null;
    },
  );
  expect(paintPreview({ width: 1, height: 1, cameras: [], steps: [] }, { canvas: null, ratio: 1, colour: '#111' })).toBeNull();
});
