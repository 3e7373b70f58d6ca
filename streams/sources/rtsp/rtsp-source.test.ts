import path from 'node:path';
import { readFileSync } from 'node:fs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ProblemError, type ErrorParams, type Problem } from '../../../main/contract/errors.ts';
import { systemClock } from '../../../main/supervision/system-clock.ts';
import type { AccessUnit, LinkQuality } from '../../contract.ts';
import type { SourceReport } from '../../media/source.ts';
import { createAddressPolicy } from '../address-policy.ts';
import { createFakeCamera, type FakeCamera, type FakeCameraOptions } from './fake-camera.ts';
import type { FakeFaults } from './fake-faults.ts';
import { readFakeStream, type FakeStream } from './fake-stream.ts';
import { createRtspSource, type RtspSourceOptions } from './rtsp-source.ts';
import { createTlsTrust } from './tls-trust.ts';

const clips = path.join(import.meta.dirname, '../../demo-city/clips');
const policy = createAddressPolicy({ networks: ['127.0.0.0/8', '::1/128'] });
const login = { user: 'admin', password: 'p@ss:"w/rd' };
/** For cameras that behave: a busy machine may be late. */
const patient = { tickMs: 20, receiverReportMs: 100 };
/** For those that do not: what never comes is not waited for. */
const hasty = { limits: { ...patient, openMs: 1000, stalledMs: 500 } };

let stream: FakeStream;
let withSound: FakeStream;
beforeAll(async () => {
  stream = await readFakeStream(path.join(clips, 'tunnel.sub.h264'));
  withSound = { ...(await readFakeStream(path.join(clips, 'crossing.sub.h264'))), hasSound: true };
});

const cameras: FakeCamera[] = [];
afterEach(async () => {
  await Promise.all(cameras.splice(0).map((camera) => camera.stop()));
});

async function cameraWith(options: Partial<FakeCameraOptions> = {}): Promise<FakeCamera> {
  const camera = await createFakeCamera({ streams: { '/live': stream, '/sound': withSound }, ...options });
  cameras.push(camera);
  return camera;
}

interface Playing {
  readonly units: AccessUnit[];
  readonly steps: (readonly [string, ErrorParams])[];
  readonly links: LinkQuality[];
  /** Resolves when the source ended: null when it was told to. */
  readonly ended: Promise<Problem | null>;
  /** Resolves when `is` holds; rejects when the source ends before. */
  until(is: () => boolean): Promise<void>;
  stop(): Promise<Problem | null>;
}

function play(url: string, options: Partial<RtspSourceOptions> = {}): Playing {
  const abort = new AbortController();
  const units: AccessUnit[] = [];
  const steps: (readonly [string, ErrorParams])[] = [];
  const links: LinkQuality[] = [];
  let waiting: { readonly is: () => boolean; readonly done: () => void }[] = [];
  const changed = () => {
    waiting = waiting.filter(({ is, done }) => {
      if (is()) done();
      return !is();
    });
  };
  const report: SourceReport = {
    step: (step, params = {}) => {
      steps.push([step, params]);
      changed();
    },
    link: (quality) => {
      links.push(quality);
      changed();
    },
  };
  const sink = {
    push: (unit: AccessUnit) => {
      units.push(unit);
      changed();
    },
  };
  const source = createRtspSource({ kind: 'rtsp', url }, { clock: systemClock, policy, limits: patient, ...options });
  const ended = source.run('main', sink, abort.signal, report).then(
    () => null,
    (error: unknown) => {
      if (error instanceof ProblemError) return error.problem;
      throw error;
    },
  );
  return {
    units,
    steps,
    links,
    ended,
    until: (is) =>
      new Promise((done, reject) => {
        waiting.push({ is, done });
        changed();
        ended.then((why) => reject(new Error(`ended: ${JSON.stringify(why)}`)), reject);
      }),
    stop: () => {
      abort.abort();
      return ended;
    },
  };
}

/** Plays until some pictures came, and stops. */
async function some(url: string, options: Partial<RtspSourceOptions> = {}, count = 2): Promise<Playing> {
  const playing = play(url, options);
  await playing.until(() => playing.units.length >= count);
  expect(await playing.stop()).toBeNull();
  return playing;
}

describe('a camera that behaves', () => {
  it('is opened step by step, and gives its pictures as they are', async () => {
    const camera = await cameraWith();
    const { units, steps } = await some(camera.url('/live'), {}, 5);
    expect(steps.map(([step]) => step)).toEqual([
      'resolve',
      'connect',
      'login',
      'describe',
      'codec',
      'setup',
      'play',
      'first-packet',
      'key-picture',
    ]);
    expect(Object.fromEntries(steps)).toMatchObject({
      resolve: { host: '127.0.0.1', address: '127.0.0.1' },
      connect: { port: camera.port, secure: false },
      login: { scheme: 'none' },
      codec: { codec: 'h264', audio: null },
      setup: { transport: 'tcp', tracks: 1 },
      'key-picture': { codec: 'h264', size: '640x360' },
    });
    units.forEach((unit, i) => {
      expect(Buffer.from(unit.annexB).equals(stream.units[i]!.annexB), `picture ${i}`).toBe(true);
      expect(unit).toMatchObject({ codec: 'h264', key: i === 0, discontinuity: i === 0, corrupt: false });
      expect(Math.abs(unit.receivedAtMs - Date.now())).toBeLessThan(20_000);
      if (i > 0) expect(Math.abs(unit.dtsUs - units[i - 1]!.dtsUs - 1e6 / 15)).toBeLessThan(100);
    });
  });

  it('says goodbye when it is told to stop, and gives the connection back', async () => {
    const camera = await cameraWith();
    const playing = play(camera.url('/live'));
    await playing.until(() => playing.units.length > 0);
    expect(camera.counters).toMatchObject({ connections: 1, sessionsNow: 1 });
    expect(await playing.stop()).toBeNull();
    expect(camera.counters).toMatchObject({ sessionsNow: 0, sessionsPeak: 1 });
    expect(camera.counters.requests.get('TEARDOWN')).toBe(1);
  });

  it('gives sound along with the pictures', async () => {
    const camera = await cameraWith();
    const playing = play(camera.url('/sound'));
    await playing.until(() => playing.units.filter(({ codec }) => codec === 'pcma').length > 10);
    await playing.stop();
    expect(playing.steps.find(([step]) => step === 'setup')?.[1]).toEqual({ transport: 'tcp', tracks: 2 });
    expect(playing.units.find(({ codec }) => codec === 'pcma')?.annexB).toHaveLength(160);
  });

  it('is told how its packets come, and tells', async () => {
    const camera = await cameraWith();
    const playing = play(camera.url('/live'));
    await playing.until(() => playing.links.length > 0 && playing.links.at(-1)!.packets > 10 && camera.counters.receiverReports > 1);
    await playing.stop();
    expect(playing.links.at(-1)).toMatchObject({ transport: 'tcp', lost: 0, reordered: 0, duplicated: 0 });
  });

  it.each([
    ['by GET_PARAMETER', {}, 'GET_PARAMETER'],
    ['by OPTIONS where that is not offered', { methods: ['OPTIONS', 'DESCRIBE', 'SETUP', 'PLAY'] }, 'OPTIONS'],
    ['by OPTIONS where that is refused', { faults: { statuses: { GET_PARAMETER: 501 } } }, 'OPTIONS'],
    ['even if it never answers that', { faults: { silentAt: 'GET_PARAMETER' } }, 'OPTIONS'],
  ] as const)('is kept alive %s', async (_name, options, method) => {
    const camera = await cameraWith({ ...options, sessionTimeoutS: 1 });
    const playing = play(camera.url('/live'));
    await playing.until(() => playing.units.length > 0);
    const before = camera.counters.requests.get(method) ?? 0;
    // Two seconds of pictures: twice what a session without a word would live.
    await playing.until(() => playing.units.length > 30);
    expect(camera.counters.requests.get(method)).toBeGreaterThan(before + 1);
    expect(await playing.stop()).toBeNull();
  });

  it('may have parameters in its address, and its sub picture another', async () => {
    const camera = await cameraWith();
    await some(camera.url('/live?channel=1&subtype=0'));
    const source = createRtspSource(
      { kind: 'rtsp', url: camera.url('/none'), subUrl: camera.url('/live') },
      { clock: systemClock, policy },
    );
    const abort = new AbortController();
    await source.run('sub', { push: () => abort.abort() }, abort.signal);
  });

  it.each([
    ['Basic', ['basic']],
    ['Digest MD5', ['MD5', 'basic']],
    ['Digest MD5-sess', ['MD5-sess']],
    ['Digest SHA-256', ['basic', 'MD5', 'SHA-256']],
  ] as const)('asks for a login: %s', async (scheme, schemes) => {
    const camera = await cameraWith({ login: { ...login, schemes } });
    const { steps } = await some(camera.url('/live', login));
    expect(steps.find(([step]) => step === 'login')?.[1]).toEqual({ scheme });
    expect(JSON.stringify(steps)).not.toContain(login.password);
    expect(camera.counters.loginsRefused).toBe(0);
  });

  it('may find a nonce too old', async () => {
    await some((await cameraWith({ login, faults: { staleNonce: true } })).url('/live', login));
  });

  it('may hang up when it has asked for a login: it is called again, with the answer', async () => {
    const camera = await cameraWith({ login, faults: { hangsUpOnLogin: true } });
    const { steps } = await some(camera.url('/live', login));
    expect(steps.filter(([step]) => step === 'login')).toEqual([['login', { scheme: 'Digest MD5' }]]);
    expect(camera.counters).toMatchObject({ connections: 2, loginsRefused: 0, sessionsPeak: 1 });
    expect(await play(camera.url('/live', { ...login, password: 'wrong' })).ended).toMatchObject({ code: 'source-login-refused' });
    expect(camera.counters.connections).toBe(4);
    // Whether the camera still reads what is sent before it is known that it hung up is chance.
    expect(camera.counters.loginsRefused).toBeLessThanOrEqual(2);
  });

  it('sends over UDP, when it wants to or we do', async () => {
    const camera = await cameraWith({ transports: ['udp'] });
    const { units, steps } = await some(camera.url('/live'));
    expect(steps.find(([step]) => step === 'setup')?.[1]).toMatchObject({ transport: 'udp' });
    expect(Buffer.from(units[0]!.annexB).equals(stream.units[0]!.annexB)).toBe(true);
    const willing = await some((await cameraWith()).url('/sound'), { transport: 'udp' });
    expect(willing.steps.find(([step]) => step === 'setup')?.[1]).toEqual({ transport: 'udp', tracks: 2 });
    const unwilling = await some((await cameraWith({ transports: ['tcp'] })).url('/live'), { transport: 'udp' });
    expect(unwilling.steps.find(([step]) => step === 'setup')?.[1]).toMatchObject({ transport: 'tcp' });
  });

  it('speaks TLS, and is believed when its certificate is known', async () => {
    const [key, cert] = ['key', 'certificate'].map((name) =>
      readFileSync(path.join(import.meta.dirname, `testdata/self-signed.${name}.pem`), 'utf8'),
    ) as [string, string];
    const camera = await cameraWith({ secure: { key, cert }, login });
    await some(camera.url('/live', login), { trust: createTlsTrust([cert]) });
    expect(await play(camera.url('/live', login)).ended).toMatchObject({
      code: 'source-unreachable',
      params: { reason: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    });
    expect(camera.counters.requests.get('DESCRIBE')).toBe(2);
  });

  it('is not heard over UDP when it is asked over TLS', async () => {
    const [key, cert] = ['key', 'certificate'].map((name) =>
      readFileSync(path.join(import.meta.dirname, `testdata/self-signed.${name}.pem`), 'utf8'),
    ) as [string, string];
    const camera = await cameraWith({ secure: { key, cert }, transports: ['udp'] });
    for (const transport of ['tcp', 'udp'] as const)
      expect(await play(camera.url('/live'), { trust: createTlsTrust([cert]), transport }).ended).toEqual({
        code: 'source-refused',
        params: { status: 461 },
      });
  });

  it('may list a sound that it does not have', async () => {
    const camera = await cameraWith({ faults: { noSuchSound: true } });
    const { steps } = await some(camera.url('/sound'));
    expect(steps.find(([step]) => step === 'setup')?.[1]).toEqual({ transport: 'tcp', tracks: 1 });
  });

  it('may be slow to begin, and answer in any piece', async () => {
    for (const faults of [{ gluesPlay: true }, { strayLineEnds: true }, { noCseq: true }, { asksBack: true }] satisfies FakeFaults[]) {
      const { units } = await some((await cameraWith({ faults })).url('/live'));
      expect(Buffer.from(units[0]!.annexB).equals(stream.units[0]!.annexB), JSON.stringify(faults)).toBe(true);
      expect(units.some(({ corrupt }) => corrupt)).toBe(false);
    }
  });
});

describe('a camera that cannot be opened', () => {
  it.each([
    ['does not answer', { silentAt: 'connect' }, 'source-unreachable', { reason: 'no-answer' }],
    ['stops answering at DESCRIBE', { silentAt: 'DESCRIBE' }, 'source-unreachable', { reason: 'no-answer' }],
    ['stops answering at SETUP', { silentAt: 'SETUP' }, 'source-unreachable', { reason: 'no-answer' }],
    ['stops answering at PLAY', { silentAt: 'PLAY' }, 'source-unreachable', { reason: 'no-answer' }],
    ['never sends', { silentAt: 'media' }, 'source-stalled', {}],
    ['announces more than it sends', { describe: 'long-length' }, 'source-protocol', { reason: 'answer-incomplete' }],
    ['announces 4 GB', { describe: 'huge-length' }, 'source-protocol', { reason: 'body-too-long' }],
    ['announces two lengths', { describe: 'two-lengths' }, 'source-protocol', { reason: 'content-length-malformed' }],
    ['has endless headers', { describe: 'endless-headers' }, 'source-protocol', { reason: 'head-too-long' }],
    ['drips', { describe: 'drip' }, 'source-protocol', { reason: 'answer-incomplete' }],
    ['describes itself in rubbish', { describe: 'rubbish' }, 'source-protocol', { reason: 'sdp-not-sdp' }],
    ['has no video', { describe: 'no-video' }, 'source-no-video', {}],
    ['has a video that nobody can decode', { describe: 'jpeg' }, 'source-codec-unsupported', { codec: 'JPEG' }],
    ['has no such stream', { statuses: { DESCRIBE: 404 } }, 'source-not-found', { status: 404 }],
    ['has no such session', { statuses: { DESCRIBE: 454 } }, 'source-not-found', { status: 454 }],
    ['has no bandwidth left', { statuses: { SETUP: 453 } }, 'source-refused', { status: 453 }],
    ['is too busy', { statuses: { PLAY: 503 } }, 'source-refused', { status: 503 }],
    ['forbids it', { statuses: { DESCRIBE: 403 } }, 'source-login-refused', { status: 403 }],
    ['takes no transport', { statuses: { SETUP: 461 } }, 'source-refused', { status: 461 }],
    ['redirects nowhere', { redirectsTo: 'http://cam/' }, 'source-protocol', { reason: 'redirect-malformed' }],
    ['redirects to where nobody may go', { redirectsTo: 'rtsp://8.8.8.8/live' }, 'source-address-refused', { address: '8.8.8.8' }],
    ['redirects in a circle', { redirectsTo: '/live' }, 'source-protocol', { reason: 'too-many-redirects' }],
  ] as const)('%s', async (_name, faults, code, params) => {
    const camera = await cameraWith({ faults });
    expect(await play(camera.url('/live'), hasty).ended).toMatchObject({ code, params });
    expect(camera.counters.sessionsPeak).toBeLessThanOrEqual(1);
  });

  it('never sends a key picture', async () => {
    const camera = await cameraWith({ faults: { noKeyPictures: true } });
    const playing = play(camera.url('/live'), { limits: { ...patient, noKeyPictureMs: 500 } });
    expect(await playing.ended).toMatchObject({ code: 'source-no-key-picture' });
  });

  it('has another length than it says, and is understood all the same', async () => {
    await some((await cameraWith({ faults: { describe: 'short-length' } })).url('/live'));
    await some((await cameraWith({ faults: { describe: 'binary' } })).url('/live'));
  });

  it.each([
    ['has no such stream', { statuses: { DESCRIBE: 404 } }, 'login'],
    ['refuses the login', { statuses: { DESCRIBE: 401 } }, 'connect'],
    ['has no video', { describe: 'no-video' }, 'describe'],
    ['takes no transport', { statuses: { SETUP: 461 } }, 'codec'],
    ['refuses to play', { statuses: { PLAY: 503 } }, 'setup'],
    ['never sends', { silentAt: 'media' }, 'play'],
  ] as const)('%s: the last step that succeeded says so', async (_name, faults, last) => {
    const playing = play((await cameraWith({ faults })).url('/live'), hasty);
    expect(await playing.ended).not.toBeNull();
    expect(playing.steps.at(-1)?.[0]).toBe(last);
  });

  it('refuses the login, and is not asked for ever', async () => {
    const camera = await cameraWith({ login });
    expect(await play(camera.url('/live', { ...login, password: 'wrong' })).ended).toEqual({
      code: 'source-login-refused',
      params: { status: 401, reason: 'refused' },
    });
    expect(camera.counters.loginsRefused).toBe(1);
    expect(await play(camera.url('/live')).ended).toMatchObject({ params: { reason: 'no-credentials' } });
    expect(camera.counters.loginsRefused).toBe(1);
    const never = await cameraWith({ login, faults: { refusesLogin: true, staleNonce: true } });
    expect(await play(never.url('/live', login)).ended).toMatchObject({ code: 'source-login-refused' });
    expect(never.counters.loginsRefused).toBeLessThanOrEqual(1);
  });

  it.each([
    ['rtsp://8.8.8.8/live', 'source-address-refused', { host: '8.8.8.8', address: '8.8.8.8' }],
    ['rtsp://169.254.169.254/live', 'source-address-refused', {}],
    ['rtsp://no-such-host.invalid/live', 'source-unresolved', { host: 'no-such-host.invalid' }],
    ['rtsp://127.0.0.1:1/live', 'source-unreachable', { port: 1, reason: 'ECONNREFUSED' }],
    ['http://127.0.0.1/live', 'source-invalid', { field: 'url', reason: 'scheme' }],
  ])('%s', async (url, code, params) => {
    const lookup = () => Promise.reject(Object.assign(new Error('no such host'), { code: 'ENOTFOUND' }));
    const closed = createAddressPolicy({ networks: ['127.0.0.0/8'], lookup });
    expect(await play(url, { policy: closed }).ended).toMatchObject({ code, params });
  });

  it('has a name that is never found out', async () => {
    const silent = createAddressPolicy({ networks: ['127.0.0.0/8'], lookup: () => new Promise(() => {}) });
    expect(await play('rtsp://camera/live', { ...hasty, policy: silent }).ended).toEqual({
      code: 'source-unresolved',
      params: { host: 'camera', reason: 'timeout' },
    });
  });

  it('can be given up at any moment', async () => {
    const camera = await cameraWith({ faults: { silentAt: 'SETUP' } });
    const early = play(camera.url('/live'));
    expect(await early.stop()).toBeNull();
    const late = play(camera.url('/live'));
    await late.until(() => late.steps.some(([step]) => step === 'codec'));
    expect(await late.stop()).toBeNull();
    const playing = play((await cameraWith()).url('/live'));
    await playing.until(() => playing.steps.some(([step]) => step === 'connect'));
    expect(await playing.stop()).toBeNull();
  });
});

describe('a camera that plays', () => {
  it('is gone when its connection is', async () => {
    const camera = await cameraWith();
    const playing = play(camera.url('/live'));
    await playing.until(() => playing.units.length > 2);
    camera.kill();
    expect(await playing.ended).toMatchObject({ code: 'source-ended' });
  });

  it('forgets its session', async () => {
    const camera = await cameraWith();
    const playing = play(camera.url('/live'), { limits: { ...patient, keepAliveMs: 100 } });
    await playing.until(() => playing.units.length > 2);
    camera.forgetSessions();
    expect(await playing.ended).toEqual({ code: 'source-refused', params: { status: 454 } });
  });

  it('stops sending', async () => {
    const camera = await cameraWith();
    const playing = play(camera.url('/live'), hasty);
    await playing.until(() => playing.units.length > 2);
    camera.forgetSessions();
    expect(await playing.ended).toMatchObject({ code: 'source-stalled' });
  });

  it('sends us elsewhere, and times go on rising', async () => {
    const other = await cameraWith({ login });
    const camera = await cameraWith({ login });
    const playing = play(camera.url('/live', login));
    await playing.until(() => playing.units.length > 2);
    camera.tell('REDIRECT', [['Location', other.url('/live')]]);
    await playing.until(() => other.counters.sessionsNow === 1 && playing.units.at(-1)!.dtsUs > playing.units[2]!.dtsUs + 1_000_000);
    await playing.stop();
    expect(camera.counters.sessionsNow).toBe(0);
    playing.units.forEach((unit, i) => {
      if (i > 0) expect(unit.dtsUs).toBeGreaterThan(playing.units[i - 1]!.dtsUs);
    });
    expect(playing.units.filter(({ discontinuity }) => discontinuity)).toHaveLength(2);
  });

  it('describes itself anew', async () => {
    const camera = await cameraWith();
    const playing = play(camera.url('/live'));
    await playing.until(() => playing.units.length > 2);
    camera.tell('ANNOUNCE', []);
    expect(await playing.ended).toEqual({ code: 'source-ended', params: { reason: 'described-anew' } });
  });

  it('loses packets: they are counted, and the pictures are marked', async () => {
    const playing = play((await cameraWith({ faults: { losesEvery: 7 } })).url('/live'));
    await playing.until(() => playing.units.some(({ corrupt }) => corrupt) && (playing.links.at(-1)?.lost ?? 0) > 2);
    await playing.stop();
  });

  it('shuffles and repeats packets, and somebody else sends some: nothing is lost', async () => {
    const camera = await cameraWith({ transports: ['udp'], faults: { shuffles: true, strangers: true } });
    const playing = play(camera.url('/live'));
    await playing.until(() => playing.units.length > 10 && (playing.links.at(-1)?.packets ?? 0) > 20);
    await playing.stop();
    const { lost, reordered, duplicated } = playing.links.at(-1)!;
    expect(lost).toBe(0);
    expect(reordered).toBeGreaterThan(0);
    expect(duplicated).toBeGreaterThan(0);
    playing.units.forEach((unit, i) => expect(Buffer.from(unit.annexB).equals(stream.units[i]!.annexB), `picture ${i}`).toBe(true));
  });

  it('sends, but somebody else does too, and only he is there in the end', async () => {
    const camera = await cameraWith({ transports: ['udp'], faults: { strangers: true, silentAt: 'media' } });
    expect(await play(camera.url('/live'), hasty).ended).toMatchObject({ code: 'source-stalled', params: { strangers: 0, malformed: 0 } });
    const other = await cameraWith({ transports: ['udp'], faults: { onlyStrangers: true } });
    const ended = await play(other.url('/live'), hasty).ended;
    expect(ended).toMatchObject({ code: 'source-stalled' });
    expect(ended?.params['strangers']).toBeGreaterThan(0);
  });

  it('has a clock that jumps: times still rise', async () => {
    const { units } = await some((await cameraWith({ faults: { absurdTimestamps: true } })).url('/live'), {}, 12);
    units.forEach((unit, i) => {
      expect(unit.ptsUs).toBeGreaterThanOrEqual(unit.dtsUs);
      if (i > 0) expect(unit.dtsUs).toBeGreaterThan(units[i - 1]!.dtsUs);
      if (i > 0) expect(unit.dtsUs - units[i - 1]!.dtsUs).toBeLessThan(10_000_000);
    });
  });

  it('changes its picture in the middle: the parameter sets come with it', async () => {
    const main = await readFakeStream(path.join(clips, 'crossing.main.h264'));
    const playing = play((await cameraWith({ faults: { changesTo: { after: 3, stream: main } } })).url('/live'));
    await playing.until(() => playing.units.filter(({ key }) => key).length > 1);
    await playing.stop();
  });

  it('changes its codec in the middle: there is an honest stream or an honest end, and no more', async () => {
    const other = await readFakeStream(path.join(import.meta.dirname, 'testdata/test-picture.h265'));
    const camera = await cameraWith({ faults: { changesTo: { after: 3, stream: other } } });
    const playing = play(camera.url('/live'));
    await playing.until(() => (playing.links.at(-1)?.packets ?? 0) > 40);
    const ended = await playing.stop();
    expect(ended).toBeNull();
    // What came after the change is no picture of the codec that was announced: whatever is made of it is marked, and never a key picture.
    expect(playing.units.slice(3).filter(({ key, corrupt }) => key && !corrupt)).toEqual([]);
  });

  it('sends H.265', async () => {
    const h265 = await readFakeStream(path.join(import.meta.dirname, 'testdata/test-picture.h265'));
    const camera = await cameraWith({ streams: { '/live': h265 } });
    const { units, steps } = await some(camera.url('/live'));
    expect(Object.fromEntries(steps)).toMatchObject({ codec: { codec: 'h265' }, 'key-picture': { codec: 'h265', size: '160x90' } });
    expect(units[0]).toMatchObject({ codec: 'h265', key: true, corrupt: false });
    expect(Buffer.from(units[1]!.annexB).equals(h265.units[1]!.annexB)).toBe(true);
  });

  it('does not disturb its neighbours', async () => {
    const good = await cameraWith();
    const neighbour = play(good.url('/live'));
    await neighbour.until(() => neighbour.units.length > 0);
    const bad: FakeFaults[] = [
      { describe: 'endless-headers' },
      { describe: 'huge-length' },
      { silentAt: 'connect' },
      { losesEvery: 2 },
      { absurdTimestamps: true },
    ];
    const others = await Promise.all(bad.map(async (faults) => play((await cameraWith({ faults })).url('/live'))));
    const before = neighbour.units.length;
    await neighbour.until(() => neighbour.units.length > before + 15);
    await Promise.all([neighbour, ...others].map((one) => one.stop()));
    expect(neighbour.units.some(({ corrupt }, i) => corrupt || i > 300)).toBe(false);
  });
});
