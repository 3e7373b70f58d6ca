import { connect } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { silentLog } from '../../../main/contract/log.ts';
import type { FlvVideoContent } from '../../protocols/flv/video-tag.ts';
import { FakePublisher } from './fake-publisher.ts';
import { hashOf, key, runningIngest } from './testdata/running-ingest.ts';

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const config: FlvVideoContent = {
  kind: 'config',
  codec: 'h264',
  form: 'legacy',
  record: hex('01 4d 40 16 ff e1 0006 674d4016eca0 01 0004 68ee3cb0'),
};
const picture = (nal: string, size = 4): FlvVideoContent => {
  const sample = new Uint8Array(4 + size);
  new DataView(sample.buffer).setUint32(0, size);
  sample.set(hex(nal), 4);
  return { kind: 'picture', codec: 'h264', form: 'legacy', key: nal.startsWith('65'), compositionMs: 0, sample };
};
const idr = picture('65888400');
const delta = picture('419a00ff');

let open: Awaited<ReturnType<typeof runningIngest>> | null = null;
afterEach(async () => {
  await open?.ingest.stop();
  open = null;
});
const start = async (options: Parameters<typeof runningIngest>[0] = {}) => (open = await runningIngest(options));
const soon = (look: () => void) => vi.waitFor(look, { timeout: 15_000, interval: 10 });

/** A camera that is let, with a key picture on its way. */
async function pushing(city: Awaited<ReturnType<typeof start>>, with_ = key) {
  const camera = await FakePublisher.connect(city.ingest.port);
  expect(await camera.publish(with_)).toBe('NetStream.Publish.Start');
  camera.video(0, config);
  camera.video(0, idr);
  await camera.settled();
  return camera;
}
const types = (city: Awaited<ReturnType<typeof start>>, stream = 1) =>
  city.units.filter((one) => one.stream === stream).map(({ unit }) => (unit.key ? 'key' : 'delta'));

describe('a publisher', () => {
  it('is asked for by the hash of its key, let, and heard of', async () => {
    const city = await start();
    await pushing(city);
    expect(city.said[0]).toEqual({ kind: 'publish', keyHash: hashOf(key), address: '127.0.0.1' });
    expect(city.ingest.publishers).toBe(1);
  });

  it('is watched from its latest key picture on, at once, each unit with the time it was received', async () => {
    const city = await start();
    const camera = await pushing(city);
    camera.video(40, delta);
    camera.video(80, idr);
    camera.video(120, delta);
    camera.video(160, delta);
    const receivedAtMs = city.clock.now();
    await camera.settled();
    city.clock.advance(5000);
    city.ingest.hear({ kind: 'tap', stream: 2, keyHash: hashOf(key) });
    expect(types(city, 2)).toEqual(['key', 'delta', 'delta']);
    camera.video(200, delta);
    await city.until(() => types(city, 2).length === 4);
    expect(city.units.map(({ unit }) => unit.receivedAtMs - receivedAtMs)).toEqual([0, 0, 0, 5000]);
    expect(city.units.map(({ unit }) => unit.dtsUs)).toEqual([1_080_000, 1_120_000, 1_160_000, 1_200_000]);
    expect(city.said.flatMap((one) => (one.kind === 'step' && one.stream === 2 ? [one.step] : []))).toEqual([
      'connect',
      'codec',
      'first-packet',
      'key-picture',
    ]);
  });

  it('that is killed is gone at once, for the relay and for those who watch', async () => {
    const city = await start();
    const camera = await pushing(city);
    city.ingest.hear({ kind: 'tap', stream: 1, keyHash: hashOf(key) });
    await city.until(() => city.units.length > 0);
    camera.kill();
    await city.until(() => city.kinds('unpublish').length === 1);
    expect(city.said.slice(-2)).toEqual([
      { kind: 'ended', stream: 1, problem: { code: 'source-publisher-absent', params: {} } },
      { kind: 'unpublish', keyHash: hashOf(key) },
    ]);
    expect(city.ingest.publishers).toBe(0);
    // It may come back at once: nothing of it is parked.
    await pushing(city);
  });

  it('that ends its stream, but not its connection, is gone as well', async () => {
    const city = await start();
    const camera = await pushing(city);
    camera.command('deleteStream', null, 1);
    await city.until(() => city.kinds('unpublish').length === 1);
    await camera.closed;
  });

  it('with a wrong key is told so and closed', async () => {
    const city = await start();
    const camera = await FakePublisher.connect(city.ingest.port);
    expect(await camera.publish('some-other-key-0123456789')).toBe('NetStream.Publish.BadName');
    await camera.closed;
    expect(city.ingest.publishers).toBe(0);
    expect(city.ingest.counters.refused).toBe(1);
  });

  it('with a wrong key that comes again and again fills no log', async () => {
    const lines: object[] = [];
    const city = await start({ log: { ...silentLog, info: (fields) => void lines.push(fields) } });
    for (let i = 0; i < 12; i += 1) {
      const camera = await FakePublisher.connect(city.ingest.port);
      expect(await camera.publish('some-other-key-0123456789')).toBe('NetStream.Publish.BadName');
    }
    expect(city.ingest.counters.refused).toBe(12);
    expect(lines).toHaveLength(4);
    expect(lines[0]).toEqual({ address: '127.0.0.1', reason: 'key-unknown', refused: 1 });
  });

  it.each([
    ['another path', 'vod', key],
    ['no key at all', 'live', 'cam'],
    ['a key that is none', 'live', '../../etc/passwd/0123456789'],
  ])('with %s is refused without asking', async (_name, app, name) => {
    const city = await start();
    const camera = await FakePublisher.connect(city.ingest.port, { app });
    expect(await camera.publish(name)).toBe('NetStream.Publish.BadName');
    await camera.closed;
    expect(city.said).toEqual([]);
  });

  it('is not let while nobody answers for it, and is closed after three seconds', async () => {
    const city = await start();
    city.relay.answers = false;
    const camera = await FakePublisher.connect(city.ingest.port);
    camera.askToPublish(key);
    camera.video(0, config);
    camera.video(0, idr);
    await city.until(() => city.kinds('publish').length === 1);
    city.ingest.hear({ kind: 'tap', stream: 1, keyHash: hashOf(key) });
    expect(city.said.at(-1)).toMatchObject({ kind: 'ended', stream: 1, problem: { code: 'source-publisher-absent' } });
    city.clock.advance(2999);
    city.ingest.tick();
    expect(city.ingest.publishers).toBe(1);
    city.clock.advance(1);
    city.ingest.tick();
    expect(await camera.until('NetStream.Publish.Start', 'NetStream.Publish.BadName')).toBe('NetStream.Publish.BadName');
    expect(city.units).toEqual([]);
  });

  it('whose key is taken back is cut off', async () => {
    const city = await start();
    const camera = await pushing(city);
    city.ingest.hear({ kind: 'admit', keyHash: hashOf(key), admitted: false });
    await camera.closed;
    expect(city.kinds('unpublish')).toHaveLength(1);
  });

  it('is refused while another with its key is alive, and takes its place once that has been silent', async () => {
    const city = await start();
    const first = await pushing(city);
    const second = await FakePublisher.connect(city.ingest.port);
    expect(await second.publish(key)).toBe('NetStream.Publish.BadName');
    city.clock.advance(3000);
    const third = await FakePublisher.connect(city.ingest.port);
    expect(await third.publish(key)).toBe('NetStream.Publish.Start');
    await first.closed;
    expect(city.said.map(({ kind }) => kind)).toEqual(['publish', 'unpublish', 'publish']);
    expect(city.ingest.publishers).toBe(1);
  });

  it('beyond the number that is allowed is refused', async () => {
    const city = await start({ maxPublishers: 1, admits: [key, `${key}2`] });
    await pushing(city);
    const second = await FakePublisher.connect(city.ingest.port);
    expect(await second.publish(`${key}2`)).toBe('NetStream.Publish.BadName');
  });

  it('that sends nothing for ten seconds is closed, however many bytes it drips', async () => {
    const city = await start();
    const camera = await pushing(city);
    city.clock.advance(9000);
    camera.video(40, delta);
    city.ingest.hear({ kind: 'tap', stream: 1, keyHash: hashOf(key) });
    await city.until(() => types(city).length === 2);
    city.clock.advance(10_000);
    // The beginning of a picture that never ends.
    camera.write(hex('06 000028 100000 09 01000000 27'));
    city.ingest.tick();
    expect(city.ingest.publishers).toBe(1);
    city.clock.advance(1);
    city.ingest.tick();
    await camera.closed;
    expect(city.kinds('unpublish')).toHaveLength(1);
  });

  it('that changes to a codec nobody understands ends with its name', async () => {
    const city = await start();
    const camera = await pushing(city);
    city.ingest.hear({ kind: 'tap', stream: 1, keyHash: hashOf(key) });
    camera.send(9, 40, hex('90 61763031 00'));
    await city.until(() => city.kinds('ended').length === 1);
    expect(city.kinds('ended')).toMatchObject([{ problem: { code: 'source-codec-unsupported', params: { codec: 'av01' } } }]);
  });

  it('that sends no video ends those who wait for it', async () => {
    const city = await start();
    const camera = await FakePublisher.connect(city.ingest.port);
    await camera.publish(key);
    city.ingest.hear({ kind: 'tap', stream: 1, keyHash: hashOf(key) });
    city.clock.advance(8001);
    city.ingest.tick();
    expect(city.kinds('ended')).toMatchObject([{ problem: { code: 'source-no-video' } }]);
  });

  it('is heard over the wrap of its time stamps and beyond', async () => {
    const city = await start();
    const camera = await FakePublisher.connect(city.ingest.port, { chunkSize: 128 });
    await camera.publish(key);
    camera.video(2 ** 32 - 40, config);
    camera.video(2 ** 32 - 40, picture('65888400', 1000));
    camera.video(0, delta);
    camera.video(41, delta);
    // A time stamp given as the distance to the one before: the sum leaves 32 bits.
    camera.write(hex('46 ffffff 00000a 09 ffffffff 27010000000000000141'));
    await camera.settled();
    city.ingest.hear({ kind: 'tap', stream: 1, keyHash: hashOf(key) });
    expect(city.units.map(({ unit }) => [unit.dtsUs, unit.discontinuity])).toEqual([
      [1_000_000, false],
      [1_040_000, false],
      [1_081_000, false],
      [1_081_001, false],
    ]);
  });
});

describe('the relay', () => {
  it('hears of nobody but by asking: a key that nobody uses ends at once', async () => {
    const city = await start();
    city.ingest.hear({ kind: 'tap', stream: 7, keyHash: hashOf(key) });
    expect(city.said).toEqual([{ kind: 'ended', stream: 7, problem: { code: 'source-publisher-absent', params: {} } }]);
  });

  it('hears how the packets come, once a second, and nothing after it closed the stream', async () => {
    const city = await start();
    const camera = await pushing(city);
    city.ingest.hear({ kind: 'tap', stream: 1, keyHash: hashOf(key) });
    await city.until(() => city.units.length === 1);
    city.ingest.tick();
    city.ingest.tick();
    expect(city.kinds('link')).toMatchObject([{ stream: 1, quality: { transport: 'rtmp', packets: 2, lost: 0, jitterMs: null } }]);
    city.ingest.hear({ kind: 'close', stream: 1 });
    city.ingest.hear({ kind: 'tap', stream: 2, keyHash: hashOf(key) });
    camera.video(40, delta);
    await city.until(() => types(city, 2).length === 2);
    expect(types(city, 1)).toHaveLength(1);
  });

  it('has what it did not take counted, and streams that are over forgotten', async () => {
    const lines: object[] = [];
    const city = await start({ log: { ...silentLog, info: (fields) => void lines.push(fields) } });
    const camera = await pushing(city);
    city.ingest.hear({ kind: 'tap', stream: 1, keyHash: hashOf(key) });
    city.ingest.hear({ kind: 'tap', stream: 2, keyHash: hashOf(key) });
    city.ingest.hear({ kind: 'close', stream: 2 });
    city.relay.takesUnits = false;
    camera.video(40, delta);
    camera.video(80, delta);
    await camera.settled();
    camera.kill();
    await city.until(() => city.kinds('unpublish').length === 1);
    expect(lines.at(-1)).toMatchObject({ why: 'closed', droppedUnits: 2, malformed: 0 });
    expect(city.forgotten).toEqual([2, 1]);
    expect(JSON.stringify(lines)).not.toContain(key);
  });

  it('that comes back hears of everybody again; who publishes goes on meanwhile', async () => {
    const city = await start();
    await pushing(city);
    city.ingest.hear({ kind: 'tap', stream: 1, keyHash: hashOf(key) });
    city.ingest.linkDown();
    city.clock.advance(5000);
    city.ingest.tick();
    expect(city.ingest.publishers).toBe(1);
    city.ingest.linkUp();
    expect(city.kinds('publish')).toHaveLength(2);
    city.ingest.hear({ kind: 'tap', stream: 1, keyHash: hashOf(key) });
    expect(types(city).length).toBeGreaterThan(0);
  });

  it('that comes back and knows a camera no more cuts it off', async () => {
    const city = await start();
    const camera = await pushing(city);
    city.ingest.linkDown();
    city.admits.clear();
    city.ingest.linkUp();
    await camera.closed;
    expect(city.ingest.publishers).toBe(0);
  });
});

describe('strangers', () => {
  it('who want to play get nothing', async () => {
    const city = await start();
    await pushing(city);
    const viewer = await FakePublisher.connect(city.ingest.port);
    expect(await viewer.play(key)).toBe('NetStream.Play.Failed');
    await viewer.closed;
    expect(city.ingest.connections).toBe(1);
  });

  it.each([
    ['speak HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
    ['speak TLS', Buffer.from([0x16, 3, 1, 0, 5])],
    ['want encryption', Buffer.concat([Buffer.of(6), Buffer.alloc(1536)])],
  ])('who %s are closed at once', async (_name, bytes) => {
    const city = await start();
    const stranger = await FakePublisher.open(city.ingest.port);
    stranger.write(bytes);
    await stranger.closed;
    expect(city.ingest.counters.faulty).toBe(1);
  });

  it('who say nothing, half a handshake, or drip are closed after ten seconds', async () => {
    const city = await start();
    const silent = await FakePublisher.open(city.ingest.port);
    const half = await FakePublisher.open(city.ingest.port);
    half.write(Buffer.concat([Buffer.of(3), Buffer.alloc(700)]));
    const connected = await FakePublisher.connect(city.ingest.port);
    await soon(() => expect(city.ingest.connections).toBe(3));
    city.clock.advance(10_000);
    half.write(Buffer.alloc(1));
    connected.command('createStream', null);
    city.ingest.tick();
    expect(city.ingest.connections).toBe(3);
    city.clock.advance(1);
    city.ingest.tick();
    await Promise.all([silent.closed, half.closed, connected.closed]);
    expect(city.ingest.connections).toBe(0);
  });

  it('who ask and never read the answers are closed', async () => {
    const city = await start();
    const stranger = await FakePublisher.connect(city.ingest.port);
    stranger.stopReading();
    // The kernel takes some megabytes of answers before anything is left waiting.
    for (let round = 0; round < 200 && city.ingest.connections > 0; round += 1) {
      for (let i = 0; i < 500; i += 1) stranger.command('connect', { app: 'live', tcUrl: 'rtmp://h/live' });
      await new Promise((turn) => setImmediate(turn));
    }
    await soon(() => expect(city.ingest.counters.faulty).toBe(1));
    stranger.kill();
  });

  it('take the oldest one’s place when there are too many, not those of publishers', async () => {
    const city = await start();
    const camera = await pushing(city);
    const strangers = await Promise.all(Array.from({ length: 63 }, async () => FakePublisher.open(city.ingest.port)));
    await soon(() => expect(city.ingest.connections).toBe(64));
    city.clock.advance(2000);
    const more = [await FakePublisher.open(city.ingest.port)];
    await soon(() => expect(city.ingest.connections).toBe(65));
    more.push(await FakePublisher.open(city.ingest.port));
    await Promise.race(strangers.map(async ({ closed }) => closed));
    await soon(() => expect(city.ingest.connections).toBe(65));
    for (const stranger of [...strangers, ...more]) stranger.kill();
    await soon(() => expect(city.ingest.connections).toBe(1));
    camera.kill();
  });

  it('who come too often are turned away, until time has passed', async () => {
    const city = await start();
    const knock = async () => {
      const socket = connect({ port: city.ingest.port, host: '127.0.0.1' });
      socket.on('error', () => {});
      await new Promise((done) => socket.once('connect', done).once('close', done));
      return socket;
    };
    const knocked = await Promise.all(Array.from({ length: 70 }, knock));
    await soon(() => expect(city.ingest.counters.turnedAway).toBe(6));
    for (const socket of knocked) socket.destroy();
    await soon(() => expect(city.ingest.connections).toBe(0));
    city.clock.advance(1000);
    await pushing(city);
  });
});
