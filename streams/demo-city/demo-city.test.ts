import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../main/contract/log.ts';
import { MemoryLedger } from '../../main/hub/ledger/memory-ledger.ts';
import { createLatestValues } from '../../main/hub/readings/latest-values.ts';
import { ManualClock } from '../../main/hub/readings/manual-clock.ts';
import { cameraEntity, districtEntity, type Camera, type CameraStatus } from '../contract.ts';
import { checkSource } from '../directory/check-source.ts';
import type { Clip } from './clips.ts';
import { demoCity } from './demo-city.ts';
import { DemoStatuses } from './demo-statuses.ts';
import { cityCode } from './places.ts';
import { seedCity } from './seed-city.ts';

const clips: readonly Clip[] = [
  { name: 'crossing', hasMain: true, seconds: 20 },
  { name: 'river-rain', hasMain: false, seconds: 20 },
  { name: 'school-gate', hasMain: true, seconds: 20 },
];

describe('demoCity', () => {
  it('is the same city for ever', () => {
    const hash = createHash('sha256')
      .update(JSON.stringify(demoCity(clips), (name, value: unknown) => (name === 'link' ? undefined : value)))
      .digest('hex');
    expect(hash).toBe('b9a4577c2bfcbb6587ab75a81dcada48bf535dec505f39ba6fe4590938b63caf');
    expect(JSON.stringify(demoCity(clips, 500))).toBe(JSON.stringify(demoCity(clips, 500)));
  });

  it('is a whole valid directory, and says of everything that it is simulated', () => {
    const { districts, cameras } = demoCity(clips);
    expect(cameras).toHaveLength(30_000);
    for (const camera of cameras.filter((_, index) => index % 10 === 0)) {
      expect(cameraEntity.parse(camera)).toEqual(camera);
      const { hasSecret: _, ...source } = camera.source;
      expect(checkSource(source as never)).toEqual({ ok: true, value: camera.source });
    }
    for (const district of districts) expect(districtEntity.parse(district)).toEqual(district);
    expect([...districts, ...cameras].every(({ simulated }) => simulated)).toBe(true);
    const unique = (of: (camera: Camera) => string | undefined) => new Set(cameras.map(of)).size;
    expect([unique(({ id }) => id), unique(({ number }) => number), unique(({ aliases }) => aliases[0]?.value)]).toEqual([
      30_000, 30_000, 30_000,
    ]);
    expect(cameras.every(({ aliases }) => /^\d{20}$/.test(aliases[0]?.value ?? ''))).toBe(true);
    const codes = new Set(districts.map(({ code }) => code));
    expect(districts.every(({ parent }) => parent === null || codes.has(parent))).toBe(true);
    expect(cameras.every(({ district }) => codes.has(district))).toBe(true);
    expect(districts.filter(({ parent }) => parent === cityCode)).toHaveLength(18);
    expect(cameras.filter(({ district }) => district.startsWith(`${cityCode}001`)).length).toBeGreaterThanOrEqual(3000);
  });

  it('shows each camera a clip that suits its name', () => {
    const { cameras } = demoCity(clips);
    const urls = (name: RegExp) => new Set(cameras.flatMap((camera) => (name.test(camera.name) ? [camera.source.url] : [])));
    expect(urls(/路口/)).toEqual(new Set(['clip:crossing.main']));
    expect(urls(/水闸/)).toEqual(new Set(['clip:river-rain.sub']));
    expect(urls(/(小|中)学/)).toEqual(new Set(['clip:school-gate.main']));
    expect(new Set(cameras.map(({ source }) => source.phaseMs)).size).toBeGreaterThan(5000);
  });
});

describe('seedCity', () => {
  let clipsFolder: string;
  beforeEach(() => {
    clipsFolder = mkdtempSync(join(tmpdir(), 'taodu-clips-'));
    writeFileSync(join(clipsFolder, 'clips.json'), JSON.stringify([{ name: 'crossing', title: {}, sub: 'a', main: null, seconds: 20 }]));
  });
  afterEach(() => rmSync(clipsFolder, { recursive: true }));
  const seed = async (ledger: MemoryLedger, signal = new AbortController().signal, folder = clipsFolder) =>
    seedCity({ ledger, clipsFolder: folder, log: silentLog, signal });

  it('fills an empty directory in parts, once; what was removed stays removed', async () => {
    const ledger = new MemoryLedger();
    const sizes: number[] = [];
    ledger.onCommit(({ changes }) => sizes.push(changes.length));
    await seed(ledger);
    expect([ledger.size('cameras'), ledger.size('districts') > 300]).toEqual([30_000, true]);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1000);
    const [first] = ledger.all('cameras') as IterableIterator<Camera>;
    expect(first?.source.url).toBe('clip:crossing.sub');
    ledger.commit([{ collection: 'cameras', op: 'delete', key: first?.id ?? '' }], { kind: 'command', id: '', by: '' });
    await seed(ledger);
    expect(ledger.size('cameras')).toBe(29_999);
  });

  it('goes on where it was interrupted', async () => {
    const ledger = new MemoryLedger();
    const over = new AbortController();
    const stop = ledger.onCommit(({ seq }) => seq === 6 && over.abort());
    await seed(ledger, over.signal);
    expect(ledger.size('cameras')).toBe(3000);
    stop();
    await seed(ledger);
    expect(ledger.size('cameras')).toBe(30_000);
  });

  it('leaves a real directory alone, and does without clips', async () => {
    const real = new MemoryLedger();
    real.commit([{ collection: 'cameras', op: 'put', key: 'a', value: { id: 'a', simulated: false } }], {
      kind: 'command',
      id: '',
      by: '',
    });
    await seed(real);
    expect(real.size('cameras')).toBe(1);
    const blind = new MemoryLedger();
    await seed(blind, undefined, join(clipsFolder, 'nowhere'));
    expect(blind.size('cameras')).toBe(30_000);
  });
});

/** A city of 6,000 cameras whose simulation has given each its first state. */
async function city(knownByRelay: (id: string) => boolean = () => false) {
  const clock = new ManualClock(1_700_000_000_000);
  const latest = createLatestValues({ flushMs: 1e9, clock });
  const ledger = new MemoryLedger();
  const { cameras } = demoCity(clips, 6000);
  ledger.commit(
    cameras.map((camera) => ({ collection: 'cameras', op: 'put', key: camera.id, value: camera })),
    { kind: 'start', id: '', by: '' },
  );
  const statuses = new DemoStatuses({ ledger, latest, clock, knownByRelay });
  const over = new AbortController();
  const done = statuses.run(over.signal);
  while (clock.sleeping < 2) await new Promise((resolve) => setImmediate(resolve));
  const all = () => cameras.map(({ id, district }) => ({ id, district, ...(latest.get('cameras', id)?.['status'] as CameraStatus) }));
  const count = (state: string, code = '') => all().filter((status) => status.district.startsWith(code) && status.state === state).length;
  return { clock, statuses, all, count, stop: async () => (over.abort(), done) };
}

describe('DemoStatuses', () => {
  const town = `${cityCode}001`;

  it('gives about 96 of 100 online, 3 offline with a reason, 1 unknown, each with an age, by the simulator', async () => {
    const { all, count, stop, clock } = await city();
    expect(count('online') / 6000).toBeCloseTo(0.96, 1);
    expect(count('offline')).toBeGreaterThan(100);
    expect(count('unknown')).toBeGreaterThan(20);
    for (const { state, at, by, reason } of all()) {
      expect(by).toBe('simulator');
      expect(reason !== null).toBe(state === 'offline');
      expect(at).toBeLessThanOrEqual(clock.now());
    }
    await stop();
    expect(clock.sleeping).toBe(1);
  });

  it('changes a few a second', async () => {
    const { all, clock, stop } = await city();
    const before = JSON.stringify(all());
    let changed = 0;
    for (let second = 0; second < 30; second += 1) await clock.advance(1000);
    const old = JSON.parse(before) as ReturnType<typeof all>;
    all().forEach((status, index) => (changed += status.at === old[index]?.at ? 0 : 1));
    expect(changed).toBeGreaterThan(0);
    expect(changed).toBeLessThanOrEqual(90);
    await stop();
  });

  it('never speaks of a camera that the relay has open', async () => {
    const { all, statuses, stop } = await city((id) => id < 'cam-8');
    statuses.setDistrict(cityCode, true);
    expect(all().filter(({ id, state }) => id < 'cam-8' && state !== undefined)).toEqual([]);
    await stop();
  });

  it('tells the story of a district that goes dark and comes back', async () => {
    const { statuses, count, clock, stop } = await city();
    const elsewhere = count('online') - count('online', town);
    const lit = count('online', town) + count('unknown', town);
    expect(statuses.setDistrict(town, true)).toBeGreaterThanOrEqual(lit);
    expect([count('online', town), count('unknown', town), count('online') - count('online', town)]).toEqual([0, 0, elsewhere]);
    for (let second = 0; second < 60; second += 1) await clock.advance(1000);
    expect(count('online', town), 'it stays dark').toBe(0);
    statuses.setDistrict(town, false);
    expect(count('online', town)).toBeGreaterThan(500);
    await stop();
  });
});
