import { beforeEach, expect, test } from 'vitest';
import type { Scene, StillScene } from '../../../layouts/contract.ts';
import { setLocale } from '../../i18n/index.ts';
import { differenceLines } from './difference-lines.ts';

const names = { cameraNumber: (id: string) => id.replace('c-', 'N'), placeName: (code: string) => code };
const grid = (...cameras: string[]): StillScene => ({
  kind: 'grid',
  rows: 1,
  cols: 8,
  tiles: cameras.map((id) => ({ panel: 'video', cameraId: id as never, profile: 'auto' })),
});
const tour = (scene: StillScene): Scene => ({ kind: 'tour', steps: [{ scene, dwellMs: 5000 }] });

beforeEach(() => setLocale('en'));

test('cameras by their numbers, of tours with the step', () => {
  const still = differenceLines(grid('c-1'), grid('c-2'), names);
  expect(still).toHaveLength(1);
  for (const number of ['N1', 'N2']) expect(still[0]).toContain(number);
  const touring = differenceLines(tour(grid('c-1')), tour(grid('c-2')), names);
  expect(touring).toEqual([`Step 1 · ${still[0]}`]);
});

test('the same scene has no difference; many are cut and counted', () => {
  expect(differenceLines(grid('c-1'), grid('c-1'), names)).toEqual([]);
  const many = differenceLines(grid('c-1', 'c-2', 'c-3', 'c-4', 'c-5', 'c-6'), grid('d-1', 'd-2', 'd-3', 'd-4', 'd-5', 'd-6'), names);
  expect(many).toHaveLength(5);
  expect(many.at(-1)).toBe('2 more differences');
});
