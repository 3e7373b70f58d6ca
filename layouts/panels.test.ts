import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { panelRef } from './contract.ts';
import { panelFits, panelInfo, panels, panelTexts } from './panels.ts';

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

/** The font sizes of a panel's style sheet, by class: `max(11px, min(3.1cqw, 5.2cqh))` as a function of the tile's size. */
function sizesOf(file: string): ReadonlyMap<string, (width: number, height: number) => number> {
  const css = readFileSync(join(import.meta.dirname, '../renderer/panels', file), 'utf8').split('<style>')[1]!;
  const rules = [...css.matchAll(/([^{}]+)\{[^}]*font-size:\s*(?:max\((\d+)px,\s*)?min\(([\d.]+)cqw,\s*([\d.]+)cqh\)/g)];
  return new Map(
    rules.map(([, selector, least, cqw, cqh]) => [
      selector!.trim().split(' ').slice(1).join(' '),
      (width, height) => Math.max(Number(least ?? 0), Math.min((width * Number(cqw)) / 100, (height * Number(cqh)) / 100)),
    ]),
  );
}

test.each<['clock' | 'camera-health', string, string, string]>([
  ['clock', 'clock/ClockPanel.vue', 'time', '.time'],
  ['clock', 'clock/ClockPanel.vue', 'date', '.date'],
  ['clock', 'clock/ClockPanel.vue', 'source', '.source'],
  ['camera-health', 'camera-health/CameraHealthPanel.vue', 'figure', '.figures dd'],
  ['camera-health', 'camera-health/CameraHealthPanel.vue', 'label', '.figures dt'],
  ['camera-health', 'camera-health/CameraHealthPanel.vue', 'headline', 'header'],
  ['camera-health', 'camera-health/CameraHealthPanel.vue', 'parts', '.parts'],
  ['camera-health', 'camera-health/CameraHealthPanel.vue', 'read-at', 'footer'],
])('%s (%s): the size of its %s is what the style sheet says at %s', (kind, file, name, selector) => {
  const size = sizesOf(file).get(selector)!;
  const declared = panelTexts({ panel: kind }).find((each) => each.name === name)!;
  const wall = { pixelPitchMm: 0.634, farthestSeatM: 6 };
  for (const [width, height] of [
    [1920, 1037],
    [640, 346],
    [240, 90],
    [300, 1000],
  ] as const)
    expect(declared.fontPx({ width, height, wall })).toBeCloseTo(size(width, height), 6);
});

test('the size of what lies over a picture is what the panel computes', () => {
  const code = readFileSync(join(import.meta.dirname, '../renderer/panels/video/VideoPanel.vue'), 'utf8');
  for (const rule of ['Math.min(signPx, least * 0.27)', 'Math.min(hanPx, least * 0.085)', 'Math.min(19 * scale, 10 + least * 0.014)'])
    expect(code).toContain(rule);
});

test('a note is set as large as it fits, and read as it is written', () => {
  const wall = { pixelPitchMm: 0.634, farthestSeatM: 6 };
  const [note] = panelTexts({ panel: 'note', text: '汛期值班' });
  expect(note).toMatchObject({ script: 'han', meantFor: 'room' });
  expect(note!.fontPx({ width: 1920, height: 1037, wall })).toBe(389);
  expect(panelTexts({ panel: 'note', text: 'Drill today' })[0]).toMatchObject({ script: 'latin' });
  expect(note!.fontPx({ width: 240, height: 90, wall })).toBeLessThan(40);
});
