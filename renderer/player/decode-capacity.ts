import type { DecodeCapacity } from '../../layouts/contract.ts';
import type { EpochMs } from '../../main/contract/time.ts';

/** A core decodes a picture of 320×180 in 0.45 ms, from the socket to the canvas. */
const megapixelsPerCore = 128;
/** Software decoders: Chromium ran a thousand of them; no scene has more tiles than this. */
const decodersAtMost = 512;

/** What was learned is true of this browser on this machine, and for a week. */
const keptForMs = 7 * 86_400_000;
const storageKey = 'taodu.decode-capacity';

/** So many tiles must be overloaded, for this long, before it counts; and what was changed must have had this long to show. */
const overloadedShare = 1 / 8;
const overloadCountsMs = 5000;
const settleMs = 5000;
/** Of what was too much, so much is planned next; never less than this part of what was thought before, for the load may be somebody else's. */
const afterOverload = 0.85;
const leastPart = 0.5;
/** More is tried soon until it was too much for the first time; then with patience, which doubles with each overload and halves when more went well. */
const firstPatienceMs = 3000;
const nextPatienceMs = 20_000;
const shortestPatienceMs = 5000;
const longestPatienceMs = 600_000;
const stepUp = 1.25;
/** What held for so long is kept for the next start. */
const keepAfterMs = 60_000;
/** Only who nearly uses what he has can learn that there is more. */
const usedAtLeast = 0.6;
const least = 5;
const most = 100_000;

/** What a page learns from in one look, about once a second. */
export interface DecodeSigns {
  /** Megapixels a second that the plan takes. */
  readonly planned: number;
  /** Tiles that play, and those of them that leave pictures out because this screen does not keep up. */
  readonly tiles: number;
  readonly overloaded: number;
  /** Tiles that the plan gives less than they could have, because of the capacity. */
  readonly heldBack: number;
}

/** A capacity, and what is known of how it came about. Times are monotonic, in ms. */
export interface LearnedCapacity {
  readonly capacity: DecodeCapacity;
  readonly changedAt: number;
  /** Since when pictures have been left out, or none has; null before the first look. */
  readonly overloadedSince: number | null;
  readonly calmSince: number | null;
  /** For how long all must go well before more is tried. */
  readonly patienceMs: number;
}

/** What a machine with so many cores is taken to stand, before anybody knows. */
export function assumedCapacity(cores: number): DecodeCapacity {
  return { megapixelsPerSecond: Math.max(1, cores) * megapixelsPerCore, decoders: decodersAtMost, measuredAt: null };
}

/**
 * Learns from one look at `now` (monotonic; `at`: the same on the hub's clock). Pictures that are left out on several tiles for some
 * seconds: it was too much, a step down. Something is held back although all goes well and most of it is used: a step up.
 */
export function adjustCapacity(learned: LearnedCapacity, signs: DecodeSigns, now: number, at: EpochMs): LearnedCapacity {
  const { capacity, changedAt, patienceMs } = learned;
  const change = (megapixelsPerSecond: number, more: Partial<LearnedCapacity>): LearnedCapacity => ({
    ...learned,
    overloadedSince: null,
    calmSince: null,
    changedAt: now,
    ...more,
    capacity: { ...capacity, megapixelsPerSecond: Math.min(most, Math.max(least, Math.round(megapixelsPerSecond))), measuredAt: at },
  });

  if (signs.overloaded > 0 && signs.overloaded >= signs.tiles * overloadedShare) {
    const overloadedSince = learned.overloadedSince ?? now;
    if (now - overloadedSince < overloadCountsMs || now - changedAt < settleMs) return { ...learned, overloadedSince, calmSince: null };
    const tooMuch = Math.min(capacity.megapixelsPerSecond, signs.planned);
    return change(Math.max(tooMuch * afterOverload, capacity.megapixelsPerSecond * leastPart), {
      patienceMs: patienceMs === firstPatienceMs ? nextPatienceMs : Math.min(longestPatienceMs, patienceMs * 2),
    });
  }
  const calmSince = learned.calmSince ?? now;
  const rested = now - Math.max(calmSince, changedAt) >= patienceMs;
  if (!rested || signs.heldBack === 0 || signs.planned < capacity.megapixelsPerSecond * usedAtLeast)
    return { ...learned, overloadedSince: null, calmSince };
  return change(capacity.megapixelsPerSecond * stepUp, {
    patienceMs: patienceMs === firstPatienceMs ? firstPatienceMs : Math.max(shortestPatienceMs, patienceMs / 2),
  });
}

/** What a screen can decode: assumed at first, learned from what it decodes, and kept for the next start. */
export interface CapacityBook {
  readonly capacity: DecodeCapacity;
  /** Tells it of one look; answers whether the capacity is another one now. */
  learn(signs: DecodeSigns, now: number, at: EpochMs): boolean;
}

/** The machine and the browser that a capacity is true of. */
export interface DecodingMachine {
  readonly cores: number;
  readonly userAgent: string;
  readonly storage: Pick<Storage, 'getItem' | 'setItem'>;
}

export function openCapacityBook(machine: DecodingMachine, at: EpochMs): CapacityBook {
  let kept = keptCapacity(machine, at);
  let learned: LearnedCapacity = {
    capacity: kept ?? assumedCapacity(machine.cores),
    changedAt: Number.NEGATIVE_INFINITY,
    overloadedSince: null,
    calmSince: null,
    patienceMs: kept ? nextPatienceMs : firstPatienceMs,
  };
  return {
    get capacity() {
      return learned.capacity;
    },
    learn(signs, now, heardAt) {
      const before = learned.capacity;
      learned = adjustCapacity(learned, signs, now, heardAt);
      if (learned.capacity !== kept && now - learned.changedAt >= keepAfterMs) {
        kept = learned.capacity;
        keepCapacity(machine, kept);
      }
      return learned.capacity !== before;
    },
  };
}

interface Kept {
  readonly cores: number;
  readonly userAgent: string;
  readonly megapixelsPerSecond: number;
  readonly measuredAt: EpochMs;
}

/** Null when nothing was kept that is still true, or when it cannot be read. */
function keptCapacity({ cores, userAgent, storage }: DecodingMachine, at: EpochMs): DecodeCapacity | null {
  try {
    const kept = JSON.parse(storage.getItem(storageKey) ?? 'null') as Partial<Kept> | null;
    if (!kept || kept.userAgent !== userAgent || kept.cores !== cores) return null;
    const { megapixelsPerSecond, measuredAt } = kept;
    if (typeof megapixelsPerSecond !== 'number' || !(megapixelsPerSecond >= least && megapixelsPerSecond <= most)) return null;
    if (typeof measuredAt !== 'number' || !(Math.abs(at - measuredAt) < keptForMs)) return null;
    return { megapixelsPerSecond, decoders: decodersAtMost, measuredAt };
  } catch {
    return null;
  }
}

/** A browser that refuses storage learns anew at the next start. */
function keepCapacity({ cores, userAgent, storage }: DecodingMachine, { megapixelsPerSecond, measuredAt }: DecodeCapacity): void {
  if (measuredAt === null) return;
  try {
    storage.setItem(storageKey, JSON.stringify({ cores, userAgent, megapixelsPerSecond, measuredAt } satisfies Kept));
  } catch {
    // quota or policy
  }
}
