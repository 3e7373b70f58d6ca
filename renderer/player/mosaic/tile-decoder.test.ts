import { beforeEach, describe, expect, test } from 'vitest';
import { recordFlag } from '../../../streams/wire/wall-record.ts';
import { fakeDecoders, type FakePicture } from './testdata/fake-decoders.ts';
import { key, picture, small } from './testdata/wall-records.ts';
import { TileDecoder } from './tile-decoder.ts';

let now: number;
let ports: ReturnType<typeof fakeDecoders>;
let shown: { picture: FakePicture; receivedAtUs: number | null; arrivedAt: number | null }[];
let anew: number;
let unsupported: number;

beforeEach(() => {
  now = 1000;
  ports = fakeDecoders();
  shown = [];
  anew = 0;
  unsupported = 0;
});

function decoderOf({ hardware = false } = {}) {
  return new TileDecoder({
    ports,
    hardware,
    now: () => now,
    onPicture: (one, receivedAtUs, arrivedAt) => shown.push({ picture: one as unknown as FakePicture, receivedAtUs, arrivedAt }),
    onRoom: () => {},
    onAnew: () => (anew += 1),
    onUnsupported: () => (unsupported += 1),
  });
}
const latest = () => ports.made.at(-1)!;
const large = { ...small, width: 1920, height: 1080 };

describe('a decoder that is well', () => {
  test('is set up for annex B and low latency, and its pictures come with the times of their records', () => {
    const decoder = decoderOf();
    decoder.configure(small);
    expect(latest().configs).toEqual([{ codec: 'avc1.42c01e', optimizeForLatency: true, hardwareAcceleration: 'no-preference' }]);
    // Times of a stream may repeat.
    decoder.decode({ ...key(5), ptsUs: 7, receivedAtUs: 111 }, 10);
    decoder.decode({ ...picture(6), ptsUs: 7, receivedAtUs: 222 }, 20);
    latest().give();
    expect(shown.map(({ receivedAtUs, arrivedAt }) => [receivedAtUs, arrivedAt])).toEqual([
      [111, 10],
      [222, 20],
    ]);
    expect(latest().fed.map(({ type }) => type)).toEqual(['key', 'delta']);
    expect(decoder.megapixels).toBeCloseTo((2 * 320 * 180) / 1e6);
    expect(shown.every((one) => one.picture.closed === 0)).toBe(true);
  });

  test('shows of what the relay had kept only the last', () => {
    const decoder = decoderOf();
    decoder.configure(small);
    decoder.decode(key(1, recordFlag.catchUp), 0);
    decoder.decode(picture(2, { flags: recordFlag.catchUp }), 0);
    decoder.decode(picture(3, { flags: recordFlag.catchUp | recordFlag.burstEnd }), 0);
    const given = latest().give();
    expect(given.map(({ closed }) => closed)).toEqual([1, 1, 0]);
    expect(shown).toHaveLength(1);
  });

  test('has room for few pictures at a time', () => {
    const decoder = decoderOf();
    expect([decoder.hasRoom, decoder.isWaiting]).toEqual([false, true]);
    decoder.configure(small);
    for (let sequence = 1; decoder.hasRoom; sequence += 1) decoder.decode(sequence === 1 ? key(1) : picture(sequence), now);
    expect(latest().fed).toHaveLength(2);
    now += 300;
    expect(decoder.lagMs(now)).toBe(300);
    latest().give();
    expect(decoder.lagMs(now)).toBe(0);
    expect(decoder.hasRoom).toBe(true);
  });

  test('stays when only the size changes, is made anew for another codec', () => {
    const decoder = decoderOf();
    decoder.configure(small);
    decoder.configure({ ...small, width: 352, height: 288 });
    expect(ports.made).toHaveLength(1);
    decoder.configure({ ...small, video: 'avc1.640028' });
    expect(ports.made.map(({ state }) => state)).toEqual(['closed', 'configured']);
    decoder.configure(null);
    expect(ports.made.map(({ state }) => state)).toEqual(['closed', 'closed']);
    expect(decoder.isOpen).toBe(false);
  });

  test('gives a picture that was under way when it was closed back at once', () => {
    const decoder = decoderOf();
    decoder.configure(small);
    decoder.decode(key(1), 0);
    decoder.close();
    expect(latest().state).toBe('closed');
    expect(latest().give()[0]!.closed).toBe(1);
    expect(shown).toEqual([]);
    decoder.configure(small);
    decoder.tick();
    expect(ports.made).toHaveLength(1);
  });

  test.each([
    ['small', small, true, 'no-preference'],
    ['large', large, true, 'prefer-hardware'],
    ['large, no hardware', large, false, 'no-preference'],
  ] as const)('%s pictures: %s', (_name, config, hardware, preference) => {
    decoderOf({ hardware }).configure(config);
    expect(latest().configs[0]!.hardwareAcceleration).toBe(preference);
  });
});

describe('a decoder that breaks', () => {
  test('is made anew at once, then later and later, and counts as good again after a while', () => {
    const decoder = decoderOf();
    decoder.configure(small);
    const madeAfter: number[] = [];
    for (let failures = 0; failures < 10; failures += 1) {
      const made = ports.made.length;
      latest().fail();
      const from = now;
      for (; ports.made.length === made; now += 50) decoder.tick();
      madeAfter.push(now - from);
    }
    expect(madeAfter.map((ms) => Math.max(0, ms - 50))).toEqual([0, 250, 500, 1000, 2000, 4000, 5000, 5000, 5000, 5000]);
    expect([decoder.rebuilt, anew]).toEqual([10, 10]);
    decoder.decode(key(1), now);
    latest().give();
    for (let sequence = 2; sequence <= 31; sequence += 1) {
      decoder.decode(picture(sequence), now);
      latest().give();
    }
    const made = ports.made.length;
    latest().fail();
    expect(ports.made).toHaveLength(made + 1);
  });

  test('a picture that is refused outright breaks it too', () => {
    const decoder = decoderOf();
    decoder.configure(small);
    decoder.decode(picture(1), 0);
    expect([decoder.rebuilt, anew, ports.made[0]!.state]).toEqual([1, 1, 'closed']);
  });

  test('a codec that nobody has: said once, and nothing is tried again', () => {
    const decoder = decoderOf();
    decoder.configure(small);
    latest().fail('NotSupportedError');
    decoder.tick();
    expect([unsupported, ports.made.length, decoder.isOpen]).toEqual([1, 1, false]);
    const other = decoderOf();
    other.configure({ ...small, video: 'nonsense' });
    expect(unsupported).toBe(2);
    expect(other.isOpen).toBe(false);
  });

  test("the machine's own decoder that cannot: software takes its place", () => {
    const decoder = decoderOf({ hardware: true });
    decoder.configure(large);
    latest().fail('NotSupportedError');
    expect(unsupported).toBe(0);
    expect(latest().configs[0]!.hardwareAcceleration).toBe('prefer-software');
  });
});

describe('a decoder that hangs', () => {
  const feed = (decoder: TileDecoder, count: number) => {
    for (let sequence = 1; sequence <= count; sequence += 1) {
      decoder.decode(sequence === 1 ? key(1) : picture(sequence), now);
      latest().swallow();
    }
  };

  test('is reset first, then made anew in software', () => {
    const decoder = decoderOf();
    decoder.configure(small);
    feed(decoder, 5);
    now += 1499;
    decoder.tick();
    expect(latest().resets).toBe(0);
    now += 1;
    decoder.tick();
    expect([latest().resets, latest().configs.length, anew]).toEqual([1, 2, 1]);
    feed(decoder, 5);
    for (let ticks = 0; ticks < 6; ticks += 1) {
      now += 250;
      decoder.tick();
    }
    expect(ports.made).toHaveLength(2);
    expect(latest().configs[0]!.hardwareAcceleration).toBe('prefer-software');
    expect(decoder.rebuilt).toBe(2);
  });

  test('is not one whose pictures nobody could take: time in which the worker stood still does not count', () => {
    const decoder = decoderOf();
    decoder.configure(small);
    decoder.tick();
    feed(decoder, 5);
    now += 10_000;
    decoder.tick();
    expect(latest().resets).toBe(0);
    for (let ticks = 0; ticks < 4; ticks += 1) {
      now += 250;
      decoder.tick();
    }
    expect(latest().resets).toBe(0);
    latest().give([4]);
    expect(shown).toHaveLength(1);
    feed(decoder, 5);
    for (let ticks = 0; ticks < 7; ticks += 1) {
      now += 250;
      decoder.tick();
    }
    expect(latest().resets).toBe(1);
  });

  test("the machine's own after a second", () => {
    const decoder = decoderOf({ hardware: true });
    decoder.configure(large);
    feed(decoder, 5);
    now += 1000;
    decoder.tick();
    expect(latest().configs[0]!.hardwareAcceleration).toBe('prefer-software');
  });

  test('one that only has not had its turn is given more time', () => {
    const decoder = decoderOf();
    decoder.configure(small);
    for (let sequence = 1; sequence <= 3; sequence += 1) decoder.decode(sequence === 1 ? key(1) : picture(sequence), now);
    now += 3_999;
    decoder.tick();
    expect(latest().resets).toBe(0);
    now += 1;
    decoder.tick();
    expect(latest().resets).toBe(1);
  });

  test('one that holds a picture back, for others come before it, does not hang', () => {
    const decoder = decoderOf();
    decoder.configure(small);
    feed(decoder, 2);
    now += 60_000;
    decoder.tick();
    expect([latest().resets, ports.made.length]).toEqual([0, 1]);
  });
});
