import { beforeEach, describe, expect, test, vi } from 'vitest';
import { ungrouped } from '../../streams/lookup/group-tree.ts';
import { createDirectory, type Directory } from './directory.ts';
import { cameraRow, FakeHub } from './testdata/fake-hub.ts';

let hub: FakeHub;
let directory: Directory;
const all = { text: '', district: '', state: null, limit: 10 } as const;
const status = (state: string) => ({ state, at: 1, by: 'prober', reason: null });

beforeEach(() => {
  hub = new FakeHub();
  directory = createDirectory(hub.client);
  return () => directory.stop();
});

/** Two districts, four cameras. */
function fill(): void {
  hub.fill(
    'districts',
    [
      { code: '320282', name: '宜兴市', nameEn: 'Yixing', parent: null },
      { code: '320282101', name: '宜城街道', nameEn: 'Yicheng', parent: '320282' },
      { code: '320282102', name: '丁蜀镇', nameEn: null, parent: '320282' },
    ],
    (item) => String(item['code']),
  );
  hub.fill('cameras', [
    cameraRow('A1', { name: '东山路口', groups: ['公安', '交警'] }),
    cameraRow('A2', { name: '东山公园', groups: ['公安'], status: status('offline') }),
    cameraRow('B1', { name: '陶瓷城', groups: ['交警'], district: '320282102' }),
    cameraRow('B2', { name: '东坡书院', district: '320282102', status: status('unknown') }),
  ]);
}

describe('the directory in the page', () => {
  test('waits until the hub has answered', () => {
    expect(directory.state.value.kind).toBe('waiting');
    fill();
    expect(directory.state.value.kind).toBe('ready');
    expect(directory.size).toBe(4);
  });

  test('finds by text, place and state together', () => {
    fill();
    expect(directory.search({ ...all, text: '东' })).toEqual({ ids: ['c-A1', 'c-A2', 'c-B2'], total: 3 });
    expect(directory.search({ ...all, text: '东', district: '320282101' }).ids).toEqual(['c-A1', 'c-A2']);
    expect(directory.search({ ...all, state: 'offline' }).ids).toEqual(['c-A2']);
    expect(directory.search({ ...all, text: '东', district: '320282102', state: 'online' }).total).toBe(0);
    expect(directory.search({ ...all, limit: 1 })).toEqual({ ids: ['c-A1'], total: 4 });
  });

  test('finds by initials', () => {
    fill();
    expect(directory.search({ ...all, text: 'dslk' }).ids).toEqual(['c-A1']);
    expect(directory.search({ ...all, text: 'DS' }).ids).toEqual(['c-A1', 'c-A2']);
  });

  test('finds in a group, in none, and among some', () => {
    fill();
    expect(directory.search({ ...all, group: '公安' }).ids).toEqual(['c-A1', 'c-A2']);
    expect(directory.search({ ...all, group: '公安', text: '公园' }).ids).toEqual(['c-A2']);
    expect(directory.search({ ...all, group: '交警', state: 'online' }).ids).toEqual(['c-A1', 'c-B1']);
    expect(directory.search({ ...all, group: ungrouped }).ids).toEqual(['c-B2']);
    expect(directory.search({ ...all, group: '水利' })).toEqual({ ids: [], total: 0 });
    const among = ['c-B1', 'gone', 'c-A2', 'c-A1'];
    expect(directory.search({ ...all, among }), 'in their order, without what is gone').toEqual({
      ids: ['c-B1', 'c-A2', 'c-A1'],
      total: 3,
    });
    expect(directory.search({ ...all, among, limit: 1 })).toEqual({ ids: ['c-B1'], total: 3 });
    expect(directory.search({ ...all, among, text: '东' }).ids).toEqual(['c-A1', 'c-A2']);
    expect(directory.search({ ...all, among, state: 'offline' }).ids).toEqual(['c-A2']);
    expect(directory.search({ ...all, among: [] }).total).toBe(0);
  });

  test('counts by group, and follows a status without a new search', () => {
    fill();
    expect(directory.groups.root.children.map(({ code }) => code)).toEqual(['公安', '交警', ungrouped]);
    const before = directory.contents.value;
    hub.change('cameras', { 'c-A1': cameraRow('A1', { name: '东山路口', groups: ['公安', '交警'], status: status('offline') }) });
    expect(directory.contents.value).toBe(before);
    expect(directory.groups.counts('公安')).toEqual({ total: 2, online: 0, offline: 2, unknown: 0 });
    expect(directory.groups.counts('交警')).toEqual({ total: 2, online: 1, offline: 1, unknown: 0 });
    hub.change('cameras', { 'c-A1': cameraRow('A1', { name: '东山路口', groups: ['水利'] }), 'c-B1': null });
    expect(directory.contents.value).toBe(before + 1);
    expect(directory.groups.root.children.map(({ code }) => code)).toEqual(['公安', '水利', ungrouped]);
    expect(directory.groups.root.counts.total).toBe(3);
  });

  test('counts by place, and follows a status without a new search', () => {
    fill();
    const { version, contents } = directory;
    const before = { version: version.value, contents: contents.value };
    hub.change('cameras', { 'c-A1': cameraRow('A1', { name: '东山路口', groups: ['公安', '交警'], status: status('offline') }) });
    expect(directory.tree.node('320282101')!.counts).toEqual({ total: 2, online: 0, offline: 2, unknown: 0 });
    expect(directory.tree.root.counts).toEqual({ total: 4, online: 1, offline: 2, unknown: 1 });
    expect(directory.search({ ...all, state: 'offline' }).total).toBe(2);
    expect(version.value).toBe(before.version + 1);
    expect(contents.value).toBe(before.contents);
  });

  test('cameras come, move, change their name and go', () => {
    fill();
    const before = directory.contents.value;
    hub.change('cameras', {
      'c-A1': null,
      'c-A2': cameraRow('A2', { name: '西山公园', district: '320282102' }),
      'c-C1': cameraRow('C1', { name: '新站' }),
    });
    expect(directory.contents.value).toBe(before + 1);
    expect(directory.search({ ...all, text: '东山' }).total).toBe(0);
    expect(directory.search({ ...all, text: '西山', district: '320282102' }).ids).toEqual(['c-A2']);
    expect(directory.camera('c-C1')!.name).toBe('新站');
    expect(directory.tree.node('320282101')!.counts.total).toBe(1);
  });

  test('the path of a place, from the widest', () => {
    fill();
    expect(directory.districtPath('320282102').map((place) => place.name)).toEqual(['宜兴市', '丁蜀镇']);
    expect(directory.districtPath('99')).toEqual([]);
  });

  test('a burst of statuses is measured until it is drawn', async () => {
    const rows = Array.from({ length: 300 }, (_, index) => cameraRow(`N${index}`));
    hub.fill('cameras', rows);
    await vi.waitUntil(() => directory.state.value.kind === 'ready');
    performance.clearMeasures('taodu:status-burst');
    hub.change('cameras', Object.fromEntries(rows.map((row) => [String(row['id']), { ...row, status: status('offline') }])));
    await vi.waitUntil(() => directory.tree.root.counts.offline === 300);
    await vi.waitUntil(() => performance.getEntriesByName('taodu:status-burst').length === 1);
    expect((performance.getEntriesByName('taodu:status-burst')[0] as PerformanceMeasure).detail).toEqual({ cameras: 300 });
  });

  test('a large directory is indexed in slices, and nothing that changes meanwhile is lost', async () => {
    const rows = Array.from({ length: 20_000 }, (_, index) => cameraRow(String(index).padStart(5, '0')));
    hub.fill('cameras', rows);
    hub.change('cameras', { 'c-19999': cameraRow('19999', { name: '最后一台', status: status('offline') }), 'c-00000': null });
    await vi.waitUntil(() => directory.state.value.kind === 'ready', { timeout: 10_000 });
    expect(directory.size).toBe(19_999);
    expect(directory.search({ ...all, text: '最后一台' }).ids).toEqual(['c-19999']);
    expect(directory.tree.root.counts).toEqual({ total: 19_999, online: 19_998, offline: 1, unknown: 0 });
  });

  test('stopping gives the subscriptions back', () => {
    fill();
    directory.stop();
    expect(hub.held).toBe(0);
  });
});
