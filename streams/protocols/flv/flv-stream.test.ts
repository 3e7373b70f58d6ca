import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeAudioTag } from './audio-tag.ts';
import { FlvStream, type FlvMessage, type FlvUnit } from './flv-stream.ts';
import { encodeVideoTag, type FlvVideoCodec, type TagForm } from './video-tag.ts';

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex').replaceAll('00000001', ' ').trim();

const avcConfig = hex('01 4d 40 16 ff e1 0006 674d4016eca0 01 0004 68ee3cb0');
const otherAvcConfig = hex('01 4d 40 1e ff e1 0006 674d401eeca0 01 0004 68ee3cb0');
const hevcConfig = hex(
  '01 01 60000000 900000000000 5d f000 fc fd f8 f8 0000 0f 03 a0 0001 0004 40010c01 a1 0001 0005 4201010160 a2 0001 0004 4401c172',
);
const lengths = (...nals: string[]) =>
  hex(nals.map((nal) => `${(nal.replaceAll(' ', '').length / 2).toString(16).padStart(8, '0')}${nal}`).join(''));

const config = (codec: FlvVideoCodec = 'h264', record = avcConfig, form: TagForm = 'legacy', timestampMs = 0): FlvMessage => ({
  type: 'video',
  timestampMs,
  body: encodeVideoTag({ kind: 'config', codec, form, record }),
});
const picture = (
  timestampMs: number,
  sample: Uint8Array,
  { codec = 'h264', form = 'legacy', compositionMs = 0 }: { codec?: FlvVideoCodec; form?: TagForm; compositionMs?: number } = {},
): FlvMessage => ({
  type: 'video',
  timestampMs,
  // What the tag claims about key pictures is not believed.
  body: encodeVideoTag({ kind: 'picture', codec, form, key: false, compositionMs, sample }),
});
const idr = lengths('658884');
const delta = lengths('419a00ff');
const sound = (timestampMs: number, frame = '2100'): FlvMessage => ({
  type: 'audio',
  timestampMs,
  body: encodeAudioTag({ kind: 'frame', codec: 'aac', form: 'legacy', frame: hex(frame) }),
});
const soundConfig = (record = '1210'): FlvMessage => ({
  type: 'audio',
  timestampMs: 0,
  body: encodeAudioTag({ kind: 'config', codec: 'aac', form: 'legacy', record: hex(record) }),
});

function run(messages: readonly FlvMessage[], stream = new FlvStream()): (FlvUnit | string)[] {
  return messages.map((message) => {
    const made = stream.push(message);
    return made.ok ? made.value : made.error;
  });
}
const units = (messages: readonly FlvMessage[]) => run(messages).filter((made) => typeof made !== 'string');

describe('pictures', () => {
  it('get their parameter sets in front of every key picture', () => {
    const made = units([config(), picture(0, idr), picture(40, delta), picture(80, idr)]);
    expect(made.map((unit) => text(unit.annexB))).toEqual(['674d4016eca0 68ee3cb0 658884', '419a00ff', '674d4016eca0 68ee3cb0 658884']);
    expect(made.map((unit) => unit.key)).toEqual([true, false, true]);
    expect(made.map((unit) => unit.dtsUs)).toEqual([1_000_000, 1_040_000, 1_080_000]);
    expect(made.some((unit) => unit.discontinuity || unit.corrupt)).toBe(false);
  });

  it.each(['legacy', 'enhanced'] as const)('of H.265 in the %s form, any IRAP picture being a key picture', (form) => {
    const how = { codec: 'h265', form } as const;
    const made = units([
      config('h265', hevcConfig, form),
      picture(0, lengths('2601af'), how),
      picture(40, lengths('0201d0'), how),
      picture(80, lengths('2a01af'), how),
    ]);
    expect(made.map((unit) => text(unit.annexB))).toEqual([
      '40010c01 4201010160 4401c172 2601af',
      '0201d0',
      '40010c01 4201010160 4401c172 2a01af',
    ]);
    expect(made.map((unit) => [unit.codec, unit.key])).toEqual([
      ['h265', true],
      ['h265', false],
      ['h265', true],
    ]);
  });

  it('that bring their parameter sets keep those, and later ones get them', () => {
    const made = units([config(), picture(0, lengths('674d401eeca0', '68ee3cb0', '658884')), picture(40, idr)]);
    expect(made.map((unit) => text(unit.annexB))).toEqual(Array.from({ length: 2 }, () => '674d401eeca0 68ee3cb0 658884'));
  });

  it('without any sequence header work when the parameter sets are among them', () => {
    const made = run([picture(0, idr), picture(40, lengths('674d4016eca0', '68ee3cb0')), picture(80, idr)]);
    expect(made[0]).toMatchObject({ key: false });
    expect(made[1]).toBe('nothing-to-show');
    expect(made[2]).toMatchObject({ key: true });
  });

  it('lose access unit delimiters and filler', () => {
    expect(text(units([config(), picture(0, lengths('09f0', '419a00ff', '0cffff80'))])[0]!.annexB)).toBe('419a00ff');
  });

  it('after a new sequence header carry the new parameter sets and are marked; the same header again changes nothing', () => {
    const made = units([config(), picture(0, idr), config(), picture(40, delta), config('h264', otherAvcConfig), picture(80, idr)]);
    expect(made.map((unit) => unit.discontinuity)).toEqual([false, false, true]);
    expect(text(made[2]!.annexB)).toBe('674d401eeca0 68ee3cb0 658884');
  });

  it('may change their codec', () => {
    const how = { codec: 'h265', form: 'enhanced' } as const;
    const made = units([config(), picture(0, idr), config('h265', hevcConfig, 'enhanced'), picture(40, lengths('2601af'), how)]);
    expect(made.map((unit) => [unit.codec, unit.discontinuity])).toEqual([
      ['h264', false],
      ['h265', true],
    ]);
  });

  it('whose lengths lie are left out, and the next one is marked', () => {
    const made = run([config(), picture(0, idr), picture(40, hex('ffffffff 41')), picture(80, delta), picture(120, delta)]);
    expect(made[2]).toBe('malformed');
    expect(made.slice(3)).toMatchObject([{ corrupt: true }, { corrupt: false }]);
  });

  it('that would grow beyond what anybody takes are left out', () => {
    const oneByteLengths = hex('01 4d 40 16 fc e1 0006 674d4016eca0 01 0004 68ee3cb0');
    const made = run([config('h264', oneByteLengths), picture(0, new Uint8Array(4_000_000).fill(0x01)), picture(40, hex('03 419a00'))]);
    expect(made.map((unit) => (typeof unit === 'string' ? unit : unit.corrupt))).toEqual(['nothing-to-show', 'malformed', true]);
  });

  it('are never shown before they are decoded, even with negative composition times', () => {
    const made = units([config(), picture(0, idr), picture(40, delta, { compositionMs: -40 }), picture(80, delta, { compositionMs: 40 })]);
    expect(made.map((unit) => unit.ptsUs - unit.dtsUs)).toEqual([0, 0, 80_000]);
    expect(units([config(), picture(0, idr, { compositionMs: 8_000_000 })])[0]).toMatchObject({ ptsUs: 1_000_000 });
  });

  it('keep rising in time when the time stamps do not', () => {
    const made = units([config(), ...[100, 100, 60, 140].map((ms) => picture(ms, delta))]);
    expect(made.map((unit) => unit.dtsUs)).toEqual([1_000_000, 1_000_001, 1_000_002, 1_040_000]);
  });

  it('after the publisher set its clock back are marked and go on', () => {
    const made = units([config(), picture(90_000, idr), picture(10, delta), picture(50, delta)]);
    expect(made.map((unit) => [unit.dtsUs, unit.discontinuity])).toEqual([
      [1_000_000, false],
      [1_040_000, true],
      [1_080_000, false],
    ]);
  });

  it('in a codec that nobody understands are named', () => {
    const stream = new FlvStream();
    expect(run([{ type: 'video', timestampMs: 0, body: hex('90 61763031 00') }], stream)).toEqual(['unsupported']);
    expect(stream.unsupportedVideo).toBe('av01');
    run([config()], stream);
    expect(stream.unsupportedVideo).toBeNull();
    expect(stream.video).toBe('h264');
  });
});

describe('sound', () => {
  it('in AAC gets ADTS headers of its configuration', () => {
    const made = units([soundConfig(), sound(0), sound(23)]);
    expect(made.map((unit) => Buffer.from(unit.annexB).toString('hex'))).toEqual(
      Array.from({ length: 2 }, () => 'fff1508001 3ffc 2100'.replaceAll(' ', '')),
    );
    expect(made.map((unit) => unit.dtsUs)).toEqual([1_000_000, 1_023_000]);
  });

  it('in AAC without a configuration cannot be read', () => {
    expect(run([sound(0)])).toEqual(['malformed']);
  });

  it('changes its configuration', () => {
    expect(units([soundConfig(), sound(0), soundConfig('1408'), sound(23)]).map((unit) => unit.discontinuity)).toEqual([false, true]);
  });

  it('in G.711 passes as it is', () => {
    const body = encodeAudioTag({ kind: 'frame', codec: 'pcma', form: 'legacy', frame: hex('d5d5d5') });
    expect(units([{ type: 'audio', timestampMs: 0, body }])).toMatchObject([{ codec: 'pcma', annexB: hex('d5d5d5') }]);
  });
});

describe('the bytes of a message', () => {
  it('are its giver’s again after the call, even when their slice is a view', () => {
    const stream = new FlvStream();
    const g711: FlvMessage = {
      type: 'audio',
      timestampMs: 0,
      body: encodeAudioTag({ kind: 'frame', codec: 'pcmu', form: 'legacy', frame: hex('7f7f') }),
    };
    const inBand = picture(40, lengths('674d401eeca0', '68ee3cb0', '658884'));
    const made = [config(), picture(0, idr), inBand, g711, picture(80, idr)].flatMap((message) => {
      const body = Buffer.from(message.body);
      const unit = stream.push({ ...message, body });
      body.fill(0xee);
      return unit.ok ? [unit.value] : [];
    });
    expect(made.map((unit) => text(unit.annexB))).toEqual([
      '674d4016eca0 68ee3cb0 658884',
      '674d401eeca0 68ee3cb0 658884',
      '7f7f',
      '674d401eeca0 68ee3cb0 658884',
    ]);
  });
});

describe('anything', () => {
  it('never throws, never keeps time from rising, never makes more than it was given', () => {
    const good = fc.constantFrom(
      config(),
      config('h265', hevcConfig, 'enhanced'),
      config('h264', otherAvcConfig),
      soundConfig(),
      sound(20),
      picture(0, idr),
      picture(40, delta),
      picture(80, lengths('2601af'), { codec: 'h265', form: 'enhanced' }),
      picture(80, lengths('674d4016eca0', '68ee3cb0')),
    );
    const damaged = fc
      .tuple(good, fc.nat(60), fc.uint8Array({ maxLength: 12 }), fc.integer({ min: 0, max: 2 ** 32 - 1 }))
      .map(([message, cut, rest, timestampMs]): FlvMessage => ({
        type: message.type,
        timestampMs,
        body: Uint8Array.of(...message.body.subarray(0, cut), ...rest),
      }));
    const noise = fc.record({
      type: fc.constantFrom('video' as const, 'audio' as const),
      timestampMs: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      body: fc.uint8Array({ maxLength: 40 }),
    });
    fc.assert(
      fc.property(fc.array(fc.oneof(good, damaged, noise), { maxLength: 40 }), (messages) => {
        const stream = new FlvStream();
        const last = { video: 0, audio: 0 };
        for (const message of messages) {
          const made = stream.push(message);
          if (!made.ok) continue;
          expect(made.value.dtsUs).toBeGreaterThan(last[message.type]);
          expect(made.value.ptsUs).toBeGreaterThanOrEqual(made.value.dtsUs);
          expect(made.value.annexB.length).toBeLessThanOrEqual(message.body.length * 4 + 32 * (4096 + 4));
          last[message.type] = made.value.dtsUs;
        }
      }),
      { seed: 35, numRuns: 1500 },
    );
  });
});
