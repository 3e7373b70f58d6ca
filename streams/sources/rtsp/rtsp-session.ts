import { problem, ProblemError, type Problem } from '../../../main/contract/errors.ts';
import type { Clock } from '../../../main/contract/time.ts';
import type { SourceReport } from '../../media/source.ts';
import { headerOf, type RtspRequest } from '../../protocols/rtsp/message.ts';
import { decodeMethods } from '../../protocols/rtsp/public-header.ts';
import { encodeRange } from '../../protocols/rtsp/range-header.ts';
import type { RtspUrl } from '../../protocols/rtsp/rtsp-url.ts';
import { parseSdp } from '../../protocols/sdp/parse-sdp.ts';
import { baseOf, resolveControl } from '../../protocols/sdp/resolve-control.ts';
import type { AddressPolicy, AllowedAddress } from '../address-policy.ts';
import { chooseTracks, type ChosenTrack, type ChosenTracks } from './choose-tracks.ts';
import { LiveTracks } from './live-tracks.ts';
import { RtspConnection, type RtspListener } from './rtsp-connection.ts';
import { Redirected, RtspDialogue } from './rtsp-dialogue.ts';
import type { RtspLimits } from './rtsp-limits.ts';
import type { RtspLogin } from './rtsp-login.ts';
import { setUpTrack, type LowerTransport } from './set-up-tracks.ts';
import { describeProblem } from './status-problem.ts';
import { unlessAborted, withTimeLimit } from './time-limit.ts';
import type { TlsTrust } from './tls-trust.ts';
import { UdpPorts, type UdpListener } from './udp-ports.ts';
import type { UnitTimeline } from './unit-timeline.ts';

export interface RtspSessionOptions {
  readonly target: RtspUrl;
  readonly login: RtspLogin;
  readonly clock: Clock;
  readonly policy: AddressPolicy;
  readonly trust: TlsTrust;
  /** What is tried first. */
  readonly transport: LowerTransport;
  readonly limits: RtspLimits;
  readonly timeline: UnitTimeline;
  readonly report: SourceReport;
}

const sessionNotFound = 454;
const unsupportedTransport = 461;

/** One session with one server, from the look-up of its name to the goodbye; `play` is the whole of it. */
export class RtspSession implements RtspListener {
  readonly #options: RtspSessionOptions;
  readonly #clock: Clock;
  readonly #login: RtspLogin;
  readonly #tracks: LiveTracks;
  /** Aborts with the reason why the session is over. */
  readonly #ending = new AbortController();
  #connection: RtspConnection | null = null;
  #dialogue: RtspDialogue | null = null;
  #peer: AllowedAddress | null = null;
  #playUrl = '';
  #transport: LowerTransport;
  #canGetParameter = false;
  #keepAliveMs: number;
  #isPlaying = false;

  constructor(options: RtspSessionOptions) {
    const { clock, limits, timeline, report } = options;
    this.#options = options;
    this.#clock = clock;
    this.#login = options.login;
    this.#tracks = new LiveTracks({ clock, limits, timeline, report, onFirstPacket: () => this.#nowPlaying() });
    this.#transport = options.transport;
    this.#keepAliveMs = limits.keepAliveMs;
  }

  /** Plays until the signal aborts. Throws a ProblemError when it fails, and `Redirected` when it goes on elsewhere. */
  async play(signal: AbortSignal): Promise<void> {
    const stop = () => this.#ending.abort(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    const late = () => new ProblemError(this.#lateProblem());
    try {
      await withTimeLimit(this.#clock, this.#options.limits.openMs, this.#ending.signal, late, (opening) => this.#open(opening));
      await this.#keepPlaying();
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      signal.removeEventListener('abort', stop);
      this.#ending.abort();
      await this.#leave();
    }
  }

  interleaved(channel: number, payload: Uint8Array): void {
    this.#tracks.interleaved(channel, payload);
  }

  request(request: RtspRequest): void {
    const location = headerOf(request, 'Location');
    if (request.method === 'REDIRECT' && location !== null) this.#ending.abort(new Redirected(location));
    // The tracks are not what they were: whoever runs the source asks anew.
    if (request.method === 'ANNOUNCE') this.#ending.abort(new ProblemError(problem('source-ended', { reason: 'described-anew' })));
  }

  ended(failure: Problem): void {
    const isClosed = this.#isPlaying && failure.code === 'source-unreachable';
    this.#ending.abort(this.#login.ended(isClosed ? problem('source-ended', { reason: failure.params['reason'] ?? null }) : failure));
  }

  async #open(signal: AbortSignal): Promise<void> {
    const { target, report, policy } = this.#options;
    const found = await unlessAborted(signal, policy.check(target.host, target.port));
    if (!found.ok) throw new ProblemError(found.error);
    this.#peer = found.value;
    report.step('resolve', { host: target.host, address: found.value.address });

    const dialogue = await this.#connect(found.value, signal);
    const options = await dialogue.ask('OPTIONS', target.requestUrl, [], signal);
    this.#canGetParameter = decodeMethods(headerOf(options, 'Public') ?? '').has('GET_PARAMETER');
    const { tracks, base, playUrl } = await this.#describe(dialogue, signal);
    this.#playUrl = playUrl;

    await this.#setUpVideo(dialogue, tracks.video, base, signal);
    if (tracks.audio) await this.#setUpAudio(dialogue, tracks.audio, base, signal);
    report.step('setup', { transport: this.#transport, tracks: this.#tracks.count });

    this.#tracks.expect();
    await dialogue.demand('PLAY', playUrl, [['Range', encodeRange({ from: 0, to: null })]], signal);
    this.#nowPlaying();
  }

  async #connect(to: AllowedAddress, signal: AbortSignal): Promise<RtspDialogue> {
    const { target, trust, report, limits } = this.#options;
    const { host, port, secure } = target;
    const late = () => new ProblemError(problem('source-unreachable', { host, port, reason: 'timeout' }));
    const connection = await withTimeLimit(this.#clock, limits.connectMs, signal, late, (connecting) =>
      RtspConnection.open({ host, port, to, secure, trust }, this, connecting),
    );
    this.#connection = connection;
    this.#dialogue = new RtspDialogue(connection, this.#login);
    report.step('connect', { address: to.address, port, secure });
    return this.#dialogue;
  }

  async #describe(
    dialogue: RtspDialogue,
    signal: AbortSignal,
  ): Promise<{ readonly tracks: ChosenTracks; readonly base: string; readonly playUrl: string }> {
    const { target, report } = this.#options;
    const response = await dialogue.ask('DESCRIBE', target.requestUrl, [['Accept', 'application/sdp']], signal);
    const failure = describeProblem(response.status);
    // Who is told that there is no such stream has been let in.
    if (failure?.code !== 'source-login-refused') report.step('login', { scheme: this.#login.scheme });
    if (failure) throw new ProblemError(failure);
    const session = parseSdp(response.body);
    if (!session.ok) throw new ProblemError(problem('source-protocol', { reason: `sdp-${session.error}` }));
    report.step('describe', { bytes: response.body.length, media: session.value.media.length });
    const tracks = chooseTracks(session.value);
    if (!tracks.ok) throw new ProblemError(tracks.error);
    report.step('codec', { codec: tracks.value.video.format.codec, audio: tracks.value.audio?.format.codec ?? null });
    const base = baseOf({
      contentBase: headerOf(response, 'Content-Base'),
      contentLocation: headerOf(response, 'Content-Location'),
      requestUrl: target.requestUrl,
    });
    return { tracks: tracks.value, base, playUrl: resolveControl(session.value.control, base) };
  }

  /** The way that is preferred, or the other one. What is asked for over TLS is not sent beside it for everybody to see. */
  async #setUpVideo(dialogue: RtspDialogue, video: ChosenTrack, base: string, signal: AbortSignal): Promise<void> {
    const ways: readonly LowerTransport[] = this.#transport === 'tcp' ? ['tcp', 'udp'] : ['udp', 'tcp'];
    for (const way of this.#options.target.secure ? (['tcp'] as const) : ways) {
      this.#transport = way;
      if (await this.#setUp(dialogue, video, base, signal)) return;
    }
    throw new ProblemError(problem('source-refused', { status: unsupportedTransport }));
  }

  /** A picture without sound is better than none. */
  async #setUpAudio(dialogue: RtspDialogue, audio: ChosenTrack, base: string, signal: AbortSignal): Promise<void> {
    try {
      await this.#setUp(dialogue, audio, base, signal);
    } catch (error) {
      // Some list a sound that they do not have.
      if (!(error instanceof ProblemError) || !['source-refused', 'source-not-found'].includes(error.problem.code)) throw error;
    }
  }

  /** False when the server does not want this way of carrying the track. */
  async #setUp(dialogue: RtspDialogue, { format, control }: ChosenTrack, base: string, signal: AbortSignal): Promise<boolean> {
    const url = resolveControl(control, base);
    const connection = this.#connection!;
    if (this.#transport === 'tcp') {
      const offered = [this.#tracks.count * 2, this.#tracks.count * 2 + 1] as const;
      const terms = await setUpTrack(dialogue, url, 'tcp', offered, signal);
      if (!terms) return false;
      // Some answer every SETUP alike, and then send on the channels that they were told.
      const channels = terms.channels && !terms.channels.some((channel) => this.#tracks.hasChannel(channel)) ? terms.channels : offered;
      this.#tracks.addInterleaved(format, channels, (channel, packet) => connection.sendInterleaved(channel, packet));
      this.#takeTimeout(terms.timeoutMs);
      return true;
    }
    let listener: UdpListener | null = null;
    const ports = await UdpPorts.open(connection.localAddress, {
      rtp: (packet) => listener?.rtp(packet),
      rtcp: (packet) => listener?.rtcp(packet),
    });
    try {
      const terms = await setUpTrack(dialogue, url, 'udp', ports.ports, signal);
      if (!terms) return false;
      listener = this.#tracks.addUdp(format, ports);
      ports.hear({ address: this.#peer!.address, ports: terms.serverPort, ssrc: terms.ssrc });
      this.#takeTimeout(terms.timeoutMs);
      return true;
    } finally {
      // Nobody has taken them over.
      if (!listener) ports.close();
    }
  }

  /** Half of what the server allows, so that one keep-alive may be lost. */
  #takeTimeout(timeoutMs: number): void {
    this.#keepAliveMs = Math.min(this.#keepAliveMs, timeoutMs / 2);
  }

  /** The first packet may come before the answer to PLAY. */
  #nowPlaying(): void {
    if (this.#isPlaying) return;
    this.#isPlaying = true;
    this.#options.report.step('play', { keepAliveMs: this.#keepAliveMs });
  }

  /** Does what is due until the session is over; then throws the reason. */
  async #keepPlaying(): Promise<never> {
    const { limits, report } = this.#options;
    let reportAt = this.#clock.monotonic() + limits.receiverReportMs;
    let keepAliveAt = this.#clock.monotonic() + this.#keepAliveMs;
    let keepAlive: Promise<void> | null = null;
    for (;;) {
      await this.#clock.sleep(limits.tickMs, this.#ending.signal).catch(() => {});
      this.#ending.signal.throwIfAborted();
      const failure = this.#tracks.verdict();
      if (failure) throw new ProblemError(failure);
      report.link({ transport: this.#transport, ...this.#tracks.link() });
      const now = this.#clock.monotonic();
      if (now >= reportAt) {
        reportAt = now + limits.receiverReportMs;
        this.#tracks.sendReceiverReports();
      }
      if (now >= keepAliveAt && !keepAlive) {
        keepAliveAt = now + this.#keepAliveMs;
        keepAlive = this.#keepAlive().finally(() => {
          keepAlive = null;
        });
      }
    }
  }

  /** Says that we are still there (RFC 2326 clause 10.8); ends the session when the server has forgotten it. Never rejects. */
  async #keepAlive(): Promise<void> {
    const method = this.#canGetParameter ? 'GET_PARAMETER' : 'OPTIONS';
    const late = new Error('no answer');
    const answerMs = Math.min(this.#options.limits.keepAliveAnswerMs, this.#keepAliveMs);
    try {
      const { status } = await withTimeLimit(
        this.#clock,
        answerMs,
        this.#ending.signal,
        () => late,
        (asking) => this.#dialogue!.ask(method, this.#playUrl, [], asking),
      );
      if (status === sessionNotFound) this.#ending.abort(new ProblemError(problem('source-refused', { status })));
      // Announced, but not done.
      else if (status >= 400) this.#canGetParameter = false;
    } catch (error) {
      // Some do not answer what they do not know. As long as pictures come, that is no reason to end.
      if (error === late) this.#canGetParameter = false;
      else this.#ending.abort(error);
    }
  }

  /** Says goodbye as far as there is time, and gives everything back. */
  async #leave(): Promise<void> {
    this.#tracks.close();
    const [connection, dialogue] = [this.#connection, this.#dialogue];
    if (!connection || !dialogue) return;
    if (!connection.isOver && dialogue.sessionId !== null) {
      const { signal } = new AbortController();
      const late = () => new Error('too late');
      const goodbye = withTimeLimit(this.#clock, this.#options.limits.teardownMs, signal, late, (leaving) =>
        dialogue.ask('TEARDOWN', this.#playUrl, [], leaving),
      );
      await goodbye.catch(() => {});
    }
    connection.close();
  }

  /** Why the opening takes too long. */
  #lateProblem(): Problem {
    const { host, port } = this.#options.target;
    if (!this.#peer) return problem('source-unresolved', { host, reason: 'timeout' });
    if (this.#connection?.isInMessage) return problem('source-protocol', { reason: 'answer-incomplete' });
    return problem('source-unreachable', { host, port, reason: this.#connection ? 'no-answer' : 'timeout' });
  }
}
