import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { problem, ProblemError, type Problem } from '../../../main/contract/errors.ts';
import { controlMac } from '../control-protocol.ts';
import { unitAt } from '../testdata/units.ts';
import { fakeWorker, launchKey, listener, runningDoor, until } from './testdata/running-workers.ts';
import { encodeUnit } from './unit-record.ts';
import type { ToWorker, WorkerName } from './worker-protocol.ts';

const ends: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

async function door() {
  const running = await runningDoor();
  ends.push(() => running.stop());
  return running;
}

function worker(url: string, options: Parameters<typeof fakeWorker>[1] = {}) {
  const running = fakeWorker(url, options);
  ends.push(() => running.link.stop());
  return running;
}

const problemOf = (run: Promise<void>): Promise<Problem | 'resolved'> =>
  run.then(
    () => 'resolved' as const,
    (error: unknown) => (error instanceof ProblemError ? error.problem : Promise.reject(error as Error)),
  );
const never = new AbortController().signal;
const keyHash = (letter: string) => letter.repeat(43);

/** A peer that speaks the protocol by hand, as far as the test wants. */
async function stranger(url: string, headers: Record<string, string> = {}) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/worker`, { headers });
  const texts: string[] = [];
  const closed = new Promise<number>((done) => socket.on('close', (code) => done(code)));
  socket.on('error', () => {});
  socket.on('message', (data: Buffer) => texts.push(data.toString()));
  ends.push(() => socket.terminate());
  const challenge = async () => {
    await until(() => texts.length > 0);
    return (JSON.parse(texts[0]!) as { nonce: string }).nonce;
  };
  const enter = async (name: WorkerName) => {
    const nonce = 'n'.repeat(32);
    socket.send(JSON.stringify({ kind: 'proof', name, nonce, mac: controlMac(launchKey, name, await challenge(), nonce) }));
    await until(() => texts.length > 1);
    socket.send(JSON.stringify({ kind: 'hello', url: null, maxPulls: 4, maxTranscodes: 1 }));
  };
  return { socket, texts, closed, challenge, enter };
}

describe('a stream that works like a source', () => {
  test('steps, link and units come through; aborting it closes the stream, and what still comes is not heard', async () => {
    const { door: open, url } = await door();
    const av = worker(url);
    await until(() => open.workers.state('av') !== null);
    const { got, steps, report, sink } = listener();
    const abort = new AbortController();
    const run = open.workers.pull('rtsp://127.0.0.1/x', sink, abort.signal, report);
    await until(() => av.heard.length === 1);
    expect(av.heard[0]).toEqual({ kind: 'pull', stream: 1, url: 'rtsp://127.0.0.1/x' });
    av.tell({ kind: 'step', stream: 1, step: 'connect', params: {} });
    av.tell({ kind: 'link', stream: 1, quality: { transport: 'av', packets: 7, lost: 0, reordered: 0, duplicated: 0, jitterMs: null } });
    const units = [unitAt(0, { key: true, codec: 'h265' }), unitAt(40, { codec: 'h265' })];
    units.forEach((unit) => expect(av.link.unit(1, unit)).toBe(true));
    await until(() => got.length === 2);
    expect({ steps, got }).toEqual({ steps: ['connect', 'link 7'], got: units });
    abort.abort();
    await run;
    await until(() => av.heard.length === 2);
    expect(av.heard[1]).toEqual({ kind: 'close', stream: 1 });
    av.link.unit(1, units[0]!);
    await until(() => open.counters.strayUnits === 1);
    expect(got).toHaveLength(2);
    expect(open.workers.state('av')).toMatchObject({ pulls: 0 });
  });

  test('it fails as the worker says; an orderly end is an end, too', async () => {
    const { door: open, url } = await door();
    const answers: (Problem | null)[] = [problem('source-not-found', { status: 404 }), null];
    worker(url, {
      onHear: (message, link) => message.kind === 'pull' && link.tell({ kind: 'ended', stream: message.stream, problem: answers.shift()! }),
    });
    await until(() => open.workers.state('av') !== null);
    const pull = () => problemOf(open.workers.pull('http://127.0.0.1/x', listener().sink, never));
    expect(await pull()).toEqual(problem('source-not-found', { status: 404 }));
    expect(await pull()).toEqual(problem('source-ended'));
  });

  test('without its worker it fails at once; when the worker goes it fails, and works again when that is back', async () => {
    const { door: open, url } = await door();
    const { sink } = listener();
    expect(await problemOf(open.workers.pull('x', sink, never))).toEqual(problem('worker-unavailable', { worker: 'av' }));
    expect(await problemOf(open.workers.tap(keyHash('a'), sink, never))).toEqual(problem('worker-unavailable', { worker: 'ingest' }));
    const first = worker(url);
    await until(() => open.workers.state('av') !== null);
    const run = problemOf(open.workers.pull('x', sink, never));
    await until(() => first.heard.length === 1);
    await first.link.stop();
    expect(await run).toEqual(problem('worker-unavailable', { worker: 'av' }));
    expect(open.workers.state('av')).toBeNull();
    const second = worker(url);
    await until(() => open.workers.state('av') !== null);
    const abort = new AbortController();
    const again = open.workers.pull('x', sink, abort.signal);
    await until(() => second.heard.length === 1);
    abort.abort();
    await again;
  });

  test('one that is not wanted any more before it begins is never asked for', async () => {
    const { door: open, url } = await door();
    const av = worker(url);
    await until(() => open.workers.state('av') !== null);
    await open.workers.pull('x', listener().sink, AbortSignal.abort());
    expect(av.heard).toEqual([]);
  });

  test('not more at once than the worker takes; one that takes none counts as absent', async () => {
    const { door: open, url } = await door();
    const none = worker(url, { hello: { maxPulls: 0 } });
    await until(() => open.workers.state('av') !== null);
    const { sink } = listener();
    expect(await problemOf(open.workers.pull('x', sink, never))).toEqual(problem('worker-unavailable', { worker: 'av' }));
    await none.link.stop();
    worker(url, { hello: { maxPulls: 1 } });
    await until(() => open.workers.state('av')?.maxPulls === 1);
    const abort = new AbortController();
    const first = open.workers.pull('x', sink, abort.signal);
    expect(await problemOf(open.workers.pull('x', sink, never))).toEqual(
      problem('source-budget', { name: 'av', max: 1, unit: 'connections' }),
    );
    abort.abort();
    await first;
  });
});

test('who waits for a worker is told when one begins to work, once for each', async () => {
  const { door: open, url } = await door();
  const arrived: WorkerName[] = [];
  open.onArrival((name) => arrived.push(name));
  const av = worker(url);
  await until(() => arrived.length === 1);
  await av.link.stop();
  worker(url);
  await until(() => arrived.length === 2);
  expect(arrived).toEqual(['av', 'av']);
});

test('of two workers of one name the newer counts, and what the older did has ended', async () => {
  const { door: open, url, publishing } = await door();
  const older = worker(url, { name: 'ingest', hello: { url: 'rtmp://older' } });
  await until(() => open.workers.state('ingest') !== null);
  const run = problemOf(open.workers.tap(keyHash('a'), listener().sink, never));
  await until(() => older.heard.length === 1);
  const newer = await stranger(url);
  await newer.enter('ingest');
  expect(await run).toEqual(problem('worker-unavailable', { worker: 'ingest' }));
  await until(() => publishing.length === 3);
  expect(publishing).toEqual(['up rtmp://older', 'down', 'up null']);
});

test('publishers are told of, and admitted or not', async () => {
  const { door: open, url, publishing, admit } = await door();
  const ingest = worker(url, { name: 'ingest', hello: { url: 'rtmp://127.0.0.1:1935/live' } });
  await until(() => open.workers.state('ingest') !== null);
  ingest.tell({ kind: 'publish', keyHash: keyHash('a'), address: '127.0.0.1' });
  ingest.tell({ kind: 'unpublish', keyHash: keyHash('a') });
  await until(() => publishing.length === 3);
  expect(publishing).toEqual(['up rtmp://127.0.0.1:1935/live', 'began a', 'ended a']);
  admit(keyHash('b'), false);
  await until(() => ingest.heard.length === 1);
  expect(ingest.heard[0]).toEqual({ kind: 'admit', keyHash: keyHash('b'), admitted: false });
  await ingest.link.stop();
  await until(() => publishing.at(-1) === 'down');
});

test('transcoding: units go there and come back; its budget is the worker’s', async () => {
  const { door: open, url } = await door();
  const av = worker(url);
  const heard: string[] = [];
  const ear = { unit: (unit: { dtsUs: number }) => heard.push(`unit ${unit.dtsUs}`), ended: (why: Problem) => heard.push(why.code) };
  expect(open.workers.transcode('h265', ear)).toEqual({ ok: false, error: problem('worker-unavailable', { worker: 'av' }) });
  await until(() => open.workers.state('av') !== null);
  const transcode = open.workers.transcode('h265', ear);
  if (!transcode.ok) throw new Error(transcode.error.code);
  expect(open.workers.transcode('h265', ear)).toEqual({ ok: false, error: problem('transcode-budget', { max: 1 }) });
  expect(transcode.value.push(unitAt(7, { key: true, codec: 'h265' }))).toBe(true);
  await until(() => av.units.length === 1);
  expect(av.heard).toEqual([{ kind: 'transcode', stream: 1, from: 'h265' }]);
  expect(av.units[0]).toEqual({ stream: 1, unit: unitAt(7, { key: true, codec: 'h265' }) });
  av.link.unit(1, unitAt(7, { key: true }));
  await until(() => heard.length === 1);
  transcode.value.end();
  expect(transcode.value.push(unitAt(8))).toBe(false);
  const next = open.workers.transcode('h265', ear);
  expect(next.ok).toBe(true);
  await av.link.stop();
  await until(() => heard.length === 2);
  expect(heard).toEqual(['unit 7000', 'worker-unavailable']);
});

describe('a snapshot', () => {
  const mark = 'li.wei desk-12 2026-03-01 08:15:30 UTC+08:00 DS07-00123';
  const picture = unitAt(5, { key: true });

  test('is a picture that comes back as JPEG, with the time of the picture', async () => {
    const { door: open, url } = await door();
    const jpeg = Buffer.from('not really');
    const av = worker(url);
    await until(() => open.workers.state('av') !== null);
    const asked = open.workers.snapshot(picture, mark);
    await until(() => av.units.length === 1);
    expect([av.heard[0], av.units[0]!.unit]).toEqual([{ kind: 'snapshot', stream: 1, mark }, picture]);
    av.tell({ kind: 'snapshot', stream: 1, jpeg: jpeg.toString('base64'), width: 640, height: 360 });
    expect(await asked).toEqual({ ok: true, value: { at: picture.receivedAtMs, width: 640, height: 360, jpeg } });
  });

  test('fails as the worker says, when the worker is not there, and when it takes too long', async () => {
    const { door: open, url, clock } = await door();
    expect(await open.workers.snapshot(picture, mark)).toEqual({ ok: false, error: problem('worker-unavailable', { worker: 'av' }) });
    const av = worker(url);
    await until(() => open.workers.state('av') !== null);
    const undecodable = open.workers.snapshot(picture, mark);
    av.tell({ kind: 'ended', stream: 1, problem: problem('snapshot-failed', { reason: 'undecodable' }) });
    expect(await undecodable).toEqual({ ok: false, error: problem('snapshot-failed', { reason: 'undecodable' }) });
    const slow = open.workers.snapshot(picture, mark);
    clock.advance(10_000);
    open.tick();
    expect(await slow).toEqual({ ok: false, error: problem('snapshot-failed', { reason: 'timeout' }) });
    await until(() => av.heard.at(-1)?.kind === 'close');
    const late = open.workers.snapshot(picture, mark);
    await av.link.stop();
    expect(await late).toEqual({ ok: false, error: problem('worker-unavailable', { worker: 'av' }) });
  });
});

describe('who comes to the door', () => {
  test('a link with another key is not let in, and finds out', async () => {
    const { door: open, url } = await door();
    const { life } = worker(url, { key: Buffer.alloc(32, 1) });
    await until(() => open.counters.refused >= 2);
    expect({ life, state: open.workers.state('av') }).toEqual({ life: [], state: null });
  });

  test.each<[string, (peer: Awaited<ReturnType<typeof stranger>>) => void, number]>([
    ['says something else first', ({ socket }) => socket.send('{"kind":"hello","url":null,"maxPulls":1,"maxTranscodes":1}'), 4003],
    [
      'shows a proof of nothing',
      ({ socket }) => socket.send(JSON.stringify({ kind: 'proof', name: 'av', nonce: 'n'.repeat(32), mac: 'm' })),
      4003,
    ],
    ['goes on and on', ({ socket }) => socket.send(`{"kind":"proof","name":"${'x'.repeat(5000)}"}`), 1008],
    ['sends pictures at once', ({ socket }) => socket.send(encodeUnit({ stream: 1, unit: unitAt(0) })), 1008],
  ])('one that %s is turned away', async (_name, say, code) => {
    const { door: open, url } = await door();
    const peer = await stranger(url);
    await peer.challenge();
    say(peer);
    expect(await peer.closed).toBe(code);
    expect(open.counters.refused).toBe(1);
  });

  test('a page is turned away, and so is one that says nothing', async () => {
    const { door: open, url, clock } = await door();
    const page = await stranger(url, { origin: 'http://127.0.0.1:8600' });
    expect(await page.closed).toBe(1006);
    const silent = await stranger(url);
    await silent.challenge();
    clock.advance(3000);
    open.tick();
    expect(await silent.closed).toBe(1006);
    expect(open.counters.refused).toBe(2);
  });

  test('those who wait at the door keep nobody out', async () => {
    const { door: open, url } = await door();
    const silent = await Promise.all(Array.from({ length: 9 }, () => stranger(url)));
    await Promise.all(silent.slice(1).map((one) => one.challenge()));
    expect(await silent[0]!.closed).toBe(1006);
    worker(url);
    await until(() => open.workers.state('av') !== null);
    expect(open.counters.refused).toBe(2);
  });

  test.each<[string, (socket: WebSocket) => void, 'refused' | 'cut']>([
    ['does not make sense', (socket) => socket.send('{"kind":"step","stream":-1}'), 'refused'],
    ['sends what is no picture', (socket) => socket.send(new Uint8Array(40)), 'refused'],
    [
      'publishes without being the ingest',
      (socket) => socket.send(JSON.stringify({ kind: 'unpublish', keyHash: keyHash('a') })),
      'refused',
    ],
    [
      'floods the relay',
      (socket) => Array.from({ length: 16_385 }, () => socket.send('{"kind":"ended","stream":9,"problem":null}')),
      'cut',
    ],
  ])('a worker that %s is shown out, and what it did has ended', async (_name, misbehave, counter) => {
    const { door: open, url } = await door();
    const peer = await stranger(url);
    await peer.enter('av');
    await until(() => open.workers.state('av') !== null);
    const run = problemOf(open.workers.pull('x', listener().sink, never));
    misbehave(peer.socket);
    expect(await run).toEqual(problem('worker-unavailable', { worker: 'av' }));
    expect(open.counters[counter]).toBe(1);
  });

  test('a worker that does not read loses pictures first, and is cut off when it answers no pings', async () => {
    const { door: open, url, clock } = await door();
    const deaf = await stranger(url);
    await deaf.enter('av');
    await until(() => open.workers.state('av') !== null);
    deaf.socket.pause();
    const transcode = open.workers.transcode('h265', { unit() {}, ended() {} });
    if (!transcode.ok) throw new Error(transcode.error.code);
    const big = unitAt(0, { key: true, codec: 'h265', bytes: 4 * 1024 * 1024 });
    let sent = 0;
    while (transcode.value.push(big)) sent += 1;
    expect(sent).toBeLessThan(16);
    expect(open.counters.droppedUnits).toBe(1);
    const unread = problemOf(open.workers.pull('x', listener().sink, never));
    for (let second = 0; second < 12; second += 1) {
      clock.advance(1000);
      open.tick();
    }
    expect(await unread).toEqual(problem('worker-unavailable', { worker: 'av' }));
    expect(open.counters.cut).toBe(1);
  });
});

describe('the link', () => {
  test('comes back by itself, says hello again, and knows that nothing counts any more', async () => {
    const { door: open, url, sockets } = await door();
    const av = worker(url);
    await until(() => open.workers.state('av') !== null);
    for (const socket of sockets) socket.destroy();
    await until(() => av.life.length === 3);
    expect(av.life).toEqual(['up', 'down', 'up']);
    await until(() => open.workers.state('av') !== null);
  });

  test('does not trust a relay that cannot prove the key, and hears no orders from it', async () => {
    const { WebSocketServer } = await import('ws');
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    ends.push(() => new Promise<void>((done) => server.close(() => done())));
    const order: ToWorker = { kind: 'pull', stream: 1, url: 'rtsp://127.0.0.1/x' };
    let rejected = 0;
    server.on('connection', (socket) => {
      socket.send(JSON.stringify({ kind: 'challenge', nonce: 'r'.repeat(32) }));
      socket.on('message', () => {
        socket.send(JSON.stringify({ kind: 'welcome', mac: 'x'.repeat(43) }));
        socket.send(JSON.stringify(order));
      });
      socket.on('close', () => (rejected += 1));
    });
    await until(() => server.address() !== null);
    const av = worker(`http://127.0.0.1:${(server.address() as { port: number }).port}`);
    await until(() => rejected >= 2);
    expect({ life: av.life, heard: av.heard, isUp: av.link.isUp }).toEqual({ life: [], heard: [], isUp: false });
    await av.link.stop();
  });
});
