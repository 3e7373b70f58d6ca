import { describe, expect, it } from 'vitest';
import { createLatestValues } from '../../main/hub/readings/latest-values.ts';
import { ManualClock } from '../../main/hub/readings/manual-clock.ts';
import type { ErrorCode } from '../../main/contract/errors.ts';
import type { CameraLink } from '../contract.ts';
import { FakeRelay } from '../testdata/fake-relay.ts';
import { createRelayStatus } from './relay-status.ts';

function open() {
  const clock = new ManualClock(5000);
  const latest = createLatestValues({ flushMs: 100, clock });
  const relay = new FakeRelay();
  const change = { source: (_id: string) => {} };
  const status = createRelayStatus({
    relay,
    latest,
    clock,
    cameraExists: (id) => id !== 'gone',
    onSourceChange: (listener) => ((change.source = listener), () => {}),
  });
  const of = (id: string) => latest.get('cameras', id)?.['status'];
  return { relay, latest, clock, status, change, of, linkOf: (id: string) => latest.get('cameras', id)?.['link'] as CameraLink | null };
}

const online = (at: number) => ({ state: 'online', at, by: 'relay', reason: null });
const offline = (at: number, reason: string) => ({ state: 'offline', at, by: 'relay', reason });

describe('what the relay tells about cameras', () => {
  it('is that a camera is online once its path is ready, and offline with the reason when it failed', () => {
    const { relay, status, of } = open();
    relay.path('a', 'starting');
    expect([of('a'), status.knows('a')]).toEqual([undefined, true]);
    relay.path('a', 'ready', { since: 200 });
    expect(of('a')).toEqual(online(200));
    relay.path('a', 'failed', { since: 300, reason: 'source-stalled' });
    expect(of('a')).toEqual(offline(300, 'source-stalled'));
    relay.path('a', 'starting', { since: 400 });
    expect(of('a'), 'trying again proves nothing').toEqual(offline(300, 'source-stalled'));
    relay.path('a', 'idle', { since: 500 });
    expect([of('a'), status.knows('a')]).toEqual([offline(300, 'source-stalled'), false]);
  });

  it('keeps a camera online while one of its profiles is ready, and says a state once', () => {
    const { relay, latest, of } = open();
    relay.path('a', 'ready', { profile: 'main', since: 200 });
    relay.path('a', 'failed', { profile: 'sub', since: 300 });
    expect(of('a')).toEqual(online(200));
    const { coalesced } = latest;
    relay.path('a', 'ready', { profile: 'main', since: 200, viewers: 7 });
    expect(latest.coalesced).toBe(coalesced);
    relay.path('a', 'failed', { profile: 'main', since: 400 });
    expect(of('a')).toEqual(offline(400, 'source-failed'));
  });

  it.each<[ErrorCode, unknown]>([
    ['source-budget', online(200)],
    ['source-queued', online(200)],
    ['worker-unavailable', online(200)],
    ['source-address-refused', { state: 'unknown', at: 300, by: 'relay', reason: 'source-address-refused' }],
    ['source-quarantined', offline(300, 'source-quarantined')],
    ['source-login-refused', offline(300, 'source-login-refused')],
  ])('is not that a camera is offline when it is we who do not open it: %s', (reason, status) => {
    const { relay, of } = open();
    relay.path('a', 'ready', { since: 200 });
    relay.path('a', 'failed', { since: 300, reason });
    expect(of('a')).toEqual(status);
  });

  it('is nothing about cameras that the directory does not have', () => {
    const { relay, of, status } = open();
    relay.path('gone', 'ready');
    expect([of('gone'), status.knows('gone')]).toEqual([undefined, false]);
  });

  it('is known no more when the relay is lost, and again when it is back', () => {
    const { relay, of, status } = open();
    relay.path('a', 'ready', { since: 200 });
    relay.say({ kind: 'down' });
    expect(of('a')).toEqual({ state: 'unknown', at: 5000, by: 'relay', reason: 'relay-unavailable' });
    expect(status.knows('a')).toBe(false);
    relay.say({ kind: 'up', baseUrl: 'http://127.0.0.1:1' });
    expect(of('a')).toEqual(online(200));
    status.stop();
    expect(relay.listening).toBe(0);
  });

  it('counts for the source that it was learnt from: a path that still shows the one before proves nothing', () => {
    const { relay, of, linkOf, change, status } = open();
    relay.path('a', 'ready', { since: 200, codec: 'h264' });
    change.source('a');
    const unknown = { state: 'unknown', at: null, by: null, reason: null };
    expect([of('a'), linkOf('a'), status.knows('a')]).toEqual([unknown, null, true]);
    relay.path('a', 'ready', { since: 200, codec: 'h264', viewers: 0 });
    relay.path('a', 'draining', { since: 5001, codec: 'h264' });
    expect([of('a'), linkOf('a')]).toEqual([unknown, null]);
    relay.path('a', 'starting', { since: 5002 });
    relay.path('a', 'ready', { since: 5003, codec: 'h264' });
    expect(of('a')).toEqual(online(5003));
    expect(linkOf('a')).toMatchObject({ codec: 'h264' });
    relay.path('b', 'failed', { since: 300 });
    change.source('b');
    relay.path('b', 'failed', { since: 300, leases: 0 });
    expect(of('b'), 'nor does its failure').toEqual(unknown);
    change.source('c');
    expect(of('c'), 'of whom nothing was known').toBeUndefined();
  });

  it('is as old as the latest picture when nobody watches any more', () => {
    const { relay, of } = open();
    relay.path('a', 'ready', { since: 200 });
    relay.path('a', 'draining', { since: 4000, lastUnitAt: 3990 });
    relay.path('a', 'idle', { since: 4500, lastUnitAt: 4490 });
    expect(of('a')).toEqual(online(4490));
  });

  it('is heard from a relay that was at work before the hub', () => {
    const { relay, of, status } = open();
    relay.path('a', 'ready', { since: 200 });
    const later = open();
    later.relay.reports = relay.reports;
    later.status.start();
    expect(later.of('a')).toEqual(of('a'));
    status.stop();
  });
});

describe('what the relay measures of a camera', () => {
  const quality = { transport: 'tcp', packets: 100, lost: 2, reordered: 0, duplicated: 0, jitterMs: 3 } as const;
  it('is not zero before anything was measured, and zero when that was measured', () => {
    const { relay, clock, linkOf } = open();
    relay.path('a', 'ready', { codec: 'h264', fps: 0, kbps: 0, since: clock.now() });
    expect(linkOf('a')).toMatchObject({ codec: 'h264', fps: null, kbps: null });
    relay.path('a', 'ready', { codec: 'h264', fps: 25, kbps: 900, since: clock.now() });
    expect(linkOf('a')).toMatchObject({ fps: 25, kbps: 900 });
    const since = clock.now();
    clock.advance(5000);
    relay.path('a', 'ready', { codec: 'h264', fps: 0, kbps: 0, since });
    expect(linkOf('a')).toMatchObject({ fps: 0, kbps: 0 });
  });

  const measured = { codec: 'h264', fps: 25, kbps: 900, gopMs: 2000, link: quality } as const;

  it('is shown while pictures come, full-size ones first, and not when they end', () => {
    const { relay, linkOf } = open();
    relay.path('a', 'starting');
    expect(linkOf('a')).toBeUndefined();
    relay.path('a', 'ready', { ...measured });
    expect(linkOf('a')).toEqual({ at: 5000, profile: 'sub', codec: 'h264', fps: 25, kbps: 900, gopMs: 2000, transcoding: false, quality });
    relay.path('a', 'ready', { ...measured, profile: 'main', kbps: 4000 });
    expect(linkOf('a')).toMatchObject({ profile: 'main', kbps: 4000 });
    relay.path('a', 'failed', { profile: 'main', reason: 'source-ended' });
    expect(linkOf('a')).toMatchObject({ profile: 'sub' });
    relay.path('a', 'draining', { ...measured });
    expect(linkOf('a'), 'nobody measures any more').toBeNull();
    relay.path('a', 'idle');
    expect(linkOf('a')).toBeNull();
  });

  it('is told every two seconds at most, but a change of codec or transcoding at once', () => {
    const { relay, clock, linkOf } = open();
    relay.path('a', 'ready', { ...measured });
    clock.advance(1999);
    relay.path('a', 'ready', { ...measured, kbps: 1 });
    expect(linkOf('a')?.kbps).toBe(900);
    clock.advance(1);
    relay.path('a', 'ready', { ...measured, kbps: 2 });
    expect(linkOf('a')?.kbps).toBe(2);
    relay.path('a', 'ready', { ...measured, codec: 'h265' });
    expect(linkOf('a')?.codec).toBe('h265');
    relay.path('a', 'ready', { ...measured, codec: 'h265', transcoding: true });
    expect(linkOf('a')?.transcoding).toBe(true);
  });

  it('is known no more when the relay is lost', () => {
    const { relay, linkOf } = open();
    relay.path('a', 'ready', { ...measured });
    relay.say({ kind: 'down' });
    expect(linkOf('a')).toBeNull();
  });
});
