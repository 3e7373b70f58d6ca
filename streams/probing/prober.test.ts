import { describe, expect, it } from 'vitest';
import { problem } from '../../main/contract/errors.ts';
import { silentLog } from '../../main/contract/log.ts';
import { MemoryLedger } from '../../main/hub/ledger/memory-ledger.ts';
import { createLatestValues } from '../../main/hub/readings/latest-values.ts';
import { ManualClock } from '../../main/hub/readings/manual-clock.ts';
import type { CameraStatus } from '../contract.ts';
import { createDirectory } from '../directory/directory.ts';
import { sourceSecretKey } from '../directory/source-of.ts';
import { callCommand } from '../testdata/call-command.ts';
import { FakeRelay } from '../testdata/fake-relay.ts';
import { Prober, tickMs } from './prober.ts';

const roundMs = 600_000;
const startedAt = 1_700_000_000_000;
const online = { state: 'online', reason: null, ms: 4 } as const;
const offline = { state: 'offline', reason: 'source-unreachable', ms: 900 } as const;

function city(count: number, more: { atOnce?: number; knownByRelay?: (id: string) => boolean } = {}) {
  const clock = new ManualClock(startedAt);
  const ledger = new MemoryLedger();
  const latest = createLatestValues({ flushMs: 1e12, clock });
  const relay = new FakeRelay();
  const directory = createDirectory({ ledger, latest });
  const put = (number: string, source: object = { kind: 'rtsp', url: `rtsp://h${number}/1` }, rest: object = {}) =>
    callCommand(directory.handlers, ledger, 'camera.upsert', {
      number,
      name: '路口',
      district: '329982001',
      source: source as { kind: 'rtsp'; url: string },
      ...rest,
    });
  const settings = { roundMs, method: 'describe' as const, atOnce: more.atOnce ?? 64 };
  const prober = new Prober({ ledger, latest, relay, clock, log: silentLog, settings, knownByRelay: more.knownByRelay ?? (() => false) });
  const ending = new AbortController();
  const pass = async (ms: number) => {
    for (let left = ms; left > 0; left -= tickMs) await clock.advance(Math.min(tickMs, left));
  };
  return {
    clock,
    ledger,
    latest,
    relay,
    directory,
    prober,
    put,
    pass,
    status: (id: string) => latest.get('cameras', id)?.['status'] as CameraStatus | undefined,
    asked: () => relay.probed.flatMap(({ targets }) => targets.map(({ cameraId }) => cameraId)),
    begin: async () => {
      for (let number = 0; number < count; number += 1) await put(`C-${number}`);
      const running = prober.run(ending.signal);
      return {
        stop: async () => {
          ending.abort();
          await running;
        },
      };
    },
  };
}

describe('the prober', () => {
  it('asks every camera within the round, at most so many at once, and tells what it learnt', async () => {
    const { begin, pass, relay, asked, prober, status, clock } = city(3000, { atOnce: 8 });
    relay.answerProbe = ({ cameraId }) => (cameraId.endsWith('0') ? offline : online);
    const { stop } = await begin();
    await pass(roundMs);
    expect(new Set(asked()).size).toBe(3000);
    expect(Math.max(...relay.probed.map(({ targets }) => targets.length))).toBeLessThanOrEqual(8);
    expect(relay.probed[0]?.method).toBe('describe');
    for (const id of asked()) {
      expect(status(id)).toMatchObject(
        id.endsWith('0')
          ? { state: 'offline', by: 'prober', reason: 'source-unreachable' }
          : { state: 'online', by: 'prober', reason: null },
      );
      expect(status(id)?.at).toBeGreaterThan(startedAt);
    }
    expect(prober.figures).toMatchObject({ cameras: 3000, unanswered: 0, underWay: 0, overdue: 0 });
    await stop();
    expect([clock.sleeping, relay.listening], 'only the flush of the latest values is left').toEqual([1, 0]);
  });

  it('leaves alone whom nobody has to ask: simulated, clips, pushing, and those that the relay has open', async () => {
    const { begin, put, pass, asked, status } = city(0, { knownByRelay: (id) => id === open });
    let open = '';
    await put('S', { kind: 'rtsp', url: 'rtsp://h/1' }, { simulated: true });
    await put('F', { kind: 'file', url: 'clip:bridge' });
    await put('P', { kind: 'rtmp', publishKey: 'a-secret-of-the-camera' });
    open = (await put('O')).cameraId;
    const { cameraId } = await put('A');
    const { stop } = await begin();
    await pass(2000);
    expect(new Set(asked())).toEqual(new Set([cameraId]));
    expect(status(open)).toBeUndefined();
    await stop();
  });

  it('has no timer without cameras, and asks the first one within a second', async () => {
    const { begin, put, pass, clock, asked } = city(0);
    const { stop } = await begin();
    expect(clock.sleeping).toBe(0);
    const { cameraId } = await put('A');
    await clock.advance(0);
    await pass(1000);
    expect(asked()).toContain(cameraId);
    await stop();
    expect(clock.sleeping).toBe(1);
  });

  it('asks with the whole source, and never reads the passwords of those who are not asked', async () => {
    const { begin, put, pass, relay, ledger } = city(0);
    const { cameraId } = await put('A', { kind: 'rtsp', url: 'rtsp://admin:pass@h/1' });
    for (let number = 0; number < 500; number += 1) await put(`B-${number}`, { kind: 'rtsp', url: `rtsp://u:p@h${number}/1` });
    let read = 0;
    const secret = ledger.secret.bind(ledger);
    ledger.secret = (key) => {
      read += 1;
      return secret(key);
    };
    const { stop } = await begin();
    await pass(1000);
    expect([read > 0, read <= 30], `${read} of 501`).toEqual([true, true]);
    await pass(30_000);
    expect(relay.probed.flatMap(({ targets }) => targets).find((target) => target.cameraId === cameraId)?.source).toEqual({
      kind: 'rtsp',
      url: 'rtsp://admin:pass@h/1',
    });
    ledger.commit([], { kind: 'start', id: '', by: '' }, [{ key: sourceSecretKey(cameraId), value: null }]);
    await pass(roundMs);
    await stop();
  });

  it('a changed source is unknown and asked anew; another name or password leaves what was known', async () => {
    const { begin, put, pass, status, asked, relay } = city(0);
    const { cameraId } = await put('A', { kind: 'rtsp', url: 'rtsp://u:p@h/1' });
    const { stop } = await begin();
    await pass(1000);
    expect(status(cameraId)).toMatchObject({ state: 'online' });
    const before = asked().length;
    await put('A', { kind: 'rtsp', url: 'rtsp://u:other@h/1' });
    expect(status(cameraId)).toMatchObject({ state: 'online' });
    await pass(1000);
    expect(asked().length).toBeGreaterThan(before);
    expect(relay.probed.at(-1)?.targets[0]?.source).toMatchObject({ url: 'rtsp://u:other@h/1' });
    await put('A', { kind: 'rtsp', url: 'rtsp://u:p@h/2' });
    expect(status(cameraId)).toMatchObject({ state: 'unknown', by: 'prober', reason: null });
    await pass(1000);
    expect(status(cameraId)).toMatchObject({ state: 'online' });
    await put('A', { kind: 'file', url: 'clip:bridge' });
    expect(status(cameraId)).toMatchObject({ state: 'unknown', reason: null });
    await stop();
  });

  it('an answer about a camera that was changed or removed meanwhile counts for nothing', async () => {
    const { begin, put, pass, status, relay, directory, ledger, clock } = city(0);
    const changed = (await put('A')).cameraId;
    const removed = (await put('B')).cameraId;
    const { promise, resolve } = Promise.withResolvers<void>();
    relay.probing = promise;
    const { stop } = await begin();
    await pass(1000);
    relay.probing = Promise.resolve();
    await put('A', { kind: 'rtsp', url: 'rtsp://elsewhere/1' });
    await callCommand(directory.handlers, ledger, 'camera.remove', { cameraId: removed });
    relay.answerProbe = () => offline;
    resolve();
    await clock.advance(0);
    expect(status(changed)).toBeUndefined();
    relay.answerProbe = () => online;
    await pass(1000);
    expect([status(changed)?.state, status(removed)]).toEqual(['online', undefined]);
    await stop();
  });

  it('claims nothing while the relay is down, lets old knowledge age into unknown, and asks again when it is up', async () => {
    const { begin, put, pass, status, asked, relay } = city(0);
    const { cameraId } = await put('A');
    const { stop } = await begin();
    await pass(1000);
    const known = status(cameraId);
    relay.url = null;
    relay.say({ kind: 'down' });
    const before = asked().length;
    await pass(1.9 * roundMs);
    expect(status(cameraId)).toEqual(known);
    await pass(0.3 * roundMs);
    expect(status(cameraId)).toMatchObject({ state: 'unknown', by: 'prober', reason: null });
    expect(asked()).toHaveLength(before);
    relay.url = 'http://127.0.0.1:1';
    relay.say({ kind: 'up', baseUrl: relay.url });
    await pass(roundMs);
    expect(status(cameraId)).toMatchObject({ state: 'online' });
    await stop();
  });

  it('what the relay said of a camera that it closed ages into unknown too, and one of which it said nothing is asked soon', async () => {
    let isOpen = true;
    const { begin, put, pass, status, asked, relay, latest } = city(0, { knownByRelay: () => isOpen });
    const { cameraId } = await put('A');
    const { stop } = await begin();
    const seen: CameraStatus = { state: 'online', at: startedAt, by: 'relay', reason: null };
    await pass(roundMs);
    expect(asked()).toEqual([]);
    relay.path(cameraId, 'idle');
    await pass(1000);
    expect(asked()).toEqual([]);
    isOpen = false;
    relay.path(cameraId, 'idle');
    await pass(1000);
    expect(asked()).toEqual([cameraId]);
    latest.set({ collection: 'cameras', key: cameraId, fields: { status: seen } });
    relay.url = null;
    relay.say({ kind: 'down' });
    await pass(1.9 * roundMs);
    expect(status(cameraId)).toEqual(seen);
    await pass(0.3 * roundMs);
    expect(status(cameraId)).toMatchObject({ state: 'unknown', reason: null });
    await stop();
  });

  it('what was lost with the relay is asked soon after it is back', async () => {
    const { begin, pass, status, relay, ledger, latest } = city(2000);
    const { stop } = await begin();
    await pass(110_000);
    const { id } = ledger.all('cameras').next().value as { id: string };
    const lost: CameraStatus = { state: 'unknown', at: 1, by: 'relay', reason: 'relay-unavailable' };
    latest.set({ collection: 'cameras', key: id, fields: { status: lost } });
    relay.say({ kind: 'up', baseUrl: 'http://127.0.0.1:1' });
    await pass(1000);
    expect(status(id)).toMatchObject({ state: 'online', by: 'prober' });
    await stop();
  });

  it('a camera that cannot be asked keeps what was found out lately, and is unknown with the reason afterwards', async () => {
    const { begin, put, pass, status, relay, latest } = city(0);
    const [seen, never] = [(await put('A')).cameraId, (await put('B')).cameraId];
    const watched: CameraStatus = { state: 'online', at: startedAt, by: 'relay', reason: null };
    latest.set({ collection: 'cameras', key: seen, fields: { status: watched } });
    relay.answerProbe = () => ({ state: 'unknown', reason: 'source-address-refused', ms: 0 });
    const { stop } = await begin();
    await pass(2000);
    expect(status(never)).toMatchObject({ state: 'unknown', by: 'prober', reason: 'source-address-refused' });
    expect(status(seen)).toEqual(watched);
    await pass(3 * roundMs);
    expect(status(seen)).toMatchObject({ state: 'unknown', by: 'prober', reason: 'source-address-refused' });
    await stop();
  });

  it('is not upset by a relay that refuses: it counts, and asks again', async () => {
    const { begin, put, pass, status, relay, prober } = city(0);
    const { cameraId } = await put('A');
    relay.answerProbe = () => problem('relay-overloaded');
    const { stop } = await begin();
    await pass(2000);
    expect(status(cameraId)).toBeUndefined();
    expect(prober.figures.unanswered).toBeGreaterThan(0);
    relay.answerProbe = () => online;
    await pass(2000);
    expect(status(cameraId)).toMatchObject({ state: 'online' });
    await stop();
  });

  it('says when it cannot keep the round', async () => {
    const { begin, pass, relay, prober } = city(100, { atOnce: 1 });
    relay.probing = new Promise(() => {});
    const { stop } = await begin();
    await pass(roundMs * 1.2);
    expect(prober.figures).toMatchObject({ cameras: 100, underWay: 1, overdue: 100 });
    expect(prober.figures.longestMs).toBeGreaterThan(roundMs);
    await stop();
  });

  it('answers that come after its end count for nothing', async () => {
    const { begin, put, pass, status, relay, clock } = city(0);
    const { cameraId } = await put('A');
    const { promise, resolve } = Promise.withResolvers<void>();
    relay.probing = promise;
    const { stop } = await begin();
    await pass(1000);
    await stop();
    resolve();
    await clock.advance(0);
    expect(status(cameraId)).toBeUndefined();
  });
});
