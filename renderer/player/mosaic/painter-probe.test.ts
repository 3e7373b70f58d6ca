import { expect, test } from 'vitest';
import type { PainterName } from './mosaic-protocol.ts';
import type { Painter } from './painter.ts';
import { choosePainter, isSoftwareRenderer, type PainterMakers } from './painter-probe.ts';

test.each([
  ['ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero) (0x0000C0DE)), SwiftShader driver)', true],
  ['Google SwiftShader', true],
  ['llvmpipe (LLVM 17.0.6, 256 bits)', true],
  ['ANGLE (Mesa, llvmpipe (LLVM 15.0.7 256 bits), OpenGL 4.5)', true],
  ['Mesa softpipe', true],
  ['ANGLE (Microsoft, Microsoft Basic Render Driver Direct3D11 vs_5_0 ps_5_0, D3D11)', true],
  ['ANGLE (Microsoft, D3D11 WARP)', true],
  ['Apple Software Renderer', true],
  ['ANGLE (Intel, Intel(R) UHD Graphics 630 Direct3D11 vs_5_0 ps_5_0, D3D11)', false],
  ['ANGLE (NVIDIA, NVIDIA GeForce RTX 3060 Direct3D11 vs_5_0 ps_5_0, D3D11)', false],
  ['ANGLE (AMD, AMD Radeon Graphics (radeonsi renoir), OpenGL 4.6)', false],
  ['Mesa Intel(R) Iris(R) Xe Graphics (TGL GT2)', false],
  ['Apple M2', false],
])('%s imitates a GPU: %s', (renderer, software) => {
  expect(isSoftwareRenderer(renderer)).toBe(software);
});

const canvas = {} as OffscreenCanvas;
const softwareGpu = 'software-gpu: llvmpipe';

/** Makers that can make the painters named and none else; `asked` is who was asked. */
function makersOf(...able: readonly PainterName[]): { makers: PainterMakers; asked: PainterName[] } {
  const asked: PainterName[] = [];
  const maker = (name: PainterName) => () => {
    asked.push(name);
    return able.includes(name) ? ({ name } as Painter) : null;
  };
  return { makers: { webgl2: maker('webgl2'), wasm: maker('wasm'), '2d': maker('2d') }, asked };
}

test.each<[string, PainterName | 'auto', string | null, PainterName[], PainterName | null, string | null]>([
  ['a real GPU', 'auto', null, ['webgl2', 'wasm', '2d'], 'webgl2', null],
  ['a GPU that fails after all', 'auto', null, ['wasm', '2d'], 'wasm', 'no-webgl2'],
  ['a GPU that fails and no WebAssembly', 'auto', null, ['2d'], '2d', 'no-webgl2; no-wasm'],
  ['no GPU', 'auto', softwareGpu, ['webgl2', 'wasm', '2d'], 'wasm', softwareGpu],
  ['neither', 'auto', 'no-webgl2', ['2d'], '2d', 'no-webgl2; no-wasm'],
  ['nothing at all', 'auto', 'no-webgl2', [], null, null],
  ['WebGL2 wished for where it is imitated', 'webgl2', softwareGpu, ['webgl2', 'wasm', '2d'], 'webgl2', null],
  ['WebAssembly wished for in spite of a GPU', 'wasm', null, ['webgl2', 'wasm', '2d'], 'wasm', null],
  ['2D wished for', '2d', null, ['webgl2', 'wasm', '2d'], '2d', null],
  ['a wish that cannot be', 'wasm', null, ['webgl2', '2d'], '2d', 'no-wasm'],
])('with %s', async (_name, wish, noGpu, able, name, reason) => {
  const chosen = await choosePainter(canvas, wish, makersOf(...able).makers, () => noGpu);
  expect(chosen && { name: chosen.painter.name, reason: chosen.reason }).toEqual(name && { name, reason });
});

test('only those that are wanted are asked, so that no canvas gets a context by the way', async () => {
  const { makers, asked } = makersOf('webgl2', 'wasm', '2d');
  await choosePainter(canvas, 'auto', makers, () => softwareGpu);
  await choosePainter(canvas, '2d', makers, () => null);
  expect(asked).toEqual(['wasm', '2d']);
});

test('a painter that fails while it is made is passed over', async () => {
  const makers = { ...makersOf('2d').makers, wasm: () => Promise.reject(new Error('not fetched')) };
  const chosen = await choosePainter(canvas, 'auto', makers, () => softwareGpu);
  expect(chosen?.painter.name).toBe('2d');
  expect(chosen?.reason).toBe(`${softwareGpu}; no-wasm`);
});
