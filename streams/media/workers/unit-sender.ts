import type { AccessUnit } from '../../contract.ts';
import { encodeUnit, maxUnitBytes } from './unit-record.ts';

/** What the sender needs of a WebSocket. */
export interface UnitSocket {
  /** Bytes that wait to go out. */
  readonly bufferedAmount: number;
  send(record: Uint8Array): void;
}

/**
 * Sends units of many streams over one connection. When too much waits to go out, pictures are left out: of each stream that wants
 * to send meanwhile, all up to its next key picture, because what refers to a missing picture is of no use. That picture is marked as coming
 * after a break.
 */
export class UnitSender {
  readonly #socket: UnitSocket;
  readonly #maxBuffered: number;
  /** Streams of which something was left out: they wait for their next key picture. */
  readonly #broken = new Set<number>();
  #dropped = 0;

  /** `maxBuffered` in bytes. */
  constructor(socket: UnitSocket, maxBuffered: number) {
    this.#socket = socket;
    this.#maxBuffered = maxBuffered;
  }

  /** Units left out. */
  get dropped(): number {
    return this.#dropped;
  }

  /** False when it was left out. */
  send(stream: number, unit: AccessUnit): boolean {
    const isVideo = unit.codec === 'h264' || unit.codec === 'h265';
    const isBroken = isVideo && this.#broken.has(stream);
    // A stream that begins again needs room for more than one picture, or it would only break again.
    const room = isBroken ? this.#maxBuffered / 2 : this.#maxBuffered;
    const isTooLong = unit.annexB.length > maxUnitBytes;
    if (isTooLong || this.#socket.bufferedAmount > room || (isBroken && !unit.key)) {
      this.#dropped += 1;
      if (isVideo) this.#broken.add(stream);
      return false;
    }
    if (isBroken) this.#broken.delete(stream);
    this.#socket.send(encodeUnit({ stream, unit: isBroken ? { ...unit, discontinuity: true } : unit }));
    return true;
  }

  /** This stream is over. */
  forget(stream: number): void {
    this.#broken.delete(stream);
  }
}
