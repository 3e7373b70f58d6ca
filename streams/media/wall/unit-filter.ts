import type { SubscriptionMode } from '../../wire/wall-ask.ts';
import { recordFlag } from '../../wire/wall-record.ts';
import type { Strain } from './wall-pressure.ts';
import type { WallUnit } from './wall-unit.ts';

/** The unit is not sent. All other answers of a filter are the flags that it is sent with. */
export const leftOut = -1;

/** Units left out because a page or its line did not keep up, by what they were. Only grows. */
export interface Drops {
  /** Nothing referred to them. */
  disposable: number;
  /** The rest of their GOP went with them. */
  cut: number;
  /** Of subscriptions that got key pictures only for a while. */
  shed: number;
}

/**
 * Which units of a feed one subscription gets. A GOP is cut at its end only: once a unit is left out that others refer to, nothing
 * comes before the next key picture. Knows no time and no socket.
 */
export class UnitFilter {
  mode: SubscriptionMode;
  audio: boolean;
  /** Key pictures only for a while, so that others go on. */
  isShed = false;
  readonly #drops: Drops;
  #needsKey = true;
  /** A picture has passed: sound refers to none, and goes on from then on. */
  #hasBegun = false;
  #isCut = false;
  /** Only what nothing refers to is missing since the last unit. */
  #hasHarmlessGap = false;
  #skipsLeading = false;

  constructor(mode: SubscriptionMode, audio: boolean, drops: Drops) {
    this.mode = mode;
    this.audio = audio;
    this.#drops = drops;
  }

  /** Pictures are missing that were asked for. */
  get isThinned(): boolean {
    return this.mode !== 'off' && (this.#isCut || (this.isShed && this.mode === 'full'));
  }

  get wantsOnlyKeys(): boolean {
    return this.mode === 'key' || this.isShed;
  }

  /** Whether a live unit is sent, and with which flags. */
  pass(unit: WallUnit, strain: Strain): number {
    if (this.mode === 'off') {
      this.#needsKey = true;
      return leftOut;
    }
    if (unit.isAudio) return this.audio && this.#hasBegun && strain !== 'stop' ? unit.flags : leftOut;
    if (strain === 'stop') {
      this.#needsKey = this.#isCut = true;
      this.#drops.cut += 1;
      return leftOut;
    }
    if (unit.key) return this.#begin(unit);
    if (this.wantsOnlyKeys) {
      if (this.mode === 'full') this.#drops.shed += 1;
      this.#needsKey = true;
      return leftOut;
    }
    if (this.#needsKey) {
      if (this.#isCut) this.#drops.cut += 1;
      return leftOut;
    }
    const isUseless = unit.leading && this.#skipsLeading;
    if (isUseless || (unit.disposable && strain === 'tight')) {
      if (!isUseless) this.#drops.disposable += 1;
      this.#hasHarmlessGap = true;
      return leftOut;
    }
    return this.#goOn(unit);
  }

  /** The same for a unit that was kept: from a GOP's key picture on, in order, and nothing else in between. */
  passKept(unit: WallUnit): number {
    if (unit.key) return this.#begin(unit);
    if (unit.leading && this.#skipsLeading) {
      this.#hasHarmlessGap = true;
      return leftOut;
    }
    return this.#goOn(unit);
  }

  /** Nothing is sent before the next key picture, kept or live. */
  restart(): void {
    this.#needsKey = true;
  }

  #begin(unit: WallUnit): number {
    this.#skipsLeading = this.#needsKey;
    this.#hasBegun = true;
    this.#needsKey = this.#isCut = this.#hasHarmlessGap = false;
    return unit.flags;
  }

  #goOn(unit: WallUnit): number {
    if (!this.#hasHarmlessGap) return unit.flags;
    this.#hasHarmlessGap = false;
    return unit.flags | recordFlag.harmlessGap;
  }
}
