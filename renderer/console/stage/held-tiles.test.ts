import { expect, test } from 'vitest';
import { heldPlaces } from './held-tiles.ts';

const hold = (more: object = {}) => ({
  wallId: 'main' as never,
  screenId: '1' as never,
  tiles: null as string[] | null,
  userId: 'u-li' as never,
  name: 'li',
  expiresAt: 1000,
  ...more,
});
const of = (...holds: ReturnType<typeof hold>[]) => {
  const { screen, tiles } = heldPlaces(holds, { wallId: 'main', screenId: '1' }, 'u-wang', 500);
  return [
    screen && `${screen.name}${screen.mine ? '*' : ''}`,
    [...tiles].map(([tileId, { name, mine }]) => `${tileId} ${name}${mine ? '*' : ''}`),
  ];
};

test.each([
  ['nothing', [], [null, []]],
  ['a whole screen', [hold()], ['li', []]],
  ['one of my own', [hold({ userId: 'u-wang', name: 'wang' })], ['wang*', []]],
  [
    'parts by two people',
    [hold({ tiles: ['g-0-0', 'g-0-1'] }), hold({ tiles: ['g-1-0'], userId: 'u-wang', name: 'wang' })],
    [null, ['g-0-0 li', 'g-0-1 li', 'g-1-0 wang*']],
  ],
  ['another screen', [hold({ screenId: '2' })], [null, []]],
  ['another wall', [hold({ wallId: 'hall' })], [null, []]],
  ['one that is over', [hold({ expiresAt: 500 })], [null, []]],
])('%s', (_, holds, expected) => {
  expect(of(...holds)).toEqual(expected);
});
