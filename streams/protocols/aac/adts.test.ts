import { describe, expect, it } from 'vitest';
import { maxAdtsContent, writeAdtsFrame } from './adts.ts';

describe('ADTS frames', () => {
  it.each([
    ['LC, 44.1 kHz, stereo, as ffmpeg writes it', { objectType: 2, rateIndex: 4, sampleRate: 44_100, channels: 2 }, 2, 'fff15080013ffc'],
    ['LC, 8 kHz, mono', { objectType: 2, rateIndex: 11, sampleRate: 8000, channels: 1 }, 9, 'fff16c40021ffc'],
    ['7.1', { objectType: 1, rateIndex: 3, sampleRate: 48_000, channels: 7 }, 0, 'fff10dc000fffc'],
  ])('%s', (_name, config, length, header) => {
    const frame = writeAdtsFrame(config, new Uint8Array(length).fill(0xee));
    expect(Buffer.from(frame.subarray(0, 7)).toString('hex')).toBe(header);
    expect(frame).toHaveLength(7 + length);
    expect(frame.subarray(7).every((byte) => byte === 0xee)).toBe(true);
  });

  it('have a largest size', () => {
    const config = { objectType: 2, rateIndex: 4, sampleRate: 44_100, channels: 2 };
    const frame = writeAdtsFrame(config, new Uint8Array(maxAdtsContent));
    expect(((frame[3]! & 3) << 11) | (frame[4]! << 3) | (frame[5]! >> 5)).toBe(8191);
    expect(() => writeAdtsFrame(config, new Uint8Array(maxAdtsContent + 1))).toThrow('do not fit');
  });
});
