import type { AccessUnit } from '../contract.ts';

/** Limits of what is kept to start a viewer with. */
export interface GopRingLimits {
  readonly maxBytes: number;
  readonly maxMs: number;
}

/**
 * The latest access units of one stream, always beginning with a key picture: the GOP that is going on and, while there is
 * room, the one before it, so that a viewer can start at once. A GOP that alone exceeds a limit is given up whole, because
 * a part without its key picture is of no use: viewers then wait for the next key picture.
 */
export class GopRing {
  readonly #limits: GopRingLimits;
  #units: AccessUnit[] = [];
  #bytes = 0;
  /** Where the current GOP begins; the one before it fills the places below. */
  #current = 0;
  #dropped = 0;

  constructor(limits: GopRingLimits) {
    this.#limits = limits;
  }

  /** `isKey`: this unit begins a GOP. */
  add(unit: AccessUnit, isKey: boolean): void {
    if (isKey) {
      this.#cut(this.#current);
      this.#current = this.#units.length;
    } else if (this.#units.length === 0) return;
    this.#units.push(unit);
    this.#bytes += unit.annexB.length;
    if (this.#isFull(unit) && this.#current > 0) this.#cut(this.#current);
    if (this.#isFull(unit)) {
      this.#dropped += this.#units.length;
      this.clear();
    }
  }

  #isFull(last: AccessUnit): boolean {
    return this.#bytes > this.#limits.maxBytes || last.dtsUs - this.#units[0]!.dtsUs > this.#limits.maxMs * 1000;
  }

  #cut(count: number): void {
    for (let i = 0; i < count; i++) this.#bytes -= this.#units[i]!.annexB.length;
    this.#units.splice(0, count);
    this.#current -= count;
  }

  clear(): void {
    this.#units = [];
    this.#bytes = 0;
    this.#current = 0;
  }

  get units(): readonly AccessUnit[] {
    return this.#units;
  }

  /** The key picture that the current GOP begins with; null while nothing is kept. */
  get latestKey(): AccessUnit | null {
    return this.#units[this.#current] ?? null;
  }

  get heldBytes(): number {
    return this.#bytes;
  }

  /** Units given up because their GOP was too long or too large. */
  get dropped(): number {
    return this.#dropped;
  }
}
