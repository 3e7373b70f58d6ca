import { expect, test } from 'vitest';
import { unitAt } from '../testdata/units.ts';
import { decodeUnit, maxUnitBytes } from './unit-record.ts';
import { UnitSender } from './unit-sender.ts';

function rig() {
  const socket = {
    bufferedAmount: 0,
    sent: [] as string[],
    send(bytes: Uint8Array) {
      const record = decodeUnit(bytes);
      if (!record.ok) throw new Error(record.error);
      const { stream, unit } = record.value;
      socket.sent.push(`${stream}:${unit.dtsUs / 1000}${unit.discontinuity ? '!' : ''}`);
    },
  };
  return { socket, sender: new UnitSender(socket, 1000) };
}

test('a connection that does not keep up loses whole ends of GOPs, each stream for itself', () => {
  const { socket, sender } = rig();
  const steps: readonly (readonly [waiting: number, stream: number, unit: ReturnType<typeof unitAt>, sent: boolean])[] = [
    [0, 1, unitAt(0, { key: true }), true],
    [1001, 1, unitAt(40), false],
    [0, 1, unitAt(80), false],
    [0, 2, unitAt(80, { key: true }), true],
    [0, 2, unitAt(120), true],
    // Room for one picture is not yet room to begin again.
    [501, 1, unitAt(120, { key: true }), false],
    [500, 1, unitAt(160, { key: true }), true],
    [500, 1, unitAt(200), true],
  ];
  for (const [waiting, stream, unit, sent] of steps) {
    socket.bufferedAmount = waiting;
    expect(sender.send(stream, unit)).toBe(sent);
  }
  expect(socket.sent).toEqual(['1:0', '2:80', '2:120', '1:160!', '1:200']);
  expect(sender.dropped).toBe(3);
});

test('sound that is left out does not hold up the pictures', () => {
  const { socket, sender } = rig();
  socket.bufferedAmount = 1001;
  expect(sender.send(1, unitAt(0, { codec: 'aac' }))).toBe(false);
  socket.bufferedAmount = 0;
  expect(sender.send(1, unitAt(40))).toBe(true);
});

test('a picture too long to travel counts as left out', () => {
  const { sender } = rig();
  expect(sender.send(1, unitAt(0, { key: true, bytes: maxUnitBytes + 1 }))).toBe(false);
  expect(sender.send(1, unitAt(40))).toBe(false);
  expect(sender.send(1, unitAt(80, { key: true }))).toBe(true);
});

test('a stream that is over leaves nothing behind', () => {
  const { socket, sender } = rig();
  socket.bufferedAmount = 1001;
  sender.send(1, unitAt(0));
  sender.forget(1);
  socket.bufferedAmount = 0;
  expect(sender.send(1, unitAt(40))).toBe(true);
});
