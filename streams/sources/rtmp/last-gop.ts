import type { AccessUnit } from '../../contract.ts';

/** What all publishers together may keep, shared among their GOPs. */
export class GopBudget {
  #left: number;
  constructor(bytes: number) {
    this.#left = bytes;
  }

  /** True when so many bytes more may be kept. */
  take(bytes: number): boolean {
    if (bytes > this.#left) return false;
    this.#left -= bytes;
    return true;
  }

  give(bytes: number): void {
    this.#left += bytes;
  }
}

export const maxGopBytes = 8 * 1024 * 1024;
const maxGopUnits = 4096;

/**
 * What came since the latest key picture, that picture included, so that whoever begins to watch has one at once. A GOP that grows too
 * large is given up whole: without its key picture the rest is of no use.
 */
export class LastGop {
  readonly #budget: GopBudget;
  #units: AccessUnit[] = [];
  #bytes = 0;
  /** GOPs given up. */
  dropped = 0;

  constructor(budget: GopBudget) {
    this.#budget = budget;
  }

  get units(): readonly AccessUnit[] {
    return this.#units;
  }

  add(unit: AccessUnit): void {
    const isKey = unit.key && (unit.codec === 'h264' || unit.codec === 'h265');
    if (isKey) this.clear();
    else if (this.#units.length === 0) return;
    const size = unit.annexB.length;
    if (this.#units.length >= maxGopUnits || this.#bytes + size > maxGopBytes || !this.#budget.take(size)) {
      this.dropped += 1;
      this.clear();
      return;
    }
    this.#units.push(unit);
    this.#bytes += size;
  }

  clear(): void {
    this.#budget.give(this.#bytes);
    this.#units = [];
    this.#bytes = 0;
  }
}
