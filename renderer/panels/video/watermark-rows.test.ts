import { expect, test } from 'vitest';
import { watermarkRows } from './watermark-rows.ts';

const text = 'li.wei desk-12 2026-03-01 08:15 UTC+08:00';

test.each([
  [1920, 1080],
  [320, 180],
  [200, 40],
  [3840, 2160],
])('%d × %d: every line is there from edge to edge, and lines are near enough for each tile', (width, height) => {
  const { fontPx, rows } = watermarkRows(text, width, height);
  expect(rows.length).toBeGreaterThan(0);
  for (const [index, row] of rows.entries()) {
    expect(row.text.startsWith(text)).toBe(true);
    // Letters of half the width that they have at least.
    expect(row.left).toBeLessThanOrEqual(0);
    expect(row.text.length * fontPx * 0.45 + row.left).toBeGreaterThanOrEqual(width);
    expect(row.top + fontPx).toBeLessThanOrEqual(height);
    if (index > 0) expect(row.top - rows[index - 1]!.top).toBeLessThanOrEqual(fontPx * 5 + 1);
  }
});

test('neighbouring lines do not lie under one another', () => {
  const { rows } = watermarkRows(text, 1920, 1080);
  expect(new Set(rows.map(({ left }) => left)).size).toBe(2);
});
