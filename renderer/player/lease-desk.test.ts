import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { problem, ProblemError, type ErrorCode } from '../../main/contract/errors.ts';
import { createFakeHub, type FakeHub } from '../hub-client/fake-hub.ts';
import { createLeaseDesk, type LeaseDesk } from './lease-desk.ts';

let hub: FakeHub;
let desk: LeaseDesk;
/** Cameras that this session may not see, and those that the hub has no lease for. */
let outside: Set<string>;
let broken: Set<string>;

const leaseOf = (cameraId: string) => ({
  leaseId: `lease-${cameraId}`,
  ticket: `t-${cameraId}`,
  expiresAt: 0,
  urls: { hls: '', socket: '' },
});
const refusal = (code: ErrorCode) => new ProblemError(problem(code));
type Many = { wants: { cameraId: string; profile: string }[]; decodes: string[] };

beforeEach(() => {
  vi.useFakeTimers();
  hub = createFakeHub();
  desk = createLeaseDesk(hub);
  outside = new Set();
  broken = new Set();
  hub.answers.set('stream.lease', ({ cameraId }: { cameraId: string }) => {
    if (outside.has(cameraId)) throw refusal('out-of-scope');
    return leaseOf(cameraId);
  });
  hub.answers.set('stream.lease-many', ({ wants }: Many) => {
    if (wants.some(({ cameraId }) => outside.has(cameraId))) throw refusal('out-of-scope');
    return { leases: wants.map(({ cameraId }) => (broken.has(cameraId) ? { error: problem('relay-overloaded') } : leaseOf(cameraId))) };
  });
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const camera = (nth: number) => `c${nth}`;
const askFor = async (cameras: readonly string[]) => {
  const answers = cameras.map((id) =>
    desk.lease(id, 'sub', ['h264']).then(
      ({ leaseId }) => leaseId,
      (error: unknown) => (error as ProblemError).problem.code,
    ),
  );
  await vi.runAllTimersAsync();
  return Promise.all(answers);
};
const asked = () => hub.commands.map(({ name }) => name);

test('what is wanted in the same turn is asked for at once, and everybody gets his own', async () => {
  broken.add('c1');
  expect(await askFor([0, 1, 2].map(camera))).toEqual(['lease-c0', 'relay-overloaded', 'lease-c2']);
  expect(hub.commands).toEqual([
    { name: 'stream.lease-many', args: { wants: [0, 1, 2].map((nth) => ({ cameraId: camera(nth), profile: 'sub' })), decodes: ['h264'] } },
  ]);
});

test('one alone is a plain lease', async () => {
  expect(await askFor(['c0'])).toEqual(['lease-c0']);
  expect(hub.commands).toEqual([{ name: 'stream.lease', args: { cameraId: 'c0', profile: 'sub', decodes: ['h264'] } }]);
});

test('the next turn is another command', async () => {
  await askFor(['c0', 'c1']);
  await askFor(['c2', 'c3']);
  expect(asked()).toEqual(['stream.lease-many', 'stream.lease-many']);
});

test('more than the command takes are several', async () => {
  const answers = await askFor(Array.from({ length: 1025 }, (_, nth) => camera(nth)));
  expect(answers.at(-1)).toBe('lease-c1024');
  expect(asked()).toEqual(['stream.lease-many', 'stream.lease-many', 'stream.lease']);
  expect((hub.commands[0]!.args as Many).wants).toHaveLength(512);
});

test('those who decode something else are asked for apart', async () => {
  const both = [desk.lease('c0', 'sub', ['h264']), desk.lease('c1', 'main', ['h264', 'h265'])];
  await vi.runAllTimersAsync();
  await Promise.all(both);
  expect(hub.commands.map(({ args }) => args)).toEqual([
    { cameraId: 'c0', profile: 'sub', decodes: ['h264'] },
    { cameraId: 'c1', profile: 'main', decodes: ['h264', 'h265'] },
  ]);
});

test('a camera that may not be seen is refused alone', async () => {
  outside.add('c3');
  const answers = await askFor(Array.from({ length: 64 }, (_, nth) => camera(nth)));
  expect(answers).toEqual(Array.from({ length: 64 }, (_, nth) => (nth === 3 ? 'out-of-scope' : `lease-c${nth}`)));
  // By halves, and not one by one.
  expect(asked().length).toBeLessThanOrEqual(13);
});

test('any other refusal is everybody’s', async () => {
  hub.answers.set('stream.lease-many', () => {
    throw refusal('too-many-requests');
  });
  expect(await askFor(['c0', 'c1'])).toEqual(['too-many-requests', 'too-many-requests']);
  expect(asked()).toEqual(['stream.lease-many']);
});

test('gives back, and does not mind a hub that is away', async () => {
  desk.release('lease-1');
  await vi.runAllTimersAsync();
  expect(hub.commands).toEqual([{ name: 'stream.release', args: { leaseId: 'lease-1' } }]);
});
