import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { ManualClock } from '../../readings/manual-clock.ts';
import { answerWithinMs, createAskTime } from './ask-time.ts';
import { encodeAnswer, packetBytes } from './sntp-packet.ts';

const now = Date.UTC(2026, 10, 26);
const servers: Socket[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A time server on loopback; `reply` says which packets answer a question. */
async function server(reply: (question: Uint8Array) => readonly Uint8Array[]) {
  const socket = createSocket('udp4');
  servers.push(socket);
  const questions: Uint8Array[] = [];
  const arrived: (() => void)[] = [];
  socket.on('message', (question, from) => {
    questions.push(question);
    for (const packet of reply(question)) socket.send(packet, from.port, from.address);
    arrived.splice(0).forEach((tell) => tell());
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { port: socket.address().port, questions, arrival: () => new Promise<void>((resolve) => void arrived.push(resolve)) };
}

const signal = new AbortController().signal;

test('the offset is what the server’s clock is ahead', async () => {
  const clock = new ManualClock(now);
  const { port, questions } = await server((question) => [encodeAnswer(question, { receivedAt: now + 3000, sentAt: now + 3000 })]);
  const answer = await createAskTime(clock, port)('127.0.0.1', signal);
  expect(answer.ok && Math.round(answer.value.offsetMs)).toBe(3000);
  expect(answer).toMatchObject({ ok: true, value: { delayMs: 0 } });
  expect(questions).toHaveLength(1);
  expect(questions[0]).toHaveLength(packetBytes);
  expect(clock.sleeping).toBe(0);
});

test('the way there and back is measured and not taken for an offset', async () => {
  const clock = new ManualClock(now);
  const { port } = await server((question) => {
    void clock.advance(100); // 40 ms there, 20 ms at the server, 40 ms back
    return [encodeAnswer(question, { receivedAt: now + 40, sentAt: now + 60 })];
  });
  const answer = await createAskTime(clock, port)('127.0.0.1', signal);
  if (!answer.ok) throw new Error(answer.error.kind);
  expect(answer.value.offsetMs).toBeCloseTo(0, 2);
  expect(answer.value.delayMs).toBeCloseTo(80, 2);
});

test('wrong packets are passed over, the right one counts; a kiss ends it', async () => {
  const forged = new Uint8Array(packetBytes).fill(0x24);
  const { port } = await server((question) => [forged, new Uint8Array(3), encodeAnswer(question, { receivedAt: now, sentAt: now })]);
  expect(await createAskTime(new ManualClock(now), port)('127.0.0.1', signal)).toMatchObject({ ok: true });

  const rude = await server((question) => {
    const packet = encodeAnswer(question, { receivedAt: now, sentAt: now, stratum: 0 });
    packet.set(Buffer.from('DENY'), 12);
    return [packet];
  });
  expect(await createAskTime(new ManualClock(now), rude.port)('127.0.0.1', signal)).toEqual({
    ok: false,
    error: { kind: 'kiss', code: 'DENY' },
  });
});

test('silence ends after its time, a stop at once, and a flood does not go on for ever', async () => {
  const clock = new ManualClock(now);
  const quiet = await server(() => []);
  const arrived = quiet.arrival();
  const asked = createAskTime(clock, quiet.port)('127.0.0.1', signal);
  await arrived;
  await clock.advance(answerWithinMs);
  expect(await asked).toEqual({ ok: false, error: { kind: 'silent' } });

  const ending = new AbortController();
  const second = quiet.arrival();
  const stopped = createAskTime(clock, quiet.port)('127.0.0.1', ending.signal);
  await second;
  ending.abort();
  expect(await stopped).toEqual({ ok: false, error: { kind: 'silent' } });

  const flood = await server(() => Array.from({ length: 40 }, () => new Uint8Array(packetBytes)));
  expect(await createAskTime(clock, flood.port)('127.0.0.1', signal)).toEqual({ ok: false, error: { kind: 'silent' } });
  expect(clock.sleeping).toBe(0);
});

test('a name that nobody knows is said so', async () => {
  expect(await createAskTime(new ManualClock(now))('no-such-server.invalid', signal)).toEqual({ ok: false, error: { kind: 'unresolved' } });
});
