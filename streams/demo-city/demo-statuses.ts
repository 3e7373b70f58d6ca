import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ErrorCode } from '../../main/contract/errors.ts';
import type { Ledger } from '../../main/contract/ledger.ts';
import type { LatestValues } from '../../main/contract/readings.ts';
import type { Clock } from '../../main/contract/time.ts';
import type { Camera, CameraStatus } from '../contract.ts';
import { SeededRandom } from './seeded-random.ts';

/** Cameras set at once, between which everything else in the hub gets its turn. */
const chunk = 1000;
/** Status changes a second in a quiet city. */
const changesPerTick = 3;
const tickMs = 1000;
const reasons = ['source-failed', 'source-stalled', 'source-no-video', 'source-failed'] as const satisfies readonly ErrorCode[];

export interface DemoStatusesDeps {
  readonly ledger: Ledger;
  readonly latest: LatestValues;
  readonly clock: Clock;
  /** The relay has this camera open and knows better. */
  knownByRelay(cameraId: string): boolean;
}

/**
 * The simulated state of the demo cameras: about 96 of 100 online, 3 offline with a reason, 1 unknown, with a few changes a second.
 * Only simulated cameras, and never one that the relay has open.
 */
export class DemoStatuses {
  readonly #deps: DemoStatusesDeps;
  readonly #random = new SeededRandom(0x57a7);
  /** Districts that a story took off line. */
  readonly #dark = new Set<string>();
  #ids: string[] = [];

  constructor(deps: DemoStatusesDeps) {
    this.#deps = deps;
  }

  /** Gives every demo camera a first state, some of them hours old, then changes a few each second until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { ledger, clock } = this.#deps;
    this.#ids = [...ledger.all('cameras')].flatMap((value) => ((value as Camera).simulated ? [(value as Camera).id] : []));
    for (let index = 0; index < this.#ids.length && !signal.aborted; index += 1) {
      this.#set(this.#ids[index] as string, this.#draw(clock.now() - this.#random.below(12 * 3_600_000)));
      if (index % chunk === chunk - 1) await nextTurn();
    }
    while (!signal.aborted && this.#ids.length > 0) {
      try {
        await clock.sleep(tickMs, signal);
      } catch {
        return; // stopped
      }
      for (let change = 0; change < changesPerTick; change += 1) this.#set(this.#random.pick(this.#ids), this.#draw(clock.now()));
    }
  }

  /** The story of a district (and all below it) that loses its network, or gets it back. Answers how many cameras changed. */
  setDistrict(code: string, active: boolean): number {
    const { ledger, clock } = this.#deps;
    if (active) this.#dark.add(code);
    else this.#dark.delete(code);
    let changed = 0;
    for (const value of ledger.all('cameras')) {
      const { id, district, simulated } = value as Camera;
      if (!simulated || !district.startsWith(code)) continue;
      const status: CameraStatus = active ? failed(clock.now(), 'source-failed') : this.#draw(clock.now());
      if (this.#set(id, status)) changed += 1;
    }
    return changed;
  }

  #draw(at: number): CameraStatus {
    const chance = this.#random.below(100);
    if (chance < 96) return { state: 'online', at, by: 'simulator', reason: null };
    if (chance < 99) return failed(at, this.#random.pick(reasons));
    return { state: 'unknown', at, by: 'simulator', reason: null };
  }

  #set(id: string, status: CameraStatus): boolean {
    const { ledger, latest, knownByRelay } = this.#deps;
    const camera = ledger.get('cameras', id) as Camera | undefined;
    if (!camera || knownByRelay(id)) return false;
    const dark = status.state !== 'offline' && [...this.#dark].some((code) => camera.district.startsWith(code));
    if (dark) return false;
    const before = latest.get('cameras', id)?.['status'] as CameraStatus | undefined;
    if (before?.by === 'simulator' && before.state === status.state && before.reason === status.reason) return false;
    latest.set({ collection: 'cameras', key: id, fields: { status } });
    return true;
  }
}

function failed(at: number, reason: ErrorCode): CameraStatus {
  return { state: 'offline', at, by: 'simulator', reason };
}
