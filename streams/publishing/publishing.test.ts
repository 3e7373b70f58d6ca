import { afterEach, describe, expect, it } from 'vitest';
import { MemoryLedger } from '../../main/hub/ledger/memory-ledger.ts';
import { createLatestValues } from '../../main/hub/readings/latest-values.ts';
import { ManualClock } from '../../main/hub/readings/manual-clock.ts';
import type { CameraStatus, SourceInput } from '../contract.ts';
import { createDirectory } from '../directory/directory.ts';
import { publishKeyHash } from '../directory/publish-keys.ts';
import { sourceSecretKey } from '../directory/source-of.ts';
import { callCommand } from '../testdata/call-command.ts';
import { FakeRelay } from '../testdata/fake-relay.ts';
import { comeBackMs } from './publisher-status.ts';
import { createPublishing, type Publishing } from './publishing.ts';

const key = 'key-0123456789abcdef';
let open: Publishing | null = null;
afterEach(async () => {
  await open?.stop();
  open = null;
});

/** A city with one camera that pushes and one that does not. */
async function city({ relay = new FakeRelay(), start = true }: { relay?: FakeRelay | null; start?: boolean } = {}) {
  const clock = new ManualClock();
  const ledger = new MemoryLedger();
  const latest = createLatestValues({ flushMs: 100, clock });
  const directory = createDirectory({ ledger, latest });
  const put = async (number: string, source: SourceInput) =>
    (await callCommand(directory.handlers, ledger, 'camera.upsert', { number, name: '路口', district: '329982', source })).cameraId;
  const pushed = await put('C-1', { kind: 'rtmp', publishKey: key });
  const pulled = await put('C-2', { kind: 'rtsp', url: 'rtsp://h/a' });
  const publishing = (open = createPublishing({ ledger, latest, relay, directory, clock }));
  if (start) publishing.start();
  const address = async (cameraId: string, renew = false) =>
    callCommand(publishing.handlers, ledger, 'camera.publish-address', { cameraId: cameraId as typeof pushed, renew });
  const status = (cameraId: string) => {
    const known = latest.get('cameras', cameraId)?.['status'] as CameraStatus | undefined;
    return known && { state: known.state, reason: known.reason, by: known.by, at: known.at };
  };
  return { clock, ledger, latest, directory, relay: relay!, publishing, put, address, status, pushed, pulled };
}

describe('camera.publish-address', () => {
  it('answers where to push, again and again the same', async () => {
    const { address, pushed, ledger } = await city();
    const { seq } = ledger;
    expect(await address(pushed)).toEqual({ url: `rtmp://127.0.0.1:1935/live/${key}`, key });
    expect(await address(pushed)).toEqual({ url: `rtmp://127.0.0.1:1935/live/${key}`, key });
    expect(ledger.seq).toBe(seq);
  });

  it('renews the key: the old one may push no more, and no commit tells either', async () => {
    const { address, pushed, ledger, relay, clock } = await city();
    const renewed = await address(pushed, true);
    expect(renewed.key).not.toBe(key);
    expect(ledger.secret(sourceSecretKey(pushed))).toContain(renewed.key);
    await clock.advance(200);
    expect(relay.publishers).toEqual([{ cameraId: pushed, keyHash: publishKeyHash(renewed.key) }]);
    expect(await address(pushed)).toEqual(renewed);
    const said = JSON.stringify(ledger.since(0));
    expect(said).not.toContain(key);
    expect(said).not.toContain(renewed.key);
  });

  it('makes a key for a camera whose key was lost', async () => {
    const { address, pushed, ledger, directory } = await city();
    ledger.commit([], { kind: 'start', id: 'test', by: 'test' }, [{ key: sourceSecretKey(pushed), value: null }]);
    const made = await address(pushed);
    expect(made.key).not.toBe(key);
    expect(directory.publishKeys.publishers).toEqual([{ cameraId: pushed, keyHash: publishKeyHash(made.key) }]);
  });

  it('refuses cameras that do not push, and renews nothing while nothing listens', async () => {
    const { address, pulled, pushed, relay, ledger } = await city();
    await expect(address(pulled)).rejects.toMatchObject({ problem: { code: 'source-kind-unsupported', params: { kind: 'rtsp' } } });
    await expect(address('nobody')).rejects.toMatchObject({ problem: { code: 'camera-unknown' } });
    relay.ingest = null;
    const { seq } = ledger;
    await expect(address(pushed, true)).rejects.toMatchObject({ problem: { code: 'worker-unavailable' } });
    expect(ledger.seq).toBe(seq);
    const without = await city({ relay: null });
    await expect(without.address(without.pushed)).rejects.toMatchObject({ problem: { code: 'worker-unavailable' } });
  });
});

describe('the list of who may push', () => {
  it('is told at the start, and again when it changed, however often, once', async () => {
    const relay = new FakeRelay();
    const lists: number[] = [];
    relay.allowPublishers = (publishers) => void lists.push(publishers.length);
    const { put, clock, publishing } = await city({ relay });
    expect(lists).toEqual([1]);
    for (let number = 3; number < 8; number += 1) await put(`C-${number}`, { kind: 'rtmp' });
    expect(lists).toEqual([1]);
    await clock.advance(200);
    expect(lists).toEqual([1, 6]);
    await put('C-9', { kind: 'rtsp', url: 'rtsp://h/b' });
    await clock.advance(200);
    expect(lists, 'a camera that is pulled is no news').toEqual([1, 6]);
    await put('C-1', { kind: 'rtsp', url: 'rtsp://h/c' });
    await clock.advance(200);
    expect(lists).toEqual([1, 6, 5]);
    await publishing.stop();
    expect(clock.sleeping).toBe(0);
  });
});

describe('status', () => {
  it('is offline while a camera does not push, online while it does, without anybody watching', async () => {
    const { relay, status, pushed, latest, pulled } = await city();
    expect(status(pushed)).toMatchObject({ state: 'offline', reason: 'source-publisher-absent', by: 'relay' });
    relay.push(pushed, 77);
    expect(status(pushed)).toEqual({ state: 'online', reason: null, by: 'relay', at: 77 });
    relay.push(pushed, null);
    expect(status(pushed)).toMatchObject({ state: 'offline', reason: 'source-publisher-absent' });
    relay.push(pulled, 78);
    expect(latest.get('cameras', pulled), 'not ours to say').toBeUndefined();
  });

  it('is what the relay knows when the hub starts', async () => {
    const relay = new FakeRelay();
    const { publishing, status, pushed } = await city({ relay, start: false });
    relay.pushing.set(pushed, 55);
    publishing.start();
    expect(status(pushed)).toMatchObject({ state: 'online', at: 55 });
  });

  it('is unknown while nothing listens', async () => {
    const { relay, status, pushed, put, clock, publishing } = await city();
    const other = await put('C-3', { kind: 'rtmp' });
    relay.push(pushed, 77);
    relay.ingest = null;
    relay.say({ kind: 'ingest', url: null });
    relay.push(pushed, null);
    expect(status(pushed), 'it was not the camera that ended').toMatchObject({ state: 'unknown', reason: 'worker-unavailable' });
    relay.ingest = 'rtmp://127.0.0.1:1935/live';
    relay.say({ kind: 'ingest', url: relay.ingest });
    expect(status(pushed), 'it had no time to come back').toMatchObject({ state: 'unknown', reason: null });
    relay.push(other, 88);
    relay.push(other, null);
    expect(status(other)).toMatchObject({ state: 'offline', reason: 'source-publisher-absent' });
    await clock.advance(comeBackMs - 1);
    expect(status(pushed)).toMatchObject({ state: 'unknown' });
    await clock.advance(1);
    expect(status(pushed)).toMatchObject({ state: 'offline', reason: 'source-publisher-absent' });
    relay.url = null;
    relay.say({ kind: 'down' });
    expect(status(pushed)).toMatchObject({ state: 'unknown', reason: 'relay-unavailable' });
    relay.url = 'http://127.0.0.1:8700';
    relay.pushing.set(pushed, 99);
    relay.say({ kind: 'up', baseUrl: relay.url });
    expect(status(pushed)).toMatchObject({ state: 'online', at: 99 });
    relay.say({ kind: 'ingest', url: relay.ingest });
    await publishing.stop();
    relay.pushing.delete(pushed);
    await clock.advance(comeBackMs);
    expect(status(pushed), 'nothing is said after the end').toMatchObject({ state: 'online', at: 99 });
  });

  it('is what its pushing says once nobody watches its pictures any more', async () => {
    const { relay, status, pushed, latest } = await city();
    relay.push(pushed, 77);
    const unplayable: CameraStatus = { state: 'offline', at: 90, by: 'relay', reason: 'source-no-key-picture' };
    latest.set({ collection: 'cameras', key: pushed, fields: { status: unplayable } });
    relay.path(pushed, 'failed');
    expect(status(pushed)).toEqual(unplayable);
    relay.path(pushed, 'idle');
    expect(status(pushed)).toMatchObject({ state: 'online', at: 77 });
  });

  it('of a camera that is to push from now on is known at once', async () => {
    const { put, status, publishing } = await city();
    const added = await put('C-3', { kind: 'rtmp' });
    expect(status(added)).toMatchObject({ state: 'offline', reason: 'source-publisher-absent' });
    expect(publishing.knows(added)).toBe(true);
    await put('C-3', { kind: 'rtsp', url: 'rtsp://h/b' });
    expect(status(added), 'what was known of its pushing says nothing now').toMatchObject({ state: 'unknown', reason: null });
    await publishing.stop();
    const later = await put('C-4', { kind: 'rtmp' });
    expect(status(later)).toBeUndefined();
  });
});
