import { expect, test } from 'vitest';
import { coverageReport as command } from '../../../../layouts/control-contract.ts';
import { coveragePromise } from '../../../../layouts/contract.ts';
import type { Camera, CameraStatus, District } from '../../../../streams/contract.ts';
import type { CommandInput } from '../../../contract/catalog.ts';
import type { ScreenId, WallId } from '../../../contract/ids.ts';
import type { CoverageTour } from '../tours/coverage-tours.ts';
import { coverageReport, type CoverageFacts } from './coverage-report.ts';
import type { SeenCamera } from './seen-cameras.ts';

const hourMs = 3_600_000;
const now = 1000 * hourMs;
const camera = (id: string, district: string, groups: string[] = []) => ({ id, number: id, district, groups }) as unknown as Camera;
const place = (code: string, parent: string | null) => ({ code, name: code, nameEn: null, parent }) as unknown as District;
const districts = [place('320282', null), place('320282001', '320282'), place('320282002', '320282'), place('320282001001', '320282001')];
const tour = (more: object = {}, paused = false, onlyPlanned: number | null = null): CoverageTour => ({
  paused,
  onlyPlanned,
  wallId: 'main' as WallId,
  screenId: '1' as ScreenId,
  promise: coveragePromise.parse({ district: '320282001', everyHours: 1, rows: 1, cols: 1, dwellMs: 600_000, ...more }),
});

interface Given {
  readonly cameras: readonly Camera[];
  /** Hours ago; null: tried in vain. */
  readonly seen?: Readonly<Record<string, number | null>>;
  readonly offline?: readonly string[];
  readonly tours?: readonly CoverageTour[];
  readonly hidden?: readonly string[];
}
const facts = ({ cameras, seen = {}, offline = [], tours = [], hidden = [] }: Given): CoverageFacts => ({
  cameras,
  districts,
  seen: {
    of: (id): SeenCamera | undefined => {
      const ago = seen[id];
      return ago === undefined ? undefined : { seenAt: ago === null ? null : now - ago * hourMs, triedAt: now };
    },
    knownSince: now - 500 * hourMs,
  },
  tours,
  stateOf: (id): CameraStatus['state'] => (offline.includes(id) ? 'offline' : 'online'),
  maySee: ({ id }) => !hidden.includes(id),
});
const report = async (asked: CommandInput<'coverage.report'>, given: Given) =>
  command.result.parse(await coverageReport(command.args.parse(asked), facts(given), now));

const city = [
  camera('a', '320282001'),
  camera('b', '320282001001', ['police']),
  camera('c', '320282002', ['traffic']),
  camera('d', '320282002'),
  camera('e', '320282'),
];

test('counts who was seen in time, later, never, and who of those not seen is offline', async () => {
  const seen = { a: 1, b: 24, c: 24.5, d: null };
  expect(await report({ district: null, hours: 24 }, { cameras: city, seen, offline: ['a', 'd'] })).toMatchObject({
    at: now,
    cameras: 5,
    seen: 2,
    late: 1,
    never: 2,
    offline: 1,
    knownSince: now - 500 * hourMs,
    longest: [
      { cameraId: 'd', seenAt: null },
      { cameraId: 'e', seenAt: null },
      { cameraId: 'c', seenAt: now - 24.5 * hourMs },
    ],
  });
});

test.each<[string, CommandInput<'coverage.report'>, string[], object[]]>([
  [
    'the whole city, which is one place: by what is below that place',
    { district: null, hours: 24 },
    [],
    [
      { district: '320282002', cameras: 2, seen: 0 },
      { district: '320282', cameras: 1, seen: 0 },
      { district: '320282001', cameras: 2, seen: 2 },
    ],
  ],
  [
    'a district: by what is below it, its own cameras under its own code',
    { district: '320282001', hours: 24 },
    [],
    [
      { district: '320282001', cameras: 1, seen: 1 },
      { district: '320282001001', cameras: 1, seen: 1 },
    ],
  ],
  [
    'a group of a district',
    { district: '320282', groups: ['traffic', 'police'], hours: 24 },
    [],
    [{ district: '320282002', cameras: 1 }, { district: '320282001' }],
  ],
  [
    'nothing of cameras that the asker may not see',
    { district: '320282002', hours: 24 },
    ['c'],
    [{ district: '320282002', cameras: 1, seen: 0 }],
  ],
])('places of %s', async (_, asked, hidden, places) => {
  expect((await report(asked, { cameras: city, seen: { a: 1, b: 1 }, hidden })).places).toMatchObject(places);
});

test('lists are bounded, and what they leave out is the least urgent', async () => {
  const many = Array.from({ length: 3000 }, (_, n) => camera(`c${String(n).padStart(4, '0')}`, `${320282000 + (n % 300)}`));
  const { longest, places, cameras, never } = await report({ district: null, hours: 1 }, { cameras: many, seen: { c0000: 2 } });
  expect([cameras, never, longest.length, places.length]).toEqual([3000, 2999, 200, 200]);
  expect(longest[0]).toEqual({ cameraId: 'c0001', seenAt: null });
  expect(longest.at(-1)).toEqual({ cameraId: 'c0200', seenAt: null });
});

// One picture at a time, ten minutes each: six cameras an hour.
const inDistrict = (count: number) => Array.from({ length: count }, (_, n) => camera(`n${n}`, '320282001'));
test.each([
  ['exactly as many as it can show', 6, false, null, true],
  ['one more', 7, false, null, false],
  ['few, while it is paused', 1, true, null, false],
  ['all of them planned, while somebody else holds its screen', 6, false, 6, true],
  ['one that is not planned, while somebody else holds its screen', 6, false, 5, false],
])('a tour with %s', async (_, count, paused, onlyPlanned, keeps) => {
  const given = {
    cameras: [...inDistrict(count), camera('elsewhere', '320282002')],
    tours: [tour({}, paused, onlyPlanned)],
    offline: ['n0'],
  };
  expect((await report({ district: '320282001', hours: 24 }, given)).tours).toEqual([
    { wallId: 'main', screenId: '1', everyHours: 1, roundMs: count * 600_000, keeps },
  ]);
});

test.each<[string, object, CommandInput<'coverage.report'>, boolean]>([
  ['of the district', {}, { district: '320282001', hours: 1 }, true],
  ['of a district around it', { district: '320282' }, { district: '320282001', hours: 1 }, true],
  ['of a part of it', { district: '320282001001' }, { district: '320282001', hours: 1 }, true],
  ['of the whole city', { district: null }, { district: '320282001', hours: 1 }, true],
  ['of another district', { district: '320282002' }, { district: '320282001', hours: 1 }, false],
  ['of another group', { groups: ['police'] }, { district: '320282001', groups: ['traffic'], hours: 1 }, false],
  ['of the same group', { groups: ['police', 'traffic'] }, { district: '320282001', groups: ['traffic'], hours: 1 }, true],
])('a tour %s', async (_, promise, asked, listed) => {
  expect((await report(asked, { cameras: city, tours: [tour(promise)] })).tours).toHaveLength(listed ? 1 : 0);
});

test('others have their turn while a large directory is counted', async () => {
  let turns = 0;
  const counted = new AbortController();
  const others = (async () => {
    while (!counted.signal.aborted) {
      await new Promise((resolve) => setImmediate(resolve));
      turns += 1;
    }
  })();
  const many = Array.from({ length: 30_000 }, (_, n) => camera(`c${n}`, '320282001'));
  await report({ district: null, hours: 1 }, { cameras: many });
  counted.abort();
  await others;
  expect(turns).toBeGreaterThanOrEqual(29);
});
