import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase64 } from './base64.ts';
import { formatOf, type FormatDescription } from './track-format.ts';

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const described = (encoding: string, fmtp: Record<string, string> = {}, more: Partial<FormatDescription> = {}) =>
  formatOf({ payloadType: 96, encoding, clockRate: 0, channels: 1, fmtp, ...more });

const video = { payloadType: 96, clockRate: 90_000 };
const aacLc = { objectType: 2, rateIndex: 8, sampleRate: 16_000, channels: 1 };

describe('formats', () => {
  const table: readonly (readonly [string, ReturnType<typeof formatOf>, object])[] = [
    ['H.264 without anything', described('H264'), { ...video, codec: 'h264', parameterSets: [] }],
    [
      'H.264 with its parameter sets',
      described('h264', { 'packetization-mode': '1', 'sprop-parameter-sets': 'Z01AFg==,aO48sA==' }),
      { ...video, codec: 'h264', parameterSets: [hex('674d4016'), hex('68ee3cb0')] },
    ],
    [
      'parameter sets without padding, with a start code, with spaces, and one that is none',
      described('H264', { 'sprop-parameter-sets': 'Z01AFg, AAAAAWjuPLA=,***,' }),
      { ...video, codec: 'h264', parameterSets: [hex('674d4016'), hex('68ee3cb0')] },
    ],
    ['a clock rate that no video has', described('H264', {}, { clockRate: 8000 }), { ...video, codec: 'h264', parameterSets: [] }],
    [
      'H.265 with its parameter sets',
      described('H265', { 'sprop-vps': 'QAEM', 'sprop-sps': 'QgEB', 'sprop-pps': 'RAHA' }),
      { ...video, codec: 'h265', hasOrderNumbers: false, parameterSets: [hex('40010c'), hex('420101'), hex('4401c0')] },
    ],
    [
      'H.265 by its other name, with order numbers',
      described('HEVC', { 'sprop-max-don-diff': '2' }),
      { codec: 'h265', hasOrderNumbers: true },
    ],
    [
      'AAC-hbr',
      described(
        'mpeg4-generic',
        { mode: 'AAC-hbr', config: '1408', sizelength: '13', indexlength: '3', indexdeltalength: '3' },
        { clockRate: 16_000 },
      ),
      { codec: 'aac', payloadType: 96, clockRate: 16_000, config: aacLc, sizeLength: 13, indexLength: 3, indexDeltaLength: 3 },
    ],
    [
      'AAC-lbr without its lengths',
      described('MPEG4-GENERIC', { mode: 'AAC-lbr', config: '1408' }),
      { clockRate: 16_000, sizeLength: 6, indexLength: 2, indexDeltaLength: 2 },
    ],
    ['A-law by its number', described('', {}, { payloadType: 8 }), { codec: 'pcma', payloadType: 8, clockRate: 8000 }],
    ['µ-law by its number', described('', {}, { payloadType: 0 }), { codec: 'pcmu', payloadType: 0, clockRate: 8000 }],
    ['A-law by name', described('PCMA', {}, { clockRate: 8000 }), { codec: 'pcma', payloadType: 96 }],
  ];
  it.each(table)('%s', (_name, format, expected) => {
    expect(format).toMatchObject({ ok: true, value: expected });
  });

  it.each([
    ['nothing known', described('VP8'), 'codec-unsupported'],
    ['no name and no static number', described(''), 'codec-unsupported'],
    ['metadata', described('vnd.onvif.metadata'), 'codec-unsupported'],
    ['G.711 of another rate', described('PCMA', {}, { clockRate: 16_000 }), 'codec-unsupported'],
    ['stereo G.711', described('PCMU', {}, { channels: 2 }), 'codec-unsupported'],
    ['CELP', described('mpeg4-generic', { mode: 'CELP-cbr', config: '1408' }), 'codec-unsupported'],
    ['a sound that ADTS cannot say', described('mpeg4-generic', { config: '1200' }), 'codec-unsupported'],
    ['AAC without a configuration', described('mpeg4-generic'), 'parameters-invalid'],
    ['a configuration that is no number', described('mpeg4-generic', { config: '14x8' }), 'parameters-invalid'],
    ['lengths that are none', described('mpeg4-generic', { config: '1408', sizelength: 'x' }), 'parameters-invalid'],
    ['frames of no size', described('mpeg4-generic', { config: '1408', sizelength: '0' }), 'parameters-invalid'],
    ['an absurd clock rate', described('mpeg4-generic', { config: '1408' }, { clockRate: 4e9 }), 'parameters-invalid'],
  ])('refuses %s', (_name, format, error) => {
    expect(format).toEqual({ ok: false, error });
  });

  it('bounds what is signalled', () => {
    const format = described('H264', { 'sprop-parameter-sets': Array.from({ length: 1000 }, () => 'Z01AFg==').join(',') });
    expect(format).toMatchObject({ ok: true, value: { parameterSets: { length: 32 } } });
    expect(described('H264', { 'sprop-parameter-sets': 'A'.repeat(100_000) })).toMatchObject({ ok: true, value: { parameterSets: [] } });
  });

  it('never throws', () => {
    const value = fc.oneof(fc.string(), fc.base64String(), fc.constantFrom('1408', 'AAC-hbr', '13', '-1', 'NaN', '1e9'));
    const name = fc.constantFrom('sprop-parameter-sets', 'sprop-vps', 'sprop-max-don-diff', 'config', 'mode', 'sizelength', 'indexlength');
    const encoding = fc.constantFrom('H264', 'H265', 'MPEG4-GENERIC', 'PCMA', '', 'x');
    fc.assert(
      fc.property(encoding, fc.dictionary(name, value), fc.integer(), (one, fmtp, clockRate) => {
        const format = described(one, fmtp, { clockRate });
        if (format.ok) expect(format.value.clockRate).toBeGreaterThan(0);
      }),
      { seed: 32, numRuns: 2000 },
    );
  });
});

describe('base64', () => {
  it('decodes what others encode, padded or not', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const text = Buffer.from(bytes).toString('base64');
        expect(decodeBase64(text)).toEqual(bytes);
        expect(decodeBase64(text.replaceAll('=', ''))).toEqual(bytes);
      }),
      { seed: 33, numRuns: 500 },
    );
  });

  it.each(['A', 'AAAAA', 'A-AA', 'AA==AA', '=', 'Zm9v\n'])('refuses %j', (text) => {
    expect(decodeBase64(text)).toEqual(text === '=' ? new Uint8Array() : null);
  });
});
