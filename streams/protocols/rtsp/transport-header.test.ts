import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeTransports, encodeTransports, plainTransport, type Transport } from './transport-header.ts';

/** One table, three uses: decoded, encoded, and the seed of the fuzz. */
const table: readonly (readonly [wire: string, transports: readonly Transport[]])[] = [
  ['RTP/AVP/TCP;unicast;interleaved=0-1', [{ ...plainTransport, lower: 'tcp', delivery: 'unicast', interleaved: [0, 1] }]],
  [
    'RTP/AVP;unicast;client_port=50000-50001;server_port=6970-6971;ssrc=0badcafe',
    [{ ...plainTransport, delivery: 'unicast', clientPort: [50_000, 50_001], serverPort: [6970, 6971], ssrc: 0xbadcafe }],
  ],
  [
    'RTP/AVP;multicast;destination=224.2.0.1;source=10.0.0.9;mode=PLAY,RTP/SAVP/TCP;interleaved=254-255',
    [
      { ...plainTransport, delivery: 'multicast', destination: '224.2.0.1', source: '10.0.0.9', mode: 'PLAY' },
      { ...plainTransport, profile: 'RTP/SAVP', lower: 'tcp', interleaved: [254, 255] },
    ],
  ],
];

describe('Transport', () => {
  it.each(table)('%s', (wire, transports) => {
    expect(decodeTransports(wire)).toEqual({ ok: true, value: transports });
    expect(encodeTransports(transports)).toBe(wire);
  });

  it.each([
    ['one number', 'RTP/AVP/TCP;interleaved=2', { interleaved: [2, 3] }],
    ['UDP by name', 'RTP/AVP/UDP;unicast;client_port=9000', { lower: 'udp', clientPort: [9000, 9001] }],
    [
      'spaces, case and quotes',
      ' rtp/avp/tcp ; Unicast ; mode="play" ; ssrc= 1F ',
      { lower: 'tcp', delivery: 'unicast', mode: 'PLAY', ssrc: 31 },
    ],
    ['an ssrc that is none', 'RTP/AVP;ssrc=0x12345678;ttl=5', { ssrc: null }],
  ])('tolerates %s', (_name, wire, transport) => {
    expect(decodeTransports(wire)).toMatchObject({ ok: true, value: [transport] });
  });

  it.each([
    ['', 'empty'],
    [' , ;', 'protocol-malformed'],
    ['unicast;interleaved=0-1', 'protocol-malformed'],
    ['RTP/AVP/TCP;interleaved=256-257', 'number-malformed'],
    ['RTP/AVP;server_port=70000', 'number-malformed'],
    ['RTP/AVP;client_port=-5', 'number-malformed'],
    ['RTP/AVP,'.repeat(17), 'too-many'],
  ])('%j: %s', (wire, error) => {
    expect(decodeTransports(wire)).toEqual({ ok: false, error });
  });

  it('never throws, and what it reads can be written and read again', () => {
    const damaged = fc
      .tuple(fc.constantFrom(...table.map(([wire]) => wire)), fc.nat(80), fc.string({ maxLength: 4 }))
      .map(([wire, at, text]) => wire.slice(0, at) + text + wire.slice(at + 1));
    fc.assert(
      fc.property(fc.oneof(fc.string(), damaged), (wire) => {
        const read = decodeTransports(wire);
        if (read.ok) expect(decodeTransports(encodeTransports(read.value))).toMatchObject({ ok: true });
      }),
      { seed: 1239, numRuns: 3000 },
    );
  });
});
