import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../main/contract/log.ts';
import type { Ledger } from '../../main/contract/ledger.ts';
import type { Scope } from '../../main/contract/scope.ts';
import { MemoryLedger } from '../../main/hub/ledger/memory-ledger.ts';
import { openLedger } from '../../main/hub/ledger/open-ledger.ts';
import { createLatestValues } from '../../main/hub/readings/latest-values.ts';
import { ManualClock } from '../../main/hub/readings/manual-clock.ts';
import type { Camera } from '../contract.ts';
import { callCommand, principalOf } from '../testdata/call-command.ts';
import { createDirectory, maxRejectedNamed, type Directory } from './directory.ts';
import { publishKeyHash } from './publish-keys.ts';
import { sourceOf, sourceSecretKey } from './source-of.ts';

function open(ledger: Ledger = new MemoryLedger()) {
  const latest = createLatestValues({ flushMs: 100, clock: new ManualClock() });
  const directory = createDirectory({ ledger, latest });
  return { ledger, latest, directory };
}

const base = { number: 'C-1', name: '路口', district: '329982', source: { kind: 'rtsp', url: 'rtsp://10.0.0.1/a' } } as const;
const upsert = async ({ directory, ledger }: { directory: Directory; ledger: Ledger }, change: object = {}, scope?: Scope) =>
  callCommand(directory.handlers, ledger, 'camera.upsert', { ...base, ...change }, { principal: principalOf(scope) });
const search = async ({ directory, ledger }: { directory: Directory; ledger: Ledger }, text: string, scope?: Scope) =>
  callCommand(directory.handlers, ledger, 'camera.search', { text, limit: 10 }, { principal: principalOf(scope) });
const importCsv = async ({ directory, ledger }: { directory: Directory; ledger: Ledger }, text: string) =>
  callCommand(directory.handlers, ledger, 'camera.import', { format: 'csv', text });
const importJson = async ({ directory, ledger }: { directory: Directory; ledger: Ledger }, value: unknown) =>
  callCommand(directory.handlers, ledger, 'camera.import', { format: 'json', text: JSON.stringify(value) });
const cameras = (ledger: Ledger) => [...ledger.all('cameras')] as Camera[];

/** Imports bytes as CSV into a city of its own and tells the first camera's name. */
const nameFrom = async (data: Uint8Array) => {
  const { directory, ledger } = open();
  await callCommand(directory.handlers, ledger, 'camera.import', { format: 'csv', bytes: Buffer.from(data).toString('base64') });
  return cameras(ledger)[0]?.name;
};

describe('camera.upsert', () => {
  it('makes a camera whose id is not its number, and changes it under the same id', async () => {
    const city = open();
    const first = await upsert(city);
    expect(first.cameraId).not.toContain('C-1');
    expect(await upsert(city, { name: '新路口', lat: 31.3, lon: 119.7, groups: ['公安', '公安'] })).toEqual(first);
    expect(cameras(city.ledger)).toEqual([
      {
        id: first.cameraId,
        number: 'C-1',
        name: '新路口',
        district: '329982',
        groups: ['公安'],
        lat: 31.3,
        lon: 119.7,
        datum: 'wgs84',
        aliases: [],
        source: { kind: 'rtsp', url: 'rtsp://10.0.0.1/a', hasSecret: false },
        alternates: [],
        simulated: false,
        drill: false,
        status: { state: 'unknown', at: null, by: null, reason: null },
        link: null,
      },
    ]);
    expect((await search(city, '新')).total).toBe(1);
  });

  it('commits nothing when nothing changed', async () => {
    const city = open();
    await upsert(city, { source: { kind: 'rtsp', url: 'rtsp://a:b@h/1' } });
    const { seq } = city.ledger;
    await upsert(city, { source: { kind: 'rtsp', url: 'rtsp://a:b@h/1' } });
    expect(city.ledger.seq).toBe(seq);
    await upsert(city, { source: { kind: 'rtsp', url: 'rtsp://a:c@h/1' } });
    expect(city.ledger.seq, 'a new password is a change').toBe(seq + 1);
  });

  it('means one camera when the same new number comes twice before the first is committed', async () => {
    const { directory, ledger } = open();
    const both = await Promise.all([1, 2].map(async () => callCommand(directory.handlers, ledger, 'camera.upsert', base)));
    expect(both[0]).toEqual(both[1]);
    expect(ledger.size('cameras')).toBe(1);
  });

  it.each([
    [{ source: { kind: 'rtsp', url: 'http://h/a' } }, 'source-invalid'],
    [{ alternates: [{ kind: 'rtsp', url: 'nothing' }] }, 'source-invalid'],
    [{ lat: 31.3 }, 'coordinates-invalid'],
    [{ lon: 119.7, lat: null }, 'coordinates-invalid'],
  ])('refuses %j: %s', async (change, code) => {
    const city = open();
    await expect(upsert(city, change)).rejects.toMatchObject({ problem: { code } });
    expect(city.ledger.size('cameras')).toBe(0);
  });

  it('takes 0, 0 for not measured', async () => {
    const city = open();
    await upsert(city, { lat: 0, lon: 0 });
    expect(cameras(city.ledger)[0]).toMatchObject({ lat: null, lon: null });
  });

  it('does not move a camera into reach that was out of it', async () => {
    const city = open();
    await upsert(city, { district: '329982001' });
    await expect(upsert(city, { district: '329982002' }, { districts: ['329982002'], groups: '*' })).rejects.toMatchObject({
      problem: { code: 'out-of-scope' },
    });
    expect(cameras(city.ledger)[0]?.district).toBe('329982001');
  });
});

describe('credentials', () => {
  let folder: string | undefined;
  afterEach(() => folder && rmSync(folder, { recursive: true, force: true }));

  it('are nowhere but in the secrets: not in entities, commits, search, nor in clear in any file of the ledger', async () => {
    folder = mkdtempSync(join(tmpdir(), 'taodu-directory-'));
    const ledger = openLedger(folder, { changesKept: 1000, clock: new ManualClock(), log: silentLog });
    const city = open(ledger);
    const secret = 'Hunter2Hunter2';
    const source = { kind: 'rtsp', url: `rtsp://admin:${secret}@10.0.0.1/a`, subUrl: `rtsp://10.0.0.1/b?password=${secret}` } as const;
    const { cameraId } = await upsert(city, { source, alternates: [{ kind: 'rtmp', url: `rtmp://h/app?token=${secret}` }] });
    await importCsv(city, `number,name,district,kind,url\nC-2,二,329982,rtsp,rtsp://admin:${secret}@10.0.0.2/a\n`);

    const said = JSON.stringify([cameras(ledger), ledger.since(0), await search(city, '')]);
    expect(said).toContain('10.0.0.2');
    expect(said).not.toContain(secret);
    expect(sourceOf(cameras(ledger).find(({ id }) => id === cameraId) as Camera, ledger)).toEqual(source);
    ledger.close();
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) expect(readFileSync(join(file.parentPath, file.name)).includes(secret)).toBe(false);
  });

  it('stay when the source comes back as it was shown, and go with the source or the camera', async () => {
    const city = open();
    const { cameraId } = await upsert(city, { source: { kind: 'rtsp', url: 'rtsp://u:p@h/a' } });
    const kept = () => city.ledger.secret(sourceSecretKey(cameraId));
    await upsert(city, { name: '改名', source: { kind: 'rtsp', url: 'rtsp://h/a' } });
    expect(kept()).toContain('u:p');
    expect(cameras(city.ledger)[0]).toMatchObject({ name: '改名', source: { hasSecret: true } });
    await upsert(city, { source: { kind: 'rtsp', url: 'rtsp://h/b' } });
    expect(kept()).toBeUndefined();
    expect(cameras(city.ledger)[0]).toMatchObject({ source: { hasSecret: false } });
    await upsert(city, { source: { kind: 'rtsp', url: 'rtsp://u:p@h/a' } });
    await callCommand(city.directory.handlers, city.ledger, 'camera.remove', { cameraId });
    expect(kept()).toBeUndefined();
  });
});

describe('a camera that pushes', () => {
  const key = 'key-0123456789abcdef';
  const pushed = { kind: 'rtmp' } as const;
  const keyOf = (city: { ledger: Ledger }, cameraId: string) =>
    (JSON.parse(city.ledger.secret(sourceSecretKey(cameraId)) ?? '{}') as { publishKey?: string }).publishKey;

  it('gets a key that nobody sees, and keeps it when it comes back as it was shown', async () => {
    const city = open();
    const { cameraId } = await upsert(city, { source: pushed });
    const made = keyOf(city, cameraId)!;
    expect(made).toMatch(/^[A-Za-z0-9_-]{32}$/);
    expect(cameras(city.ledger)[0]?.source).toEqual({ kind: 'rtmp', hasSecret: true });
    expect(JSON.stringify([cameras(city.ledger), city.ledger.since(0)])).not.toContain(made);
    const { seq } = city.ledger;
    await upsert(city, { source: pushed });
    expect(city.ledger.seq, 'nothing changed').toBe(seq);
    await upsert(city, { name: '改名', source: pushed });
    expect(keyOf(city, cameraId)).toBe(made);
    expect(city.directory.publishKeys.publishers).toEqual([{ cameraId, keyHash: publishKeyHash(made) }]);
  });

  it('may bring its own key, but not that of another', async () => {
    const city = open();
    const { cameraId } = await upsert(city, { source: { ...pushed, publishKey: key } });
    expect(keyOf(city, cameraId)).toBe(key);
    await upsert(city, { source: { ...pushed, publishKey: key } });
    await expect(upsert(city, { number: 'C-2', source: { ...pushed, publishKey: key } })).rejects.toMatchObject({
      problem: { code: 'source-invalid', params: { field: 'publishKey', reason: 'duplicate' } },
    });
    await upsert(city, { source: { kind: 'rtsp', url: 'rtsp://h/a' } });
    expect(keyOf(city, cameraId)).toBeUndefined();
    expect(city.directory.publishKeys.publishers).toEqual([]);
    await upsert(city, { number: 'C-2', source: { ...pushed, publishKey: key } });
    await callCommand(city.directory.handlers, city.ledger, 'camera.remove', { cameraId: cameras(city.ledger)[1]!.id });
    expect(city.directory.publishKeys.publishers).toEqual([]);
  });

  it('is known after a restart', async () => {
    const city = open();
    const { cameraId } = await upsert(city, { source: { ...pushed, publishKey: key } });
    expect(open(city.ledger).directory.publishKeys.publishers).toEqual([{ cameraId, keyHash: publishKeyHash(key) }]);
  });

  it('is no second way to another camera', async () => {
    await expect(upsert(open(), { alternates: [pushed] })).rejects.toMatchObject({
      problem: { code: 'source-invalid', params: { field: 'alternates', reason: 'pushed' } },
    });
  });

  it('can be imported, without a url in CSV, with or without a key in JSON', async () => {
    const city = open();
    expect(await importCsv(city, 'number,name,district,kind,url\nC-1,一,329982,rtmp,\nC-2,二,329982,rtsp,\n')).toEqual({
      imported: 1,
      rejected: [{ line: 3, code: 'field-missing', params: { field: 'url' } }],
      rejectedTotal: 1,
    });
    const row = { name: '三', district: '329982', source: { ...pushed, publishKey: key } };
    expect(
      await importJson(city, [
        { number: 'C-3', ...row },
        { number: 'C-4', ...row },
        { number: 'C-5', ...row, source: pushed },
      ]),
    ).toEqual({
      imported: 2,
      rejected: [{ line: 2, code: 'source-invalid', params: { field: 'publishKey', reason: 'duplicate' } }],
      rejectedTotal: 1,
    });
    expect(new Set(city.directory.publishKeys.publishers.map(({ keyHash }) => keyHash)).size).toBe(3);
  });
});

describe('camera.remove', () => {
  it('removes the camera, its status and its number', async () => {
    const city = open();
    const { cameraId } = await upsert(city);
    city.latest.set({ collection: 'cameras', key: cameraId, fields: { status: { state: 'online' } } });
    await callCommand(city.directory.handlers, city.ledger, 'camera.remove', { cameraId });
    expect([(await search(city, '')).total, city.directory.scopeOf(cameraId), city.latest.get('cameras', cameraId)]).toEqual([
      0,
      undefined,
      undefined,
    ]);
    expect((await upsert(city)).cameraId).not.toBe(cameraId);
  });

  it('says that there is none', async () => {
    const { directory, ledger } = open();
    await expect(callCommand(directory.handlers, ledger, 'camera.remove', { cameraId: 'nobody' })).rejects.toMatchObject({
      problem: { code: 'camera-unknown' },
    });
  });
});

describe('camera.remove-many', () => {
  it('removes all of them in one commit, with their secrets; what is gone already and what is named twice does not count', async () => {
    const city = open();
    const made = [];
    for (const number of ['C-1', 'C-2', 'C-3'])
      made.push(await upsert(city, { number, source: { kind: 'rtsp', url: `rtsp://u:p@h/${number}` } }));
    const [one, two, three] = made.map(({ cameraId }) => cameraId);
    const { seq } = city.ledger;
    const cameraIds = [one!, 'nobody', three!, one!];
    expect(await callCommand(city.directory.handlers, city.ledger, 'camera.remove-many', { cameraIds })).toEqual({ removed: 2 });
    expect(city.ledger.seq).toBe(seq + 1);
    expect(cameras(city.ledger).map(({ id }) => id)).toEqual([two]);
    expect([one, two, three].map((id) => city.ledger.secret(sourceSecretKey(id!)) !== undefined)).toEqual([false, true, false]);
    expect((await search(city, 'C-')).total).toBe(1);
  });

  it('commits nothing when none of them is there', async () => {
    const city = open();
    const { seq } = city.ledger;
    expect(await callCommand(city.directory.handlers, city.ledger, 'camera.remove-many', { cameraIds: ['nobody'] })).toEqual({
      removed: 0,
    });
    expect(city.ledger.seq).toBe(seq);
  });
});

describe('a changed source', () => {
  it('is told, another name or password is not', async () => {
    const city = open();
    const told: string[] = [];
    const stop = city.directory.onSourceChange((id) => void told.push(id));
    const { cameraId } = await upsert(city, { source: { kind: 'rtsp', url: 'rtsp://u:p@10.0.0.1/a' } });
    await upsert(city, { name: '新路口', source: { kind: 'rtsp', url: 'rtsp://u:other@10.0.0.1/a' } });
    expect(told).toEqual([]);
    await upsert(city, { source: { kind: 'rtsp', url: 'rtsp://u:p@10.0.0.2/a' } });
    expect(told).toEqual([cameraId]);
    await callCommand(city.directory.handlers, city.ledger, 'camera.remove', { cameraId });
    await upsert(city);
    expect(told).toHaveLength(1);
    stop();
    await upsert(city, { source: { kind: 'rtsp', url: 'rtsp://10.0.0.3/a' } });
    expect(told).toHaveLength(1);
  });
});

describe('camera.search', () => {
  it('finds only what the one who asks may see, and counts nothing else', async () => {
    const city = open();
    await upsert(city, { number: 'A', district: '329982001', groups: ['公安'] });
    await upsert(city, { number: 'B', district: '329982001', groups: ['水利'] });
    await upsert(city, { number: 'C', district: '329982002', groups: ['公安', '水利'] });
    const found = async (scope?: Scope) => {
      const { cameras: hits, total } = await search(city, '路口', scope);
      return [total, ...hits.map(({ number }) => number)];
    };
    expect(await found()).toEqual([3, 'A', 'B', 'C']);
    expect(await found({ districts: ['329982001'], groups: '*' })).toEqual([2, 'A', 'B']);
    expect(await found({ districts: '*', groups: ['公安'] })).toEqual([2, 'A', 'C']);
    expect(await found({ districts: ['329982002'], groups: ['教育'] })).toEqual([0]);
    expect(await found({ districts: [], groups: [] })).toEqual([0]);
    const { handlers } = city.directory;
    expect(await callCommand(handlers, city.ledger, 'camera.search', { text: '' }, { principal: null })).toEqual({ cameras: [], total: 0 });
  });

  it('shows the status known last, and what was in the ledger before it was opened', async () => {
    const city = open();
    const { cameraId } = await upsert(city, { aliases: [{ scheme: 'gb28181', value: '32998201041321000001' }] });
    const status = { state: 'offline', at: 5, by: 'relay', reason: 'source-failed' } as const;
    const again = open(city.ledger);
    again.latest.set({ collection: 'cameras', key: cameraId, fields: { status } });
    expect((await search(again, '1321000001')).cameras).toMatchObject([{ id: cameraId, status }]);
  });
});

describe('camera.import', () => {
  const header = 'number,name,district,groups,lat,lon,kind,url,subUrl';

  it('reads CSV with columns in any order, keeps good rows and names each bad one with its line', async () => {
    const city = open();
    const text = [
      '\ufeffname,number,kind,url,district,groups,lat,lon,subUrl,datum',
      '"路口 ""一""\r\n东侧",C-1,rtsp,rtsp://u:p@h/1,329982001,公安;交警|城管,31.3,119.7,rtsp://h/2,GCJ02',
      '二,C-2,file,/srv/a.mp4,329982,,,,,',
      '',
      ',C-3,file,/srv/a.mp4,329982',
      '四,C 4,file,/srv/a.mp4,329982',
      '五,C-5,file,/srv/a.mp4,wujiang',
      '六,C-6,file,/srv/a.mp4,329982,,91,119',
      '七,C-7,file,/srv/a.mp4,329982,,31,',
      '八,C-8,file,/srv/a.mp4,329982,,31度,119',
      '九,C-9,onvif,/srv/a.mp4,329982',
      '十,C-10,rtsp,http://h/1,329982',
      '十一,C-11,file,/srv/a.mp4,329982,,,,,,more',
      '十二,C-2,file,/srv/a.mp4,329982',
      '"十三,C-13,file,/srv/a.mp4,329982',
      '十四,C-14,file,/srv/a.mp4,329982,,,,,wgs72',
      '十五,C-15,file,/srv/a.mp4,329982',
    ].join('\r\n');
    const answer = await importCsv(city, text);
    expect(answer.rejected.map(({ line, code, params }) => [line, code, params['field'] ?? params['firstLine'] ?? null])).toEqual([
      [6, 'field-missing', 'name'],
      [7, 'camera-number-invalid', null],
      [8, 'field-invalid', 'district'],
      [9, 'coordinates-invalid', 'lat'],
      [10, 'coordinates-invalid', 'lon'],
      [11, 'coordinates-invalid', 'lat'],
      [12, 'source-kind-unsupported', null],
      [13, 'source-invalid', 'url'],
      [14, 'csv-too-many-columns', null],
      [15, 'number-duplicate', 4],
      [16, 'csv-malformed', null],
      [17, 'field-invalid', 'datum'],
    ]);
    expect(answer).toMatchObject({ imported: 3, rejectedTotal: 12 });
    expect(cameras(city.ledger).map(({ number }) => number)).toEqual(['C-1', 'C-2', 'C-15']);
    expect(cameras(city.ledger)[0]).toMatchObject({
      name: '路口 "一" 东侧',
      groups: ['公安', '交警', '城管'],
      lat: 31.3,
      lon: 119.7,
      datum: 'gcj02',
      source: { url: 'rtsp://h/1', subUrl: 'rtsp://h/2', hasSecret: true },
    });
  });

  it.each([
    ['', 'csv-header-missing', { missing: 'number,name,district,kind,url' }],
    ['number,name\nC-1,a', 'csv-header-missing', { missing: 'district,kind,url' }],
    [`${header},brand\n`, 'field-invalid', { field: 'brand', reason: 'column-unknown' }],
    [`${header},url\n`, 'field-invalid', { field: 'url', reason: 'column-twice' }],
    ['"number,name', 'csv-malformed', { line: 1, reason: 'quote-not-closed' }],
  ])('refuses a header as a whole: %j', async (text, code, params) => {
    await expect(importCsv(open(), text)).rejects.toMatchObject({ problem: { code, params } });
  });

  it('reads JSON, as a list or under "cameras", and counts elements as lines', async () => {
    const city = open();
    const rows = [
      base,
      { ...base, number: 'C-2', colour: 'red' },
      7,
      { ...base, number: undefined },
      { ...base, number: 'C-5', source: { kind: 'onvif' } },
      { ...base, number: 'C-6', source: { kind: 'rtsp' } },
      { ...base, number: 'C-7', source: { kind: 'rtsp', url: 'rtsp://h/a', phaseMs: 1 } },
      { ...base, number: 'C-8', groups: [''] },
      { ...base, number: 'C-9', source: 'rtsp://h/a' },
      base,
    ];
    const expected = {
      imported: 1,
      rejectedTotal: 9,
      rejected: [
        { line: 2, code: 'field-invalid', params: { field: 'colour', reason: 'unrecognized_keys' } },
        { line: 3, code: 'json-malformed', params: {} },
        { line: 4, code: 'field-missing', params: { field: 'number' } },
        { line: 5, code: 'source-kind-unsupported', params: { kind: 'onvif' } },
        { line: 6, code: 'field-missing', params: { field: 'source.url' } },
        { line: 7, code: 'source-invalid', params: { field: 'source.phaseMs', reason: 'unrecognized_keys' } },
        { line: 8, code: 'field-missing', params: { field: 'groups.0' } },
        { line: 9, code: 'source-invalid', params: { field: 'source', reason: 'invalid_type' } },
        { line: 10, code: 'number-duplicate', params: { number: 'C-1', firstLine: 1 } },
      ],
    };
    expect(await importJson(city, rows)).toEqual(expected);
    expect(await importJson(city, { cameras: rows })).toEqual(expected);
    expect(city.ledger.size('cameras')).toBe(1);
  });

  it.each(['', '{', '7', '{"cameras":7}', 'null'])('refuses JSON that is no list: %j', async (text) => {
    const { directory, ledger } = open();
    await expect(callCommand(directory.handlers, ledger, 'camera.import', { format: 'json', text })).rejects.toMatchObject({
      problem: { code: 'json-malformed' },
    });
  });

  const row = (name: Uint8Array) => Buffer.concat([Buffer.from(`${header}\r\nC-1,`), name, Buffer.from(',329982,,,,file,/a.mp4,\r\n')]);

  it('reads bytes as UTF-8, else as GB18030, else not at all', async () => {
    expect(await nameFrom(row(Buffer.from('陶源路')))).toBe('陶源路');
    expect(await nameFrom(Buffer.concat([Buffer.from('\ufeff'), row(Buffer.from('陶源路'))]))).toBe('陶源路');
    expect(await nameFrom(row(Uint8Array.of(0xcc, 0xd5, 0xd4, 0xb4, 0xc2, 0xb7)))).toBe('陶源路');
    await expect(nameFrom(row(Uint8Array.of(0xff, 0xff)))).rejects.toMatchObject({ problem: { code: 'text-undecodable' } });
  });

  it('commits many rows in parts and lets others have their turn between', async () => {
    const city = open();
    const rows = Array.from({ length: 2300 }, (_, index) => `C-${index},路口,329982,file,/a.mp4`);
    const commits: number[] = [];
    let turns = 0;
    let done = false;
    city.ledger.onCommit((commit) => commits.push(commit.changes.length));
    const count = () => {
      turns += 1;
      if (!done) setImmediate(count);
    };
    setImmediate(count);
    const answer = await importCsv(city, `number,name,district,kind,url\n${rows.join('\n')}`);
    done = true;
    expect(answer.imported).toBe(2300);
    expect(Math.max(...commits)).toBeLessThanOrEqual(1000);
    expect(commits.reduce((sum, size) => sum + size, 0)).toBe(2300);
    expect(turns).toBeGreaterThanOrEqual(commits.length - 1);
    const { seq } = city.ledger;
    await importCsv(city, `number,name,district,kind,url\n${rows.join('\n')}`);
    expect(city.ledger.seq, 'the same list again changes nothing').toBe(seq);
  });

  it('names at most 1,000 bad rows, counts all, and keeps what it committed when its time is over', async () => {
    const city = open();
    const bad = await importCsv(city, `number,name,district,kind,url\n${'x,,329982,file,/a\n'.repeat(maxRejectedNamed + 5)}`);
    expect([bad.rejected.length, bad.rejectedTotal]).toEqual([maxRejectedNamed, maxRejectedNamed + 5]);
    const over = new AbortController();
    city.ledger.onCommit(() => over.abort());
    const rows = Array.from({ length: 3000 }, (_, index) => `C-${index},路口,329982,file,/a.mp4`).join('\n');
    const text = `number,name,district,kind,url\n${rows}`;
    const asked = callCommand(city.directory.handlers, city.ledger, 'camera.import', { format: 'csv', text }, { signal: over.signal });
    await expect(asked).rejects.toMatchObject({ problem: { code: 'deadline-exceeded' } });
    expect(city.ledger.size('cameras')).toBeGreaterThan(0);
    expect(city.ledger.size('cameras')).toBeLessThan(3000);
  });

  it('never throws anything but a problem, whatever it is given', async () => {
    const piece = fc.constantFrom(
      header,
      '\n',
      '\r\n',
      ',',
      '"',
      'C-1',
      '路口',
      '329982',
      'rtsp',
      'rtsp://u:p@h/a',
      '31.3',
      '{',
      '}',
      '[',
      ']',
      ':',
      '"number"',
      'null',
      '\u0000',
      '\ud800',
    );
    const text = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));
    const data = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('base64'));
    const content = fc.oneof(
      text.map((value) => ({ text: value })),
      text.map((value) => ({ text: `${header}\n${value}` })),
      fc.json().map((value) => ({ text: value })),
      fc
        .array(fc.record({ number: fc.string(), name: fc.anything(), district: fc.string(), source: fc.anything() }))
        .map((rows) => ({ text: JSON.stringify(rows) ?? '' })),
      data.map((bytes) => ({ bytes })),
    );
    await fc.assert(
      fc.asyncProperty(content, fc.constantFrom('csv', 'json'), async (given, format) => {
        const { directory, ledger } = open();
        try {
          const answer = await callCommand(directory.handlers, ledger, 'camera.import', { format, ...given });
          expect(answer.imported).toBe(ledger.size('cameras'));
          expect(answer.rejected.length).toBeLessThanOrEqual(maxRejectedNamed);
        } catch (error) {
          expect(error).toMatchObject({ name: 'ProblemError' });
        }
        directory.stop();
      }),
      { seed: 18_030, numRuns: 1500 },
    );
  });
});
