import { describe, expect, it } from 'vitest';
import type { CommandContext } from '../../main/contract/define-command.ts';
import { problem } from '../../main/contract/errors.ts';
import type { CameraId } from '../../main/contract/ids.ts';
import { silentLog } from '../../main/contract/log.ts';
import { MemoryLedger } from '../../main/hub/ledger/memory-ledger.ts';
import { createLatestValues } from '../../main/hub/readings/latest-values.ts';
import { ManualClock } from '../../main/hub/readings/manual-clock.ts';
import { streamLeaseMany, type Profile } from '../contract.ts';
import { createDirectory } from '../directory/directory.ts';
import { callCommand, principalOf } from '../testdata/call-command.ts';
import { FakeRelay } from '../testdata/fake-relay.ts';
import { createStreamLeases, maxLeasesPerSession } from './stream-leases.ts';
import type { WatchListener } from './watch-listener.ts';

async function city(options: { relay?: FakeRelay | null; source?: object; sessionAlive?: (id: string) => boolean } = {}) {
  const clock = new ManualClock(1000);
  const ledger = new MemoryLedger();
  const relay = options.relay === undefined ? new FakeRelay() : options.relay;
  const directory = createDirectory({ ledger, latest: createLatestValues({ flushMs: 100, clock }) });
  const sessionAlive = options.sessionAlive ?? (() => true);
  const told: string[] = [];
  const watching: WatchListener = {
    given: ({ sessionId, cameraId: id }, commandId) => void told.push(`given ${sessionId} ${id} ${commandId}`),
    ended: ({ sessionId, cameraId: id }) => void told.push(`ended ${sessionId} ${id}`),
    adopted: () => void told.push('adopted'),
  };
  const leases = createStreamLeases({ ledger, relay, clock, log: silentLog, camera: directory.camera, sessionAlive, watching });
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
  const leaseMany = async (cameras: readonly string[], signal = new AbortController().signal) =>
    (
      await callCommand(
        leases.handlers,
        ledger,
        'stream.lease-many',
        { wants: cameras.map((id) => ({ cameraId: id as CameraId, profile: 'sub' as const })), decodes: ['h264', 'h265'] },
        { principal: principalOf(undefined, 'session-1'), signal },
      )
    ).leases;
  return { ledger, relay: relay as FakeRelay, leases, cameraId, change, lease, leaseMany, release, remove, told };
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

describe('stream.lease-many', () => {
  const codes = (answers: Awaited<ReturnType<Awaited<ReturnType<typeof city>>['leaseMany']>>) =>
    answers.map((answer) => ('error' in answer ? answer.error.code : 'given'));

  it('answers in order, each with its lease or why there is none', async () => {
    const { relay, leaseMany, cameraId, change, leases } = await city();
    const { cameraId: other } = await change({ number: 'C-2', source: { kind: 'rtsp', url: 'rtsp://h/3' } });
    const answers = await leaseMany([cameraId, 'nobody', other, cameraId]);
    expect(codes(answers)).toEqual(['given', 'camera-unknown', 'given', 'given']);
    const given = answers.flatMap((answer) => ('error' in answer ? [] : [answer]));
    expect(relay.leases().map((order) => [order.leaseId, order.cameraId, order.profile, order.decodes, order.holder])).toEqual([
      [given[0]!.leaseId, cameraId, 'sub', ['h264', 'h265'], 'session-1'],
      [given[1]!.leaseId, other, 'main', ['h264', 'h265'], 'session-1'],
      [given[2]!.leaseId, cameraId, 'sub', ['h264', 'h265'], 'session-1'],
    ]);
    expect(given.map(({ ticket }) => ticket)).toEqual(given.map(({ leaseId }) => `t/${leaseId}`));
    expect(leases.size).toBe(3);
  });

  it('asks the relay for all of them at once', async () => {
    const { relay, leaseMany, cameraId, leases } = await city();
    const bookedWhenOpened: number[] = [];
    relay.meanwhile = () => bookedWhenOpened.push(leases.size);
    await leaseMany([cameraId, cameraId, cameraId]);
    expect(bookedWhenOpened).toEqual([3, 3, 3]);
  });

  it('lets one that the relay refuses disturb no other', async () => {
    const { relay, leaseMany, cameraId, leases } = await city();
    let opened = 0;
    relay.meanwhile = () => {
      opened += 1;
      relay.refusal = opened === 2 ? problem('relay-overloaded') : null;
    };
    expect(codes(await leaseMany([cameraId, cameraId, cameraId]))).toEqual(['given', 'relay-overloaded', 'given']);
    expect([leases.size, relay.orders.size]).toEqual([2, 2]);
  });

  it('counts against the same limit as single leases', async () => {
    const { lease, leaseMany, cameraId } = await city();
    for (let count = 2; count < maxLeasesPerSession; count += 1) await lease();
    expect(codes(await leaseMany([cameraId, cameraId, cameraId]))).toEqual(['given', 'given', 'too-many-leases']);
  });

  it.each([
    ['its session ends', 'session', ['playback-ended', 'playback-ended', 'playback-ended']],
    ['its camera is removed', 'camera', ['playback-ended', 'playback-ended', 'playback-ended']],
    ['its time is over', 'time', null],
  ] as const)('leaves nothing behind when %s while the last one is being opened', async (_, what, answers) => {
    const { relay, leaseMany, leases, ledger, cameraId } = await city();
    const over = new AbortController();
    let opened = 0;
    relay.meanwhile = () => {
      opened += 1;
      if (opened < 3) return;
      if (what === 'session') leases.sessionEnded('session-1');
      if (what === 'camera') ledger.commit([{ collection: 'cameras', op: 'delete', key: cameraId }], { kind: 'command', id: '', by: '' });
      if (what === 'time') over.abort();
    };
    const asked = leaseMany([cameraId, cameraId, cameraId], over.signal);
    if (answers) expect(codes(await asked)).toEqual(answers);
    else await expect(asked).rejects.toMatchObject({ problem: { code: 'deadline-exceeded' } });
    expect([leases.size, relay.orders.size]).toEqual([0, 0]);
  });

  it('tells the audit the cameras and how it went, and no ticket', async () => {
    const { leases, cameraId } = await city();
    const args = streamLeaseMany.args.parse({ wants: ['nobody', cameraId, cameraId].map((id) => ({ cameraId: id, profile: 'sub' })) });
    expect(streamLeaseMany.redact!(args)).toEqual({ pictures: 3, cameras: ['nobody', cameraId] });
    const context = { principal: principalOf(), signal: new AbortController().signal } as CommandContext;
    const answer = await leases.handlers['stream.lease-many'](args, context);
    expect(answer).toMatchObject({ ok: true, value: { after: { given: 2, refused: { 'camera-unknown': 1 } } } });
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

describe('who watches is told', () => {
  it('with the command that asked, and again when each lease ends, however it does', async () => {
    const { told, lease, leaseMany, release, relay, leases, cameraId } = await city();
    const first = await lease();
    await leaseMany([cameraId, 'nobody', cameraId]);
    const given = `given session-1 ${cameraId} command-1`;
    expect(told.splice(0)).toEqual([given, given, given]);
    await release(first.leaseId);
    relay.say({ kind: 'lease-ended', leaseId: [...relay.orders.keys()][0]!, reason: 'idle' });
    leases.sessionEnded('session-1');
    const ended = `ended session-1 ${cameraId}`;
    expect(told).toEqual([ended, ended, ended]);
  });

  it('not of what came to nothing', async () => {
    const { told, lease, relay, leases } = await city();
    relay.refusal = problem('relay-overloaded');
    await expect(lease()).rejects.toThrow();
    relay.refusal = null;
    relay.meanwhile = () => leases.sessionEnded('session-1');
    await expect(lease()).rejects.toThrow();
    expect(told).toEqual([]);
  });

  it('of what a running relay holds, once it is reached', async () => {
    const { told, relay, leases, cameraId } = await city();
    relay.url = null;
    leases.start();
    expect(told).toEqual([]);
    relay.orders.set('good', {
      leaseId: 'good',
      cameraId,
      profile: 'sub',
      decodes: ['h264'],
      holder: 'session-9',
      source: { kind: 'rtsp', url: 'rtsp://h/1' },
    });
    relay.url = 'http://127.0.0.1:1';
    relay.say({ kind: 'up', baseUrl: 'http://127.0.0.1:1' });
    expect(told).toEqual([`given session-9 ${cameraId} null`, 'adopted']);
  });

  it('of nothing to take over where there is no relay', async () => {
    const { told, leases } = await city({ relay: null });
    leases.start();
    expect(told).toEqual(['adopted']);
  });
});
