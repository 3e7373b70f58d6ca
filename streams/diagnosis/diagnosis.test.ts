import { describe, expect, it } from 'vitest';
import { commands } from '../../main/contract/catalog.ts';
import { problem } from '../../main/contract/errors.ts';
import { ok } from '../../main/contract/result.ts';
import { MemoryLedger } from '../../main/hub/ledger/memory-ledger.ts';
import { createLatestValues } from '../../main/hub/readings/latest-values.ts';
import { ManualClock } from '../../main/hub/readings/manual-clock.ts';
import { createDirectory } from '../directory/directory.ts';
import { sourceSecretKey } from '../directory/source-of.ts';
import type { LeaseOrder } from '../media/media-relay.ts';
import { isMark } from '../watermark/mark-text.ts';
import { callCommand, principalOf } from '../testdata/call-command.ts';
import { FakeRelay } from '../testdata/fake-relay.ts';
import { countingMs, createDiagnosis, diagnosesAtOnce, ofOneSession, pictureWithinMs } from './diagnosis.ts';
import type { ShowingTile } from './showing-tile.ts';

async function city(more: { relay?: FakeRelay | null; tiles?: readonly ShowingTile[]; source?: object } = {}) {
  const clock = new ManualClock(5000);
  const ledger = new MemoryLedger();
  const relay = more.relay === undefined ? new FakeRelay() : more.relay;
  const directory = createDirectory({ ledger, latest: createLatestValues({ flushMs: 1e12, clock }) });
  const handlers = createDiagnosis({
    ledger,
    relay,
    clock,
    timeZone: 'Asia/Shanghai',
    camera: directory.camera,
    showing: () => more.tiles ?? [],
  });
  const { cameraId } = await callCommand(directory.handlers, ledger, 'camera.upsert', {
    number: 'C-1',
    name: '路口',
    district: '329982001',
    source: (more.source ?? { kind: 'rtsp', url: 'rtsp://u:p@h:554/1', subUrl: 'rtsp://h:555/2' }) as { kind: 'rtsp'; url: string },
  });
  return {
    clock,
    ledger,
    relay: relay as FakeRelay,
    cameraId: cameraId as string,
    diagnose: (id: string = cameraId, signal = new AbortController().signal, session = 'session-1') =>
      callCommand(handlers, ledger, 'camera.diagnose', { cameraId: id }, { signal, principal: principalOf(undefined, session) }),
    snapshot: (profile: 'main' | 'sub' = 'main', session = 'session-1') =>
      callCommand(handlers, ledger, 'camera.snapshot', { cameraId, profile }, { principal: principalOf(undefined, session) }),
    /** Lets everything that is ready run. */
    settle: () => clock.advance(0),
  };
}
type City = Awaited<ReturnType<typeof city>>;

const orderOf = ({ relay }: City): LeaseOrder => [...relay.orders.values()][0]!;
const nothingLeft = ({ relay, clock }: City) => expect([relay.orders.size, relay.listening, clock.sleeping]).toEqual([0, 0, 0]);

describe('camera.diagnose', () => {
  it('opens the camera as a viewer would, waits for its picture, counts packets, and gives the lease back', async () => {
    const here = await city();
    const answer = here.diagnose();
    await here.settle();
    expect(orderOf(here)).toMatchObject({
      profile: 'sub',
      decodes: ['h264', 'h265'],
      holder: 'diagnosis',
      purpose: 'diagnosis',
      source: { url: 'rtsp://u:p@h:554/1' },
    });
    await here.clock.advance(700);
    here.relay.path(here.cameraId, 'ready', { codec: 'h264' });
    await here.settle();
    here.relay.path(here.cameraId, 'ready', {
      codec: 'h264',
      link: { transport: 'udp', packets: 90, lost: 10, reordered: 0, duplicated: 0, jitterMs: 1 },
    });
    await here.clock.advance(countingMs);
    const result = await answer;
    expect(result).toMatchObject({ cameraId: here.cameraId, profile: 'sub', at: 5000, tookMs: 700 + countingMs, failed: null });
    expect(result.steps.find(({ step }) => step === 'loss')).toMatchObject({
      outcome: 'warning',
      params: { percent: 10, transport: 'udp' },
    });
    expect(result.steps[0]).toMatchObject({ step: 'directory', outcome: 'ok', params: { number: 'C-1', address: 'h:555' } });
    expect(JSON.stringify(result)).not.toContain('u:p');
    nothingLeft(here);
  });

  it('ends as soon as the camera fails, with its reason', async () => {
    const here = await city();
    const answer = here.diagnose();
    await here.settle();
    here.relay.path(here.cameraId, 'starting');
    here.relay.path(here.cameraId, 'failed', { reason: 'source-login-refused' });
    const { failed, steps } = await answer;
    expect([failed, steps.find(({ outcome }) => outcome === 'failed')?.reason]).toEqual(['login', 'source-login-refused']);
    nothingLeft(here);
  });

  it('is quick about a camera that is open already', async () => {
    const here = await city({ source: { kind: 'file', url: 'clip:bridge' } });
    here.relay.path(here.cameraId, 'ready', { profile: 'main', viewers: 3 });
    const { failed, steps, profile } = await here.diagnose();
    expect([failed, profile]).toEqual([null, 'sub']);
    expect(steps.find(({ step }) => step === 'lease')?.params).toEqual({ viewers: 3 });
    nothingLeft(here);
  });

  it('waits so long and no longer', async () => {
    const here = await city();
    const answer = here.diagnose();
    await here.settle();
    here.relay.path(here.cameraId, 'starting');
    await here.clock.advance(pictureWithinMs);
    expect(await answer).toMatchObject({ failed: 'resolve', tookMs: pictureWithinMs });
    nothingLeft(here);
  });

  it.each([
    ['refuses', 'relay-overloaded', (here: City) => (here.relay.refusal = problem('relay-overloaded'))],
    ['is down', 'relay-unavailable', (here: City) => (here.relay.url = null)],
  ])('says so when the relay %s', async (_, code, prepare) => {
    const here = await city();
    prepare(here);
    const { failed, steps } = await here.diagnose();
    expect([failed, steps.find(({ step }) => step === 'lease')?.reason]).toEqual(['lease', code]);
    nothingLeft(here);
  });

  it('does not wait for a relay that goes down meanwhile', async () => {
    const here = await city();
    const answer = here.diagnose();
    await here.settle();
    here.relay.url = null;
    here.relay.say({ kind: 'down' });
    expect(await answer).toMatchObject({ failed: 'lease' });
    nothingLeft(here);
  });

  it('knows a hub without a relay, a camera that is not there, and a source that cannot be read', async () => {
    expect(await (await city({ relay: null })).diagnose()).toMatchObject({ failed: 'lease' });
    const here = await city();
    expect(await here.diagnose('nobody')).toMatchObject({ failed: 'directory' });
    here.ledger.commit([], { kind: 'start', id: '', by: '' }, [{ key: sourceSecretKey(here.cameraId), value: null }]);
    const { failed, steps } = await here.diagnose();
    expect([failed, steps[0]?.reason, steps[0]?.params['reason']]).toEqual(['directory', 'source-invalid', 'secret-lost']);
  });

  it('tells what walls make of the picture', async () => {
    const shown: ShowingTile = {
      wall: '主墙',
      screen: '左屏',
      tileId: 'g-0-0',
      state: 'offline',
      engine: 'none',
      stream: null,
      fps: null,
      frameAgeMs: null,
      reason: 'decode-budget',
    };
    const here = await city({ tiles: [shown], source: { kind: 'file', url: 'clip:bridge' } });
    here.relay.path(here.cameraId, 'ready', { profile: 'main' });
    expect(await here.diagnose()).toMatchObject({ failed: 'decoder' });
  });

  it('makes so many at once and no more, and ends with its command', async () => {
    const here = await city();
    const over = new AbortController();
    const by = (session: number) => here.diagnose(here.cameraId, over.signal, `session-${session}`);
    const refused = (max: number) => ({ problem: { code: 'too-many-requests', params: { max } } });
    const answers = Array.from({ length: ofOneSession }, () => by(1));
    await here.settle();
    await expect(by(1), 'nobody takes all places').rejects.toMatchObject(refused(ofOneSession));
    for (let session = 2; answers.length < diagnosesAtOnce; session += 1) answers.push(by(session));
    await here.settle();
    await expect(by(99)).rejects.toMatchObject(refused(diagnosesAtOnce));
    over.abort();
    await Promise.all(answers);
    nothingLeft(here);
    here.relay.path(here.cameraId, 'failed', { reason: 'source-failed' });
    expect(await here.diagnose()).toMatchObject({ failed: 'resolve' });
  });
});

describe('camera.snapshot', () => {
  it('opens the camera, takes its picture and closes it', async () => {
    const here = await city();
    here.relay.picture = ok({ at: 4000, width: 1920, height: 1080, jpeg: new Uint8Array([0xff, 0xd8, 0xff, 0xd9]) });
    const answer = here.snapshot();
    await here.settle();
    expect(orderOf(here)).toMatchObject({ profile: 'main', purpose: 'watch' });
    here.relay.path(here.cameraId, 'ready', { profile: 'main' });
    expect(await answer).toEqual({ at: 4000, width: 1920, height: 1080, jpeg: '/9j/2Q==' });
    // Who asks, from where, when by the hub's clock, and which camera.
    expect(here.relay.marks).toEqual(['tester 127.0.0.1 1970-01-01 08:00:05 UTC+08:00 C-1']);
    expect(here.relay.marks.every(isMark)).toBe(true);
    nothingLeft(here);
  });

  it('takes no word from whoever asks about the mark', async () => {
    const args = commands.find(({ name }) => name === 'camera.snapshot')!.args;
    expect(Object.keys(args.shape)).toEqual(['cameraId', 'profile']);
    for (const more of [{ mark: '' }, { watermark: false }, { raw: true }])
      expect(args.safeParse({ cameraId: 'c', ...more }).success).toBe(false);
  });

  it('fails as the camera does, or as the one who makes pictures does', async () => {
    const here = await city();
    here.relay.path(here.cameraId, 'failed', { profile: 'main', reason: 'source-unreachable' });
    await expect(here.snapshot()).rejects.toMatchObject({ problem: { code: 'source-unreachable' } });
    here.relay.path(here.cameraId, 'ready', { profile: 'main' });
    await expect(here.snapshot()).rejects.toMatchObject({ problem: { code: 'path-starting' } });
    here.relay.url = null;
    await expect(here.snapshot()).rejects.toMatchObject({ problem: { code: 'relay-unavailable' } });
    nothingLeft(here);
  });
});
