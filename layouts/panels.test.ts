import { expect, test } from 'vitest';
import { panelRef } from './contract.ts';
import { panelFits, panelInfo, panels } from './panels.ts';

test('every panel kind that a scene may hold is described, under its own name', () => {
  const kinds = panelRef.options.map((option) => option.shape.panel.value);
  expect(panels.map((info) => info.kind).sort()).toEqual([...kinds].sort());
  for (const kind of kinds) expect(panelInfo(kind)).toMatchObject({ kind, titleKey: `panel.${kind}` });
});

test('only what shows a camera asks for one', () => {
  const asks = panelRef.options.filter((option) => 'cameraId' in option.shape).map((option) => option.shape.panel.value);
  expect(panels.filter((info) => info.needsCamera).map((info) => info.kind)).toEqual(asks);
});

test('a tile can be too small for its panel', () => {
  expect(panelFits('video', { width: 160, height: 90 })).toBe(true);
  expect(panelFits('camera-health', { width: 319, height: 180 })).toBe(false);
});
