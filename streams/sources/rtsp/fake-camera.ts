import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import tls from 'node:tls';
import { decodeAuthorization, isRightAnswer, type Login } from '../../protocols/rtsp/authorization.ts';
import { bytesOfText } from '../../protocols/rtsp/byte-text.ts';
import { encodeChallenge, type Challenge, type DigestAlgorithm } from '../../protocols/rtsp/challenge.ts';
import { encodeMessage, headerOf, type RtspHeaders, type RtspMessage, type RtspRequest } from '../../protocols/rtsp/message.ts';
import { RtspReader } from '../../protocols/rtsp/message-reader.ts';
import { decodeTransports, encodeTransports, type Transport } from '../../protocols/rtsp/transport-header.ts';
import type { MediaDescription } from '../../protocols/sdp/session-description.ts';
import { writeSdp } from '../../protocols/sdp/write-sdp.ts';
import { audioPayloadType, FakeBroadcast, videoPayloadType, type FakeBurst, type FakeReceiver } from './fake-broadcast.ts';
import type { FakeFaults } from './fake-faults.ts';
import { parameterSets, type FakeStream } from './fake-stream.ts';
import { TcpTransport, UdpTransport, type FakeTransport } from './fake-transport.ts';
import { digestHash } from './rtsp-login.ts';

export interface FakeCameraOptions {
  /** By path. Whatever lies below a path (`/live/17` below `/live`) is the same stream, so that many cameras can have one. */
  readonly streams: Readonly<Record<string, FakeStream>>;
  readonly login?: Login & { readonly schemes?: readonly ('basic' | DigestAlgorithm)[] };
  /** What media may be carried by; another wish is answered by 461. */
  readonly transports?: readonly ('tcp' | 'udp')[];
  /** Sessions that say nothing for so long are forgotten. */
  readonly sessionTimeoutS?: number;
  /** What it says that it can. */
  readonly methods?: readonly string[];
  /** TLS, with a key and its certificate in PEM. */
  readonly secure?: { readonly key: string; readonly cert: string };
  readonly faults?: FakeFaults;
  readonly port?: number;
}

export interface FakeCamera {
  readonly port: number;
  /** Its address, with a login when one is given. */
  url(path: string, login?: Login): string;
  readonly counters: {
    readonly connections: number;
    readonly connectionsNow: number;
    readonly sessionsNow: number;
    readonly sessionsPeak: number;
    readonly requests: ReadonlyMap<string, number>;
    readonly loginsRefused: number;
    readonly receiverReports: number;
    readonly bytesSent: number;
    /** Pictures that were left out because somebody did not read. */
    readonly droppedBursts: number;
  };
  /** Cuts all connections, as if the cable was pulled. */
  kill(): void;
  /** Forgets all sessions: their next request is answered by 454. */
  forgetSessions(): void;
  /** Sends a request to everybody who is connected. */
  tell(method: string, headers: RtspHeaders): void;
  stop(): Promise<void>;
}

const defaultMethods = ['OPTIONS', 'DESCRIBE', 'SETUP', 'PLAY', 'GET_PARAMETER', 'TEARDOWN'];
const reasons: Readonly<Record<number, string>> = { 200: 'OK', 302: 'Moved Temporarily', 401: 'Unauthorized', 404: 'Not Found' };
const maxUnsentBytes = 4 * 1024 * 1024;
/** How often is looked for sessions that say nothing any more. */
const expiryTickMs = 100;
const host = '127.0.0.1';

/**
 * The other half of the protocol: a camera that listens on loopback and plays clips, well or, with `faults`, badly. Light enough to be
 * hundreds of cameras at once: a picture is made into packets once for all who see it.
 */
export async function createFakeCamera(options: FakeCameraOptions): Promise<FakeCamera> {
  const camera = new Camera(options);
  await camera.listen();
  return camera;
}

class Camera implements FakeCamera {
  readonly options: FakeCameraOptions;
  readonly faults: FakeFaults;
  readonly broadcasts: ReadonlyMap<string, FakeBroadcast>;
  readonly visitors = new Set<Visitor>();
  readonly nonce = randomBytes(12).toString('hex');
  readonly counters = {
    connections: 0,
    connectionsNow: 0,
    sessionsNow: 0,
    sessionsPeak: 0,
    requests: new Map<string, number>(),
    loginsRefused: 0,
    receiverReports: 0,
    bytesSent: 0,
    droppedBursts: 0,
  };
  readonly #server: net.Server;
  readonly #expiry: NodeJS.Timeout;

  constructor(options: FakeCameraOptions) {
    this.options = options;
    this.faults = options.faults ?? {};
    this.broadcasts = new Map(Object.entries(options.streams).map(([path, stream]) => [path, new FakeBroadcast(stream, this.faults)]));
    const visit = (socket: net.Socket) => {
      this.visitors.add(new Visitor(this, socket));
    };
    this.#server = options.secure ? tls.createServer(options.secure, visit) : net.createServer({ noDelay: true }, visit);
    this.#expiry = setInterval(() => {
      for (const visitor of this.visitors) visitor.expire();
    }, expiryTickMs);
  }

  reportReceived(): void {
    this.counters.receiverReports += 1;
  }

  async listen(): Promise<void> {
    this.#server.listen(this.options.port ?? 0, host);
    await once(this.#server, 'listening');
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  url(path: string, login?: Login): string {
    const userinfo = login ? `${encodeURIComponent(login.user)}:${encodeURIComponent(login.password)}@` : '';
    return `${this.options.secure ? 'rtsps' : 'rtsp'}://${userinfo}${host}:${this.port}${path}`;
  }

  /** The stream at a path or above it. */
  streamAt(url: string): { readonly stream: FakeStream; readonly broadcast: FakeBroadcast } | null {
    const wanted = url.replace(/^rtsps?:\/\/[^/]*/, '');
    for (const [path, stream] of Object.entries(this.options.streams))
      if (wanted === path || wanted.startsWith(`${path}/`) || wanted.startsWith(`${path}?`))
        return { stream, broadcast: this.broadcasts.get(path)! };
    return null;
  }

  kill(): void {
    for (const visitor of this.visitors) visitor.cut();
  }

  forgetSessions(): void {
    for (const visitor of this.visitors) visitor.forget();
  }

  tell(method: string, headers: RtspHeaders): void {
    for (const visitor of this.visitors) visitor.ask(method, headers);
  }

  async stop(): Promise<void> {
    clearInterval(this.#expiry);
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.kill();
    await closed;
  }
}

/** One connection, and the one session that it may have. */
class Visitor implements FakeReceiver {
  readonly #camera: Camera;
  readonly #socket: net.Socket;
  #isSilent: boolean;
  #wasStale = false;
  #session: { readonly id: string; broadcast: FakeBroadcast; readonly tracks: Map<'video' | 'audio', FakeTransport> } | null = null;
  /** Ticks without a word; counted rather than timed, so that a pause of the whole process forgets nobody. */
  #quietTicks = 0;
  #cseq = 0;
  #held: Buffer[] | null = null;

  constructor(camera: Camera, socket: net.Socket) {
    this.#camera = camera;
    this.#socket = socket;
    camera.counters.connections += 1;
    camera.counters.connectionsNow += 1;
    this.#isSilent = camera.faults.silentAt === 'connect';
    const reader = new RtspReader({
      message: (message) => this.#take(message),
      interleaved: (channel) => {
        if (channel % 2 === 1) camera.counters.receiverReports += 1;
      },
    });
    socket.on('data', (chunk: Buffer) => {
      if (reader.push(chunk)) socket.destroy();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      camera.visitors.delete(this);
      camera.counters.connectionsNow -= 1;
      this.forget();
    });
  }

  cut(): void {
    this.#socket.destroy();
  }

  forget(): void {
    if (!this.#session) return;
    this.#session.broadcast.remove(this);
    for (const way of this.#session.tracks.values()) way.close();
    this.#session = null;
    this.#camera.counters.sessionsNow -= 1;
  }

  /** Forgets a session that says nothing any more. */
  expire(): void {
    const timeoutS = this.#camera.options.sessionTimeoutS;
    this.#quietTicks += 1;
    if (timeoutS !== undefined && this.#quietTicks * expiryTickMs > timeoutS * 1000) this.forget();
  }

  ask(method: string, headers: RtspHeaders): void {
    this.#cseq += 1;
    this.#write(
      encodeMessage({ kind: 'request', method, url: '*', headers: [['CSeq', String(this.#cseq)], ...headers], body: new Uint8Array(0) }),
    );
  }

  burst(burst: FakeBurst): void {
    const way = this.#session?.tracks.get(burst.track);
    if (!way) return;
    if (this.#socket.writableLength > maxUnsentBytes) {
      this.#camera.counters.droppedBursts += 1;
      return;
    }
    this.#camera.counters.bytesSent += burst.frames.length;
    way.send(burst);
  }

  #write(bytes: Uint8Array): void {
    if (this.#held) this.#held.push(Buffer.from(bytes));
    else this.#socket.write(bytes);
  }

  #take(message: RtspMessage): void {
    if (message.kind === 'response') return;
    const { counters, faults } = this.#camera;
    counters.requests.set(message.method, (counters.requests.get(message.method) ?? 0) + 1);
    this.#quietTicks = 0;
    if (faults.silentAt === message.method) this.#isSilent = true;
    if (!this.#isSilent) void this.#answer(message);
  }

  #reply(request: RtspRequest, status: number, headers: RtspHeaders = [], body: Uint8Array = new Uint8Array(0)): Uint8Array {
    const cseq = headerOf(request, 'CSeq') ?? '0';
    return encodeMessage({
      kind: 'response',
      status,
      reason: reasons[status] ?? 'Refused',
      headers: [...(this.#camera.faults.noCseq ? [] : [['CSeq', cseq] as const]), ...headers],
      body,
    });
  }

  async #answer(request: RtspRequest): Promise<void> {
    const { faults, options } = this.#camera;
    const refuse = (status: number, headers: RtspHeaders = []) => this.#write(this.#reply(request, status, headers));
    const status = faults.statuses?.[request.method];
    if (status !== undefined) return refuse(status);
    if (request.method === 'OPTIONS') return refuse(200, [['Public', (options.methods ?? defaultMethods).join(', ')]]);
    if (!this.#isAuthorised(request)) return;
    switch (request.method) {
      case 'DESCRIBE':
        return this.#describe(request);
      case 'SETUP':
        return this.#setUp(request);
      case 'PLAY':
        return this.#play(request);
      case 'GET_PARAMETER':
        return refuse(this.#session ? 200 : 454);
      case 'TEARDOWN':
        refuse(this.#session ? 200 : 454);
        return this.forget();
      default:
        return refuse(501);
    }
  }

  #isAuthorised(request: RtspRequest): boolean {
    const { login } = this.#camera.options;
    const { faults, counters, nonce } = this.#camera;
    if (!login) return true;
    const stale = faults.staleNonce === true && headerOf(request, 'Authorization') !== null && !this.#wasStale;
    const realm = 'Fake "camera"';
    const challenges = (login.schemes ?? ['MD5']).map((scheme): Challenge =>
      scheme === 'basic'
        ? { scheme, realm }
        : { scheme: 'digest', realm, nonce, opaque: null, algorithm: scheme, qopAuth: scheme !== 'MD5', stale },
    );
    const given = decodeAuthorization(headerOf(request, 'Authorization') ?? '');
    const isRight = given.ok && challenges.some((challenge) => isRightAnswer(given.value, challenge, login, request.method, digestHash));
    if (isRight && !faults.refusesLogin && !stale) return true;
    if (stale) this.#wasStale = true;
    else if (given.ok) counters.loginsRefused += 1;
    this.#write(
      this.#reply(
        request,
        401,
        challenges.map((challenge) => ['WWW-Authenticate', encodeChallenge(challenge)]),
      ),
    );
    if (faults.hangsUpOnLogin) this.#socket.destroySoon();
    return false;
  }

  async #describe(request: RtspRequest): Promise<void> {
    const { faults } = this.#camera;
    const found = this.#camera.streamAt(request.url);
    if (faults.redirectsTo !== undefined) return this.#write(this.#reply(request, 302, [['Location', faults.redirectsTo]]));
    if (!found) return this.#write(this.#reply(request, 404));
    const answer = this.#describeAnswer(request, found.stream);
    if (faults.describe !== 'drip') return this.#write(answer);
    for (let at = 0; at < answer.length && !this.#socket.destroyed; at += 1) {
      this.#write(answer.subarray(at, at + 1));
      await new Promise((resolve) => {
        setTimeout(resolve, 20).unref();
      });
    }
  }

  #describeAnswer(request: RtspRequest, stream: FakeStream): Uint8Array {
    const fault = this.#camera.faults.describe;
    let body = writeSdp({
      name: 'Fake camera',
      control: null,
      address: '0.0.0.0',
      bandwidthKbps: null,
      direction: null,
      range: 'npt=now-',
      media: mediaOf(stream, fault),
    });
    if (fault === 'binary')
      body = Buffer.concat([
        Buffer.from('v=0\r\ni=\xff\xfe\x00\x01\r\n\x00\x00$\x00', 'latin1'),
        randomBytes(256),
        Buffer.from('\r\n'),
        body,
      ]);
    if (fault === 'rubbish') body = new Uint8Array(1000).fill(0x41);
    const headers: RtspHeaders = [
      ['Content-Type', 'application/sdp'],
      ['Content-Base', `${request.url}/`],
    ];
    const length = lengthSaid(body.length, fault);
    if (length === null && fault !== 'endless-headers') return this.#reply(request, 200, headers, body);
    const head = this.#reply(request, 200, headers);
    const more =
      fault === 'endless-headers' ? 'X-Padding: x\r\n'.repeat(2000) : length!.map((one) => `Content-Length: ${one}\r\n`).join('');
    return Buffer.concat([head.subarray(0, -2), bytesOfText(`${more}\r\n`), body]);
  }

  async #setUp(request: RtspRequest): Promise<void> {
    const found = this.#camera.streamAt(request.url);
    const refuse = (status: number) => this.#write(this.#reply(request, status));
    const wanted = decodeTransports(headerOf(request, 'Transport') ?? '');
    if (!found) return refuse(404);
    const allowed = this.#camera.options.transports ?? ['tcp', 'udp'];
    const transport = wanted.ok ? wanted.value.find((one) => allowed.includes(one.lower)) : undefined;
    if (!transport) return refuse(461);
    const track = request.url.endsWith('/trackID=2') ? 'audio' : 'video';
    if (track === 'audio' && this.#camera.faults.noSuchSound) return refuse(404);
    const sender = found.broadcast[track];
    let way: FakeTransport;
    let taken: Transport;
    if (transport.lower === 'tcp') {
      const channels = transport.interleaved ?? [0, 1];
      way = new TcpTransport(channels, (bytes) => this.#write(bytes));
      taken = { ...transport, interleaved: channels, ssrc: sender.ssrc };
    } else {
      const udp = await UdpTransport.open(this.#socket.remoteAddress ?? host, transport.clientPort ?? [0, 0], this.#camera);
      way = udp;
      taken = { ...transport, serverPort: udp.ports, ssrc: sender.ssrc };
    }
    if (this.#socket.destroyed) return way.close();
    if (!this.#session) {
      this.#session = { id: randomBytes(6).toString('hex'), broadcast: found.broadcast, tracks: new Map() };
      const { counters } = this.#camera;
      counters.sessionsNow += 1;
      counters.sessionsPeak = Math.max(counters.sessionsPeak, counters.sessionsNow);
    }
    this.#session.tracks.get(track)?.close();
    this.#session.tracks.set(track, way);
    const { sessionTimeoutS } = this.#camera.options;
    this.#write(
      this.#reply(request, 200, [
        ['Session', sessionTimeoutS === undefined ? this.#session.id : `${this.#session.id};timeout=${sessionTimeoutS}`],
        ['Transport', encodeTransports([taken])],
      ]),
    );
  }

  #play(request: RtspRequest): void {
    const { faults } = this.#camera;
    const session = this.#session;
    if (!session) return this.#write(this.#reply(request, 454));
    if (faults.asksBack) {
      this.ask('OPTIONS', []);
      this.ask('SET_PARAMETER', []);
      this.ask('RECORD', []);
    }
    const answer = this.#reply(request, 200, [
      ['Session', session.id],
      ['RTP-Info', `url=${request.url}trackID=1;seq=${(session.broadcast.video.sequence + 1) & 0xffff}`],
    ]);
    if (faults.gluesPlay) this.#held = [];
    this.#write(answer);
    if (faults.silentAt !== 'media') session.broadcast.add(this);
    if (!this.#held) return;
    session.broadcast.pump();
    const all = Buffer.concat(this.#held);
    this.#held = null;
    this.#socket.write(all);
  }
}

/** What Content-Length is said to be; null for the truth. */
function lengthSaid(length: number, fault: FakeFaults['describe']): readonly number[] | null {
  if (fault === 'short-length') return [length - 20];
  if (fault === 'long-length') return [length + 20];
  if (fault === 'huge-length') return [2 ** 32];
  return fault === 'two-lengths' ? [length, length + 1] : null;
}

function mediaOf(stream: FakeStream, fault: FakeFaults['describe']): MediaDescription[] {
  const medium = { port: 0, protocol: 'RTP/AVP', address: null, bandwidthKbps: null, direction: null } as const;
  const isForeign = fault === 'jpeg' || fault === 'vp8';
  const encoding = isForeign ? fault.toUpperCase() : stream.codec.toUpperCase();
  const format = {
    payloadType: videoPayloadType,
    encoding,
    clockRate: 90_000,
    channels: 1,
    fmtp: isForeign ? {} : parameterSets(stream),
  };
  const sound = { payloadType: audioPayloadType, encoding: '', clockRate: 0, channels: 1, fmtp: {} };
  const media: MediaDescription[] = [];
  if (fault !== 'no-video') media.push({ ...medium, kind: 'video', formats: [format], control: 'trackID=1' });
  if (stream.hasSound || fault === 'no-video') media.push({ ...medium, kind: 'audio', formats: [sound], control: 'trackID=2' });
  return media;
}
