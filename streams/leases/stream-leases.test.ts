import { describe, expect, it } from 'vitest';
import { problem } from '../../main/contract/errors.ts';
import { silentLog } from '../../main/contract/log.ts';
import { MemoryLedger } from '../../main/hub/ledger/memory-ledger.ts';
import { createLatestValues } from '../../main/hub/readings/latest-values.ts';
import { ManualClock } from '../../main/hub/readings/manual-clock.ts';
import type { Profile } from '../contract.ts';
import { createDirectory } from '../directory/directory.ts';
import { callCommand, principalOf } from '../testdata/call-command.ts';
import { FakeRelay } from '../testdata/fake-relay.ts';
import { createStreamLeases, maxLeasesPerSession } from './stream-leases.ts';

async function city(options: { relay?: FakeRelay | null; source?: object; sessionAlive?: (id: string) => boolean } = {}) {
  const clock = new ManualClock(1000);
  const ledger = new MemoryLedger();
  const relay = options.relay === undefined ? new FakeRelay() : options.relay;
  const directory = createDirectory({ ledger, latest: createLatestValues({ flushMs: 100, clock }) });
  const sessionAlive = options.sessionAlive ?? (() => true);
  const leases = createStreamLeases({ ledger, relay, clock, log: silentLog, camera: directory.camera, sessionAlive });
  const base = {
    number: 'C-1',
    name: '路口',
    district: '329982001',
    source: { kind: 'rtsp' as const, url: 'rtsp://u:p@h/1', subUrl: 'rtsp://h/2' },
  };
  const change = async (what: object = {}) => callCommand(directory.handlers, ledger, 'camera.upsert', { ...base, ...what });
  const { cameraId } = await change(options.source ? { source: options.source } : {});
  const lease = async (profile: Profile = 'sub', session = 'session-1', signal = new AbortController().signal) =>
    callCommand(leases.handlers, ledger, 'stream.lease', { cameraId, profile }, { principal: principalOf(undefined, session), signal });
  const release = async (leaseId: string, session = 'session-1') =>
    callCommand(leases.handlers, ledger, 'stream.release', { leaseId }, { principal: principalOf(undefined, session) });
  const remove = async () => callCommand(directory.handlers, ledger, 'camera.remove', { cameraId });
  return { ledger, relay: relay as FakeRelay, leases, cameraId, change, lease, release, remove };
}

describe('stream.lease', () => {
  it('orders the full source from the relay and answers ticket and addresses', async () => {
    const { relay, lease, cameraId, leases } = await city();
    const { leaseId, ...answer } = await lease('sub');
    expect(relay.leases()).toEqual([
      {
        leaseId,
        cameraId,
        profile: 'sub',
        decodes: ['h264'],
        holder: 'session-1',
        source: { kind: 'rtsp', url: 'rtsp://u:p@h/1', subUrl: 'rtsp://h/2' },
      },
    ]);
    expect(answer).toEqual({
      ticket: `t/${leaseId}`,
      expiresAt: 61_000,
      urls: { hls: `http://127.0.0.1:8700/hls/open.m3u8?ticket=t%2F${leaseId}`, socket: 'ws://127.0.0.1:8700/socket' },
    });
    expect((await lease('sub')).leaseId).not.toBe(leaseId);
    expect(leases.size).toBe(2);
  });

  it.each([
    [{ kind: 'rtsp', url: 'rtsp://h/1', subUrl: 'rtsp://h/2' }, 'sub', 'sub'],
    [{ kind: 'rtsp', url: 'rtsp://h/1', subUrl: 'rtsp://h/2' }, 'main', 'main'],
    [{ kind: 'rtsp', url: 'rtsp://h/1' }, 'sub', 'main'],
    [{ kind: 'gb28181', deviceId: '32998201001180000001', channelId: '32998201041321000001' }, 'sub', 'sub'],
  ] as const)('%j asked for %s is watched by %s', async (source, wanted, profile) => {
    const { relay, lease } = await city({ source });
    await lease(wanted);
    expect(relay.leases()[0]?.profile).toBe(profile);
  });

  it('refuses without a camera, without a relay, and what the relay refuses', async () => {
    const { leases, ledger, relay, lease } = await city();
    const unknown = callCommand(leases.handlers, ledger, 'stream.lease', { cameraId: 'nobody', profile: 'sub' });
    await expect(unknown).rejects.toMatchObject({ problem: { code: 'camera-unknown' } });
    relay.refusal = problem('relay-overloaded');
    await expect(lease()).rejects.toMatchObject({ problem: { code: 'relay-overloaded' } });
    relay.url = null;
    await expect(lease()).rejects.toMatchObject({ problem: { code: 'relay-unavailable' } });
    expect(leases.size).toBe(0);
    await expect((await city({ relay: null })).lease()).rejects.toMatchObject({ problem: { code: 'relay-unavailable' } });
  });

  it('gives one session so many and no more; another still gets its own', async () => {
    const { lease, release } = await city();
    const first = await lease();
    for (let count = 1; count < maxLeasesPerSession; count += 1) await lease();
    await expect(lease()).rejects.toMatchObject({ problem: { code: 'too-many-leases' } });
    await lease('sub', 'session-2');
    await release(first.leaseId);
    await lease();
  });

  it.each([
    ['its session ends', 'playback-ended', 'session'],
    ['the camera is removed', 'playback-ended', 'camera'],
    ['its time is over', 'deadline-exceeded', 'time'],
    ['the relay goes down', 'relay-unavailable', 'relay'],
  ])('leaves nothing behind when %s while the relay opens the camera', async (_, code, what) => {
    const { relay, lease, leases, ledger, cameraId } = await city();
    const over = new AbortController();
    relay.meanwhile = () => {
      if (what === 'session') leases.sessionEnded('session-1');
      if (what === 'camera') ledger.commit([{ collection: 'cameras', op: 'delete', key: cameraId }], { kind: 'command', id: '', by: '' });
      if (what === 'time') over.abort();
      if (what === 'relay') relay.url = null;
    };
    await expect(lease('sub', 'session-1', over.signal)).rejects.toMatchObject({ problem: { code } });
    expect([leases.size, relay.orders.size]).toEqual([0, 0]);
  });
});

describe('the end of a lease', () => {
  it('is its release, by its own session only', async () => {
    const { relay, lease, release, leases } = await city();
    const { leaseId } = await lease();
    await expect(release(leaseId, 'session-2')).rejects.toMatchObject({ problem: { code: 'lease-unknown' } });
    await release(leaseId);
    expect(relay.closed).toEqual([leaseId]);
    await expect(release(leaseId)).rejects.toMatchObject({ problem: { code: 'lease-unknown' } });
    expect(leases.size).toBe(0);
  });

  it('is the end of its session', async () => {
    const { relay, lease, leases } = await city();
    const mine = [await lease(), await lease('main')];
    await lease('sub', 'session-2');
    leases.sessionEnded('session-1');
    expect(relay.closed).toEqual(mine.map(({ leaseId }) => leaseId));
    expect(leases.size).toBe(1);
  });

  it('is what the relay says', async () => {
    const { relay, lease, leases } = await city();
    const { leaseId } = await lease();
    relay.say({ kind: 'lease-ended', leaseId, reason: 'idle' });
    expect([leases.size, relay.closed]).toEqual([0, []]);
  });

  it.each([
    ['a new password', { source: { kind: 'rtsp', url: 'rtsp://u:new@h/1', subUrl: 'rtsp://h/2' } }, true],
    ['a new address', { source: { kind: 'rtsp', url: 'rtsp://h/9' } }, true],
    ['another district', { district: '329982002' }, true],
    ['another department', { groups: ['水利'] }, true],
    ['a new name', { name: '另一个' }, false],
    ['nothing', {}, false],
  ])('with %s of its camera: %j', async (_, what, ends) => {
    const { relay, lease, change } = await city();
    const { leaseId } = await lease();
    await change(what);
    expect(relay.closed).toEqual(ends ? [leaseId] : []);
  });

  it('is the end of its camera', async () => {
    const { relay, lease, remove, leases } = await city();
    const { leaseId } = await lease();
    await remove();
    expect([relay.closed, leases.size]).toEqual([[leaseId], 0]);
  });
});

describe('after a restart of the hub', () => {
  it('takes over the leases of sessions that are still valid and of cameras that still exist, and closes the others', async () => {
    const before = await city();
    const order = { profile: 'sub', decodes: ['h264'], source: { kind: 'rtsp', url: 'rtsp://h/1' } } as const;
    const { relay } = before;
    const after = await city({ relay, sessionAlive: (id) => id !== 'gone' });
    relay.orders.set('good', { ...order, leaseId: 'good', cameraId: after.cameraId, holder: 'session-1' });
    relay.orders.set('ended', { ...order, leaseId: 'ended', cameraId: after.cameraId, holder: 'gone' });
    relay.orders.set('blind', { ...order, leaseId: 'blind', cameraId: 'nobody', holder: 'session-1' });
    before.leases.stop();
    after.leases.start();
    expect(relay.closed).toEqual(['ended', 'blind']);
    expect(after.leases.size).toBe(1);
    relay.say({ kind: 'up', baseUrl: 'http://127.0.0.1:1' });
    expect(after.leases.size).toBe(1);
    await after.release('good');
    expect(relay.closed).toEqual(['ended', 'blind', 'good']);
    after.leases.stop();
    expect(relay.listening).toBe(0);
  });

  it('takes them over when the relay is reached later', async () => {
    const { relay, leases, cameraId } = await city();
    leases.start();
    relay.orders.set('late', {
      leaseId: 'late',
      cameraId,
      profile: 'sub',
      decodes: ['h264'],
      holder: 'session-9',
      source: { kind: 'rtsp', url: 'rtsp://h/1' },
    });
    relay.say({ kind: 'up', baseUrl: 'http://127.0.0.1:1' });
    expect(leases.size).toBe(1);
    leases.sessionEnded('session-9');
    expect(relay.closed).toEqual(['late']);
  });
});
