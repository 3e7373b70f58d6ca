import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gpuTriedAgainAt, gpuWords, isGpuLeftOut, oneMoreGpuLoss, parseGpuLosses, type GpuLosses } from './gpu-losses.ts';

const day = 24 * 3_600_000;
const at = Date.UTC(2026, 10, 1);
const once: GpuLosses = { count: 1, lastAt: at, version: '1.0.0' };

test.each<[string, GpuLosses | null, number, string, boolean]>([
  ['nothing was kept', null, at, '1.0.0', false],
  ['just now', once, at, '1.0.0', true],
  ['a day later', once, at + day, '1.0.0', false],
  ['the third time, three days later', { ...once, count: 3 }, at + 3 * day, '1.0.0', true],
  ['the third time, four days later', { ...once, count: 3 }, at + 4 * day, '1.0.0', false],
  ['the hundredth time, thirty days later', { ...once, count: 100 }, at + 30 * day, '1.0.0', false],
  ['another version of the app', once, at + 1, '1.0.1', false],
  ['a clock that was set back', once, at - 1, '1.0.0', false],
])('left out? %s', (_, losses, now, version, expected) => {
  expect(isGpuLeftOut(losses, now, version)).toBe(expected);
});

test('each time counts, over versions too', () => {
  const twice = oneMoreGpuLoss(once, at + day, '1.0.1');
  expect(twice).toEqual({ count: 2, lastAt: at + day, version: '1.0.1' });
  expect(gpuTriedAgainAt(twice)).toBe(at + 3 * day);
  expect(oneMoreGpuLoss(null, at, '1.0.0')).toEqual(once);
});

test('what was written is read, and said in one line that names the file', () => {
  expect(parseGpuLosses(JSON.stringify(once))).toEqual(once);
  const line = gpuWords(once, '/home/w/.config/Taodu/gpu-losses.json');
  expect(line).toContain('1 time, last 2026-11-01T00:00:00.000Z');
  expect(line).toContain('after 2026-11-02T00:00:00.000Z');
  expect(line).toContain('gpu-losses.json');
});

test('whatever lies in the file, it is read as losses within bounds or as none', () => {
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    fc
      .record({ count: fc.oneof(fc.double(), fc.string()), lastAt: fc.double(), version: fc.string() })
      .map((value) => JSON.stringify(value)),
  );
  fc.assert(
    fc.property(text, (found) => {
      const losses = parseGpuLosses(found);
      if (losses === null) return;
      expect(losses.count).toBeGreaterThanOrEqual(1);
      expect(gpuTriedAgainAt(losses) - losses.lastAt).toBeLessThanOrEqual(30 * day);
    }),
    { seed: 7, numRuns: 500 },
  );
});
