import type { RtpPacket } from './rtp-packet.ts';

/** Takes the next packet in order; `isAfterGap` when packets between it and the one before are given up. */
export type PacketSink = (packet: RtpPacket, isAfterGap: boolean, arrivalMs: number) => void;

/** So many newer packets, or so long a wait, and what is missing will not come any more. */
const maxHeld = 64;
const maxWaitMs = 200;

interface Held {
  readonly packet: RtpPacket;
  readonly arrivalMs: number;
}

/**
 * Puts the packets of an unordered transport back into their order. A packet that comes when it is due passes through at once and is
 * not copied; only what comes early is kept. Bounded: at most 64 packets, none for longer than 200 ms of arrival time.
 */
export class ReorderBuffer {
  readonly #sink: PacketSink;
  readonly #held = new Map<number, Held>();
  #due = -1;
  /** Packets that were given up. */
  lost = 0;
  /** Packets that came after they had been given up. */
  late = 0;

  constructor(sink: PacketSink) {
    this.#sink = sink;
  }

  /** Takes a packet with the number that `SequenceTracker` gave it. Duplicates must have been left out. */
  push(extended: number, packet: RtpPacket, arrivalMs: number): void {
    if (this.#due < 0) this.#due = extended;
    if (extended < this.#due) this.late += 1;
    else if (extended === this.#due) {
      this.#pass(packet, false, arrivalMs);
      this.#drain();
    } else {
      // The bytes are only borrowed.
      this.#held.set(extended, { packet: { ...packet, payload: packet.payload.slice() }, arrivalMs });
    }
    if (this.#held.size > 0) this.#giveUp(arrivalMs);
  }

  /** Gives out everything that is held, gaps and all. */
  flush(): void {
    while (this.#held.size > 0) this.#skipGap();
  }

  /** Gives out everything, and begins anew with whatever packet comes next. */
  restart(): void {
    this.flush();
    this.#due = -1;
  }

  get held(): number {
    return this.#held.size;
  }

  #giveUp(now: number): void {
    while (this.#held.size > maxHeld || this.#waitedMs(now) > maxWaitMs) this.#skipGap();
  }

  /** How long the packet that came first has been waiting. */
  #waitedMs(now: number): number {
    const first = this.#held.values().next();
    return first.done ? 0 : now - first.value.arrivalMs;
  }

  #skipGap(): void {
    let next = Number.POSITIVE_INFINITY;
    for (const extended of this.#held.keys()) next = Math.min(next, extended);
    const held = this.#held.get(next)!;
    this.#held.delete(next);
    this.lost += next - this.#due;
    const isAfterGap = next !== this.#due;
    this.#due = next;
    this.#pass(held.packet, isAfterGap, held.arrivalMs);
    this.#drain();
  }

  #drain(): void {
    for (let held = this.#held.get(this.#due); held; held = this.#held.get(this.#due)) {
      this.#held.delete(this.#due);
      this.#pass(held.packet, false, held.arrivalMs);
    }
  }

  #pass(packet: RtpPacket, isAfterGap: boolean, arrivalMs: number): void {
    this.#due += 1;
    this.#sink(packet, isAfterGap, arrivalMs);
  }
}
