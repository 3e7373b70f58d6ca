import net from 'node:net';
import tls from 'node:tls';
import { problem, ProblemError, type Problem } from '../../../main/contract/errors.ts';
import {
  cseqOf,
  encodeMessage,
  type RtspHeaders,
  type RtspMessage,
  type RtspRequest,
  type RtspResponse,
} from '../../protocols/rtsp/message.ts';
import { RtspReader, type RtspSink } from '../../protocols/rtsp/message-reader.ts';
import { encodeMethods } from '../../protocols/rtsp/public-header.ts';
import type { AllowedAddress } from '../address-policy.ts';
import type { TlsTrust } from './tls-trust.ts';

/** Where to connect to: `host` is what the camera is called, `to` the address that the policy allowed. */
export interface RtspPeer {
  readonly host: string;
  readonly to: AllowedAddress;
  readonly port: number;
  readonly secure: boolean;
  readonly trust: TlsTrust;
}

/** Who wants to know what comes in besides answers. */
export interface RtspListener {
  /** The bytes are only lent: they are another frame's after the call. */
  interleaved(channel: number, payload: Uint8Array): void;
  /** The server asked for something; it has been answered. */
  request(request: RtspRequest): void;
  /** The connection is over, by whatever side but ours. Comes once. */
  ended(failure: Problem): void;
}

/** One read takes at most so much; cameras send less at a time, and every connection has its own. */
const readBytes = 32 * 1024;
/** A server that does not read what we send is cut off: all we send is short. */
const maxUnsentBytes = 64 * 1024;
const maxPending = 8;
const userAgent = 'Taodu';
/** What a server may ask of us (RFC 2326 clause 10). */
const answeredMethods = new Set(['OPTIONS', 'GET_PARAMETER', 'SET_PARAMETER', 'ANNOUNCE', 'REDIRECT']);

interface Pending {
  resolve(response: RtspResponse): void;
  reject(error: unknown): void;
}

/**
 * An RTSP connection over TCP or TLS: pairs answers with requests by their CSeq, answers the server's own requests, and hands on
 * interleaved frames at once, those that came in one piece with an answer included.
 */
export class RtspConnection implements RtspSink {
  readonly #peer: RtspPeer;
  readonly #listener: RtspListener;
  readonly #socket: net.Socket;
  readonly #reader = new RtspReader(this);
  readonly #pending = new Map<number, Pending>();
  #cseq = 0;
  #isOpen = false;
  #isOver = false;
  /** Answers that nobody had asked for. */
  strayAnswers = 0;

  private constructor(peer: RtspPeer, listener: RtspListener) {
    this.#peer = peer;
    this.#listener = listener;
    const options = {
      host: peer.to.address,
      port: peer.port,
      family: peer.to.family,
      noDelay: true,
      // One buffer for the whole connection: all that comes is used up before the next read.
      onread: {
        buffer: new Uint8Array(readBytes),
        callback: (length: number, buffer: Uint8Array): boolean => {
          this.#take(buffer.subarray(0, length));
          return true;
        },
      },
    };
    this.#socket = peer.secure ? tls.connect({ ...options, ...peer.trust(peer.host) }) : net.connect(options);
    this.#socket.on('error', (error: NodeJS.ErrnoException) => this.#end(this.#unreachable(error.code ?? 'failed')));
    this.#socket.on('close', () => this.#end(this.#unreachable('closed')));
    this.#socket.on('end', () => this.#end(this.#unreachable('closed')));
  }

  /** Connects. Throws a ProblemError: `source-unreachable`. When the signal aborts, its reason is thrown. */
  static open(peer: RtspPeer, listener: RtspListener, signal: AbortSignal): Promise<RtspConnection> {
    signal.throwIfAborted();
    const connection = new RtspConnection(peer, listener);
    const socket = connection.#socket;
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        signal.removeEventListener('abort', abort);
        connection.#pending.delete(0);
        act();
      };
      const abort = () => {
        connection.close();
        settle(() => reject(signal.reason as Error));
      };
      signal.addEventListener('abort', abort, { once: true });
      // Whatever ends the connection ends the opening; no request has the number 0.
      connection.#pending.set(0, { resolve() {}, reject: (error) => settle(() => reject(error as Error)) });
      socket.once(peer.secure ? 'secureConnect' : 'connect', () =>
        settle(() => {
          connection.#isOpen = true;
          resolve(connection);
        }),
      );
    });
  }

  /** The address that we have on this connection; media sockets are bound to it. */
  get localAddress(): string {
    return this.#socket.localAddress ?? '';
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** A message has begun to come and does not end. */
  get isInMessage(): boolean {
    return this.#reader.isInMessage;
  }

  /**
   * Sends a request and waits for its answer, whatever its status. Throws a ProblemError when the connection ends first, and the signal's
   * reason when that aborts first; the connection stays open then.
   */
  async request(method: string, url: string, headers: RtspHeaders, signal: AbortSignal): Promise<RtspResponse> {
    signal.throwIfAborted();
    if (this.#isOver) throw new ProblemError(this.#unreachable('closed'));
    if (this.#pending.size >= maxPending) throw new ProblemError(problem('source-protocol', { reason: 'does-not-answer' }));
    this.#cseq += 1;
    const cseq = this.#cseq;
    const answer = new Promise<RtspResponse>((resolve, reject) => {
      const abort = () => {
        this.#pending.delete(cseq);
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', abort, { once: true });
      const done = () => signal.removeEventListener('abort', abort);
      this.#pending.set(cseq, {
        resolve: (response) => {
          done();
          resolve(response);
        },
        reject: (error) => {
          done();
          reject(error as Error);
        },
      });
    });
    this.#write({
      kind: 'request',
      method,
      url,
      headers: [['CSeq', String(cseq)], ['User-Agent', userAgent], ...headers],
      body: new Uint8Array(0),
    });
    return answer;
  }

  /** Sends an interleaved frame (RFC 2326 clause 10.12), e.g. a receiver report. False when it was dropped, because the server does not read. */
  sendInterleaved(channel: number, payload: Uint8Array): boolean {
    if (this.#isOver || this.#socket.writableLength > maxUnsentBytes / 2) return false;
    const frame = new Uint8Array(4 + payload.length);
    frame[0] = 0x24;
    frame[1] = channel;
    frame[2] = payload.length >> 8;
    frame[3] = payload.length;
    frame.set(payload, 4);
    this.#socket.write(frame);
    return true;
  }

  /** Ends the connection at once; the listener hears nothing more. */
  close(): void {
    this.#finish(this.#unreachable('closed'));
  }

  message(message: RtspMessage): void {
    if (message.kind === 'request') this.#answer(message);
    // RFC 2326 clause 7.1.1: 1xx is not the answer yet.
    else if (message.status >= 200) this.#takeAnswer(message);
  }

  interleaved(channel: number, payload: Uint8Array): void {
    if (!this.#isOver) this.#listener.interleaved(channel, payload);
  }

  #take(bytes: Uint8Array): void {
    if (this.#isOver) return;
    const error = this.#reader.push(bytes);
    if (error) this.#end(problem('source-protocol', { reason: error }));
  }

  #takeAnswer(response: RtspResponse): void {
    // RFC 2326 clause 12.17. Who leaves the number out can only mean the one question there is.
    const cseq = cseqOf(response) ?? (this.#pending.size === 1 ? [...this.#pending.keys()][0]! : -1);
    const pending = this.#pending.get(cseq);
    if (!pending) {
      this.strayAnswers += 1;
      return;
    }
    this.#pending.delete(cseq);
    pending.resolve(response);
  }

  #answer(request: RtspRequest): void {
    const cseq = cseqOf(request);
    const isKnown = answeredMethods.has(request.method);
    const headers: [string, string][] = cseq === null ? [] : [['CSeq', String(cseq)]];
    if (request.method === 'OPTIONS' || !isKnown) headers.push(['Public', encodeMethods(answeredMethods)]);
    const [status, reason] = isKnown ? [200, 'OK'] : [501, 'Not Implemented'];
    this.#write({ kind: 'response', status, reason, headers, body: new Uint8Array(0) });
    if (isKnown && !this.#isOver) this.#listener.request(request);
  }

  #write(message: RtspMessage): void {
    if (this.#isOver) return;
    if (this.#socket.writableLength > maxUnsentBytes) this.#end(problem('source-protocol', { reason: 'does-not-read' }));
    else this.#socket.write(encodeMessage(message));
  }

  #unreachable(reason: string): Problem {
    const { host, port } = this.#peer;
    return problem('source-unreachable', { host, port, reason });
  }

  #end(failure: Problem): void {
    if (this.#isOver) return;
    const wasOpen = this.#isOpen;
    this.#finish(failure);
    if (wasOpen) this.#listener.ended(failure);
  }

  #finish(failure: Problem): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#socket.destroy();
    for (const pending of this.#pending.values()) pending.reject(new ProblemError(failure));
    this.#pending.clear();
  }
}
