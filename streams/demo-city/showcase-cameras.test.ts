import { expect, test } from 'vitest';
import { showcaseCameras } from './showcase-cameras.ts';

const camera = (id: string, url: string) => ({ id, source: { kind: 'file', url } });

test('every scene once before any scene twice', () => {
  const city = [camera('a1', 'a'), camera('a2', 'a'), camera('b1', 'b'), camera('a3', 'a'), camera('c1', 'c')];
  expect(showcaseCameras(city)).toEqual(['a1', 'b1', 'c1', 'a2', 'a3']);
});

test('never more than the wall can show, nothing from an empty city', () => {
  expect(showcaseCameras(Array.from({ length: 50 }, (_, index) => camera(String(index), String(index))))).toHaveLength(15);
  expect(showcaseCameras([])).toEqual([]);
});
