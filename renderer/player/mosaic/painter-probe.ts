import { createCanvasPainter } from './canvas-painter.ts';
import type { PainterName } from './mosaic-protocol.ts';
import type { Painter } from './painter.ts';
import { createWebglPainter } from './webgl-painter.ts';

/** A painter, and why it is not a faster one: `no-webgl2`, `software-gpu: <its name>`, `no-wasm`; null for the fastest, or when it was wished for. */
export interface ChosenPainter {
  readonly painter: Painter;
  readonly reason: string | null;
}

/** Makes a painter for the canvas, or null when the browser cannot, or when the canvas has a context of another kind already. */
export type PainterMaker = (canvas: OffscreenCanvas) => Painter | null | Promise<Painter | null>;

export type PainterMakers = Readonly<Record<PainterName, PainterMaker>>;

/** The painters of the product. That with WebAssembly is only fetched where it is wanted. */
const productMakers: PainterMakers = {
  webgl2: createWebglPainter,
  wasm: async (canvas) => (await import('./wasm-painter.ts')).createWasmPainter(canvas),
  '2d': createCanvasPainter,
};

/**
 * The painter that was wished for, where it can be made; else the fastest one: WebGL2 on a real GPU, WebAssembly without one, the 2D
 * canvas where there is neither. A canvas can only ever have one kind of context, so the GPU is looked at on another one. Null when
 * nothing can be painted on this canvas.
 */
export async function choosePainter(
  canvas: OffscreenCanvas,
  wish: PainterName | 'auto',
  makers: PainterMakers = productMakers,
  whyNoGpu: () => string | null = whyNoRealGpu,
): Promise<ChosenPainter | null> {
  const noGpu = wish === 'auto' ? whyNoGpu() : null;
  const wanted: readonly PainterName[] = wish === 'auto' ? (noGpu === null ? ['webgl2', 'wasm', '2d'] : ['wasm', '2d']) : [wish, '2d'];
  const reasons = noGpu === null ? [] : [noGpu];
  for (const name of wanted) {
    const painter = await made(makers[name], canvas);
    if (painter) return { painter, reason: reasons.length > 0 ? reasons.join('; ') : null };
    reasons.push(`no-${name}`);
  }
  return null;
}

async function made(make: PainterMaker, canvas: OffscreenCanvas): Promise<Painter | null> {
  try {
    return await make(canvas);
  } catch {
    // Whatever it failed at (a file that was not fetched, a program that was not compiled), another painter takes its place.
    return null;
  }
}

/** Null with a GPU; else `no-webgl2` or `software-gpu: <its name>`. */
function whyNoRealGpu(): string | null {
  const gl = new OffscreenCanvas(1, 1).getContext('webgl2', { failIfMajorPerformanceCaveat: true });
  if (!gl) return 'no-webgl2';
  const names = gl.getExtension('WEBGL_debug_renderer_info');
  const renderer = String(gl.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  // Browsers have few contexts.
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return isSoftwareRenderer(renderer) ? `software-gpu: ${renderer}` : null;
}

/** Whether a renderer of this name imitates a GPU. */
export function isSoftwareRenderer(renderer: string): boolean {
  return /swiftshader|llvmpipe|softpipe|lavapipe|swrast|software|basic render|\bwarp\b/i.test(renderer);
}
