import type { Severity } from '../../alerts/contract.ts';

/** One tone of a pattern: when it begins within it, how long it is, and how high. */
export interface Tone {
  readonly atMs: number;
  readonly forMs: number;
  readonly hz: number;
}

/** What is heard of an alert. */
export interface SoundPattern {
  readonly tones: readonly Tone[];
  readonly lengthMs: number;
}

const row = (hz: readonly number[], forMs: number, apartMs: number): SoundPattern => ({
  tones: hz.map((pitch, index) => ({ atMs: index * (forMs + apartMs), forMs, hz: pitch })),
  lengthMs: hz.length * (forMs + apartMs),
});

/**
 * A sound for each severity, told apart by rhythm and number of tones and not by pitch alone (IEC 60601-1-8 does it so for bedside alarms): five quick ones in
 * two pitches, three that rise, two alike, a single low one. All lie between 300 and 1000 Hz, where ears that have aged still hear.
 */
export const alertPatterns: Readonly<Record<Severity, SoundPattern>> = {
  critical: row([880, 660, 880, 660, 880], 130, 50),
  high: row([520, 660, 830], 190, 80),
  medium: row([587, 587], 230, 140),
  low: row([392], 350, 0),
};
