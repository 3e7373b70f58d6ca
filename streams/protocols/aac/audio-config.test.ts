import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAudioConfig, sampleRates } from './audio-config.ts';

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));

/** Wire, object type, samples a second, channels; also what the fuzz starts from. */
const table: readonly (readonly [string, string, number, number, number])[] = [
  ['LC, 8 kHz, mono', '1588', 2, 8000, 1],
  ['LC, 16 kHz, mono', '1408', 2, 16_000, 1],
  ['LC, 44.1 kHz, stereo', '1210', 2, 44_100, 2],
  ['LC, 48 kHz, stereo, with a sync extension behind', '1190 56e500', 2, 48_000, 2],
  ['main', '0a10', 1, 44_100, 2],
  ['a rate written out', '1780 3e80 08', 2, 32_000, 1],
  ['HE-AAC: the core is what counts', '2b92 08 00', 2, 22_050, 2],
];

describe('AudioSpecificConfig', () => {
  it.each(table)('%s', (_name, wire, objectType, sampleRate, channels) => {
    expect(parseAudioConfig(hex(wire))).toEqual({
      ok: true,
      value: { objectType, rateIndex: sampleRates.indexOf(sampleRate), sampleRate, channels },
    });
  });

  it.each([
    ['nothing', '', 'truncated'],
    ['half of it', '12', 'truncated'],
    ['a rate written out and cut short', '1780 3e', 'truncated'],
    ['a reserved rate', '1690', 'out-of-range'],
    ['eleven channels', '1258', 'out-of-range'],
    ['channels described elsewhere', '1200', 'not-in-adts'],
    ['a rate that is in no table', '1780 0000 08', 'not-in-adts'],
    ['another codec (ALS)', 'f8 88 10 00', 'not-in-adts'],
    ['no object type', '0210', 'not-in-adts'],
  ])('refuses %s', (_name, wire, error) => {
    expect(parseAudioConfig(hex(wire))).toEqual({ ok: false, error });
  });

  it('never throws and never answers what ADTS cannot say', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
        const config = parseAudioConfig(bytes);
        if (!config.ok) return;
        expect(config.value.objectType).toBeLessThanOrEqual(4);
        expect(sampleRates[config.value.rateIndex]).toBe(config.value.sampleRate);
        expect(config.value.channels).toBeGreaterThan(0);
        expect(config.value.channels).toBeLessThan(8);
      }),
      { seed: 31, numRuns: 3000 },
    );
  });
});
