import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { problem, ProblemError, type ErrorCode } from '../../main/contract/errors.ts';
import type { PlannedStream } from '../../layouts/contract.ts';
import { createCameraPlayer, type CameraPlayer } from './camera-player.ts';
import type { Lease, LeaseDesk } from './lease-desk.ts';
import type { PlayerEngine } from './player-engine.ts';

let leases: number;
let asked: object;
let ticketLifeMs: number;
let released: string[];
let refuse: ErrorCode | null;
let attached: { signal: AbortSignal; streams: (PlannedStream | undefined)[]; fail(reason: ErrorCode): void }[];
let lacking: ErrorCode | null;
let player: CameraPlayer;

const engine: PlayerEngine<HTMLVideoElement> = {
  name: 'hls',
  nominalDelayMs: 1500,
  cannotPlay: () => lacking,
  attach(_target, _offer, signal, stream) {
    const { promise, resolve } = Promise.withResolvers<ErrorCode | null>();
    signal.addEventListener('abort', () => resolve(null));
    const streams = [stream];
    attached.push({ signal, streams, fail: resolve });
    return { ended: promise, receivedAt: () => null, setStream: (next) => void streams.push(next) };
  },
};
const desk: LeaseDesk = {
  async lease(cameraId, profile, decodes) {
    if (refuse) throw new ProblemError(problem(refuse));
    leases += 1;
    asked = { cameraId, profile, decodes };
    return { leaseId: `lease-${leases}`, ticket: 't', expiresAt: Date.now() + ticketLifeMs, urls: { hls: '', socket: '' } } as Lease;
  },
  release: (leaseId) => void released.push(leaseId),
};

const settle = () => vi.advanceTimersByTimeAsync(0);

beforeEach(async () => {
  vi.useFakeTimers();
  leases = 0;
  ticketLifeMs = 0;
  released = [];
  refuse = null;
  lacking = null;
  attached = [];
});
afterEach(async () => {
  player.dispose();
  await settle();
  expectNothingLeft();
  vi.useRealTimers();
});
function expectNothingLeft(): void {
  if (vi.getTimerCount() !== 0) throw new Error(`${vi.getTimerCount()} timers left`);
  if (released.length !== leases) throw new Error(`${leases} leases, ${released.length} given back`);
}

const start = async () => {
  player = createCameraPlayer({
    hub: { hubNow: () => Date.now() },
    leases: desk,
    engine,
    target: document.createElement('video'),
    cameraId: 'c1',
    profile: 'sub',
    decodes: ['h264', 'h265'],
    random: () => 1,
  });
  await settle();
};

test('leases and plays', async () => {
  await start();
  expect(leases).toBe(1);
  expect(player.state.kind).toBe('playing');
  expect(player.failure).toBeNull();
  expect(asked).toEqual({ cameraId: 'c1', profile: 'sub', decodes: ['h264', 'h265'] });
});

test('a failure gives the lease back, is kept with its time, and is tried again', async () => {
  await start();
  const failedAt = Date.now();
  attached[0]!.fail('source-stalled');
  await settle();
  expect(released).toEqual(['lease-1']);
  expect(player.state).toEqual({ kind: 'waiting', reason: 'source-stalled' });
  expect(player.failure).toEqual({ reason: 'source-stalled', since: failedAt });
  await vi.advanceTimersByTimeAsync(200);
  expect(player.state.kind).toBe('playing');
  // Not over until a picture has been seen.
  expect(player.failure?.since).toBe(failedAt);
  attached[1]!.fail('source-file-missing');
  await settle();
  expect(player.failure).toEqual({ reason: 'source-file-missing', since: failedAt });
  await vi.advanceTimersByTimeAsync(400);
  player.pictureSeen();
  expect(player.failure).toBeNull();
});

test('it never gives up, and never waits longer than two seconds', async () => {
  refuse = 'unavailable';
  await start();
  for (let i = 0; i < 20; i++) await vi.advanceTimersByTimeAsync(2000);
  expect(player.state).toEqual({ kind: 'waiting', reason: 'unavailable' });
  refuse = null;
  await vi.advanceTimersByTimeAsync(2000);
  expect(player.state.kind).toBe('playing');
});

test('disposing ends the player and gives the lease back once', async () => {
  await start();
  player.dispose();
  await settle();
  expect(attached[0]!.signal.aborted).toBe(true);
  expect(released).toEqual(['lease-1']);
});

test('disposed while the hub still thinks: the late lease is given back and nothing is played', async () => {
  player = createCameraPlayer({
    hub: { hubNow: () => 0 },
    leases: desk,
    engine,
    target: document.createElement('video'),
    cameraId: 'c1',
    profile: 'sub',
    decodes: ['h264', 'h265'],
  });
  player.dispose();
  await settle();
  expect(attached).toEqual([]);
  expect(released).toEqual(['lease-1']);
});

test('a restart begins anew at once and is no failure', async () => {
  await start();
  player.restart();
  await settle();
  expect(leases).toBe(2);
  expect(released).toEqual(['lease-1']);
  expect(player.state.kind).toBe('playing');
  expect(player.failure).toBeNull();
});

test('a page that goes away gives its leases back', async () => {
  await start();
  dispatchEvent(new Event('pagehide'));
  expect(released).toEqual(['lease-1']);
});

test('a camera that does not start is tried again with the same lease while its ticket lasts, then with a new one', async () => {
  ticketLifeMs = 20_000;
  await start();
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    attached.at(-1)!.fail('source-file-missing');
    await vi.advanceTimersByTimeAsync(2000);
    expect(attached).toHaveLength(attempt + 1);
  }
  expect([leases, released]).toEqual([1, []]);
  await vi.advanceTimersByTimeAsync(20_000);
  attached.at(-1)!.fail('source-file-missing');
  await vi.advanceTimersByTimeAsync(2000);
  expect([leases, released]).toEqual([2, ['lease-1']]);
});

test.each(['path-starting', 'source-queued', 'source-budget', 'worker-unavailable', 'transcode-budget'] as const)(
  'what the relay cannot play yet (%s) costs no lease',
  async (reason) => {
    ticketLifeMs = 60_000;
    await start();
    attached[0]!.fail(reason);
    await vi.advanceTimersByTimeAsync(2000);
    expect([attached.length, leases, released]).toEqual([2, 1, []]);
  },
);

test('a ticket that turns out to be used is replaced at once', async () => {
  ticketLifeMs = 60_000;
  await start();
  attached[0]!.fail('source-stalled');
  await vi.advanceTimersByTimeAsync(2000);
  attached[1]!.fail('ticket-refused');
  await settle();
  expect([leases, attached.length, released]).toEqual([2, 3, ['lease-1']]);
});

test('an engine that cannot play says what is lacking, and costs no lease', async () => {
  lacking = 'insecure-context';
  await start();
  expect([player.state, leases]).toEqual([{ kind: 'waiting', reason: 'insecure-context' }, 0]);
});

test('another way of decoding goes to the running session and to those that follow', async () => {
  await start();
  player.setStream('key-only');
  player.setStream('key-only');
  attached[0]!.fail('source-stalled');
  await settle();
  player.setStream('still');
  await vi.advanceTimersByTimeAsync(200);
  expect(attached.map(({ streams }) => streams)).toEqual([['sub', 'key-only'], ['still']]);
});
