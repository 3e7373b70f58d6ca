import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReorderBuffer } from './reorder-buffer.ts';
import type { RtpPacket } from './rtp-packet.ts';

const packet = (sequence: number): RtpPacket => ({
  marker: false,
  payloadType: 96,
  sequence,
  timestamp: 0,
  ssrc: 1,
  csrcs: [],
  extension: null,
  payload: Uint8Array.of(sequence),
});

function collected(): { buffer: ReorderBuffer; out: string[] } {
  const out: string[] = [];
  const buffer = new ReorderBuffer((one, isAfterGap) => out.push(`${isAfterGap ? 'gap ' : ''}${one.sequence}`));
  return { buffer, out };
}

describe('the reorder buffer', () => {
  const table: readonly (readonly [string, readonly (readonly [number, number])[], readonly string[], number, number])[] = [
    [
      'passes on what is in order',
      [
        [1, 0],
        [2, 0],
        [3, 0],
      ],
      ['1', '2', '3'],
      0,
      0,
    ],
    [
      'puts back what is swapped',
      [
        [1, 0],
        [3, 1],
        [2, 2],
        [4, 3],
      ],
      ['1', '2', '3', '4'],
      0,
      0,
    ],
    [
      'waits for what is missing',
      [
        [1, 0],
        [3, 1],
        [4, 200],
      ],
      ['1'],
      0,
      0,
    ],
    [
      'gives it up after 200 ms',
      [
        [1, 0],
        [3, 1],
        [4, 200],
        [5, 202],
      ],
      ['1', 'gap 3', '4', '5'],
      1,
      0,
    ],
    [
      'and does not take it any more then',
      [
        [1, 0],
        [3, 1],
        [4, 300],
        [2, 301],
        [5, 302],
      ],
      ['1', 'gap 3', '4', '5'],
      1,
      1,
    ],
    [
      'one gap after the other',
      [
        [1, 0],
        [3, 0],
        [6, 50],
        [7, 205],
        [8, 260],
      ],
      ['1', 'gap 3', 'gap 6', '7', '8'],
      3,
      0,
    ],
  ];
  it.each(table)('%s', (_name, arrivals, expected, lost, late) => {
    const { buffer, out } = collected();
    for (const [sequence, at] of arrivals) buffer.push(sequence, packet(sequence), at);
    expect(out).toEqual(expected);
    expect([buffer.lost, buffer.late]).toEqual([lost, late]);
  });

  it('gives up after 64 newer packets, and holds no more than those', () => {
    const { buffer, out } = collected();
    buffer.push(0, packet(0), 0);
    for (let i = 2; i <= 65; i += 1) buffer.push(i, packet(i), 0);
    expect([out.length, buffer.held]).toEqual([1, 64]);
    buffer.push(66, packet(66), 0);
    expect([out.length, out[1], buffer.held, buffer.lost]).toEqual([66, 'gap 2', 0, 1]);
  });

  it('keeps copies, for the bytes are only borrowed', () => {
    const taken: number[] = [];
    const buffer = new ReorderBuffer((one) => taken.push(one.payload[0]!));
    const early = packet(3);
    buffer.push(1, packet(1), 0);
    buffer.push(3, early, 0);
    early.payload[0] = 99;
    buffer.push(2, packet(2), 0);
    expect(taken).toEqual([1, 2, 3]);
  });

  it('gives out everything when told to, and begins anew', () => {
    const { buffer, out } = collected();
    for (const sequence of [10, 12, 15]) buffer.push(sequence, packet(sequence), 0);
    buffer.restart();
    buffer.push(3, packet(3), 0);
    expect(out).toEqual(['10', 'gap 12', 'gap 15', '3']);
    expect(buffer.lost).toBe(3);
  });

  it('gives out in order, every packet once, whatever comes', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(200), { minLength: 1, maxLength: 150 }), fc.integer({ min: 0, max: 30 }), (order, stepMs) => {
        const out: number[] = [];
        const buffer = new ReorderBuffer((one) => out.push(one.sequence));
        order.forEach((sequence, i) => {
          buffer.push(sequence, packet(sequence), i * stepMs);
          expect(buffer.held).toBeLessThanOrEqual(64);
        });
        buffer.flush();
        expect(out).toEqual([...out].sort((a, b) => a - b));
        expect(out.length + buffer.late).toBe(order.length);
        expect(out.at(-1)! - out[0]! + 1).toBe(out.length + buffer.lost);
      }),
      { seed: 14, numRuns: 400 },
    );
  });
});
