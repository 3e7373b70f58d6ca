import { expect, test } from 'vitest';
import type { CameraId } from '../main/contract/ids.ts';
import type { Role } from '../main/contract/permissions.ts';
import { wholeCity, type Scope, type ScopeClaim } from '../main/contract/scope.ts';
import type { PanelRef, Scene } from './contract.ts';
import { seenAs, type SeenAs } from './seen-as.ts';

const camera = (id: string): PanelRef => ({ panel: 'video', cameraId: id as CameraId, profile: 'auto' });
const claims: Record<string, ScopeClaim> = {
  town: { district: '320282101', groups: ['police'] },
  road: { district: '320282101', groups: ['traffic'] },
  village: { district: '320282205', groups: ['police'] },
};
const claimOf = (id: string) => claims[id];
const grid = (...ids: string[]): Scene => ({ kind: 'grid', rows: 1, cols: 4, tiles: [...ids.map(camera), { panel: 'clock' }] });
const scene = grid('town', 'road', 'village');
const inTown: Scope = { districts: ['320282101'], groups: '*' };
const policeOnly: Scope = { districts: '*', groups: ['police'] };

test.each<[string, readonly Role[], Scope, Partial<SeenAs>]>([
  ['the whole city', ['operator'], wholeCity, { listed: true, why: null, hidden: [], mayShow: true, mayEdit: true }],
  [
    'one town',
    ['operator'],
    inTown,
    { listed: false, why: 'scope', hidden: [{ step: null, tileId: 'g-0-2' }], mayShow: false, mayEdit: false },
  ],
  ['the police', ['dispatcher'], policeOnly, { listed: false, why: 'scope', hidden: [{ step: null, tileId: 'g-0-1' }], mayShow: false }],
  [
    'an auditor sees no pictures',
    ['auditor'],
    wholeCity,
    { listed: false, why: 'permission', hidden: ['g-0-0', 'g-0-1', 'g-0-2'].map((tileId) => ({ step: null, tileId })), mayShow: false },
  ],
  ['nobody in particular', [], wholeCity, { listed: false, why: 'permission', mayShow: false, mayEdit: false }],
  ['two roles add up', ['auditor', 'operator'], wholeCity, { listed: true, why: null, mayEdit: true }],
  ['a display shows it and changes nothing', ['wall'], wholeCity, { listed: true, why: null, mayShow: false, mayEdit: false }],
])('%s', (_, roles, scope, expected) => {
  expect(seenAs(scene, { roles, scope }, claimOf)).toMatchObject(expected);
});

test('a camera that is gone is nobody’s: it hides nothing', () => {
  expect(seenAs(grid('gone', 'town'), { roles: ['operator'], scope: inTown }, claimOf)).toMatchObject({
    listed: true,
    hidden: [],
    mayEdit: true,
  });
});

test('a tour is looked at step by step', () => {
  const tour: Scene = {
    kind: 'tour',
    steps: [
      { scene: grid('town') as never, dwellMs: 5000 },
      { scene: { kind: 'free', tiles: [{ rect: { x: 0, y: 0, width: 10, height: 10 }, panel: camera('village') }] }, dwellMs: 5000 },
    ],
  };
  expect(seenAs(tour, { roles: ['operator'], scope: inTown }, claimOf).hidden).toEqual([{ step: 2, tileId: 'f-0' }]);
});

test('who promises to look at a district must be allowed to look at all of it', () => {
  const promise = { district: '320282', groups: [], everyHours: 4, rows: 3, cols: 3, dwellMs: 15_000 };
  const tour: Scene = { kind: 'tour', steps: [{ scene: grid('town') as never, dwellMs: 5000 }], coverage: promise };
  const judge = (scope: Scope) => seenAs(tour, { roles: ['operator'], scope }, claimOf);
  expect(judge(inTown)).toMatchObject({ listed: true, mayShow: false, mayEdit: false });
  expect(judge({ districts: ['320282'], groups: '*' })).toMatchObject({ listed: true, mayShow: true, mayEdit: true });
});
