import { cpus, totalmem } from 'node:os';

/** A figure that a benchmark is to reach. `holds` is false while `got` is missing or misses it. */
export interface Goal {
  readonly name: string;
  readonly goal: string;
  readonly got: number | null;
  readonly holds: boolean;
}

/** `got ≤ limit`, with the unit in the name. */
export const atMost = (name: string, limit: number, got: number | null): Goal => ({
  name,
  goal: `<= ${limit}`,
  got: round(got),
  holds: got !== null && got <= limit,
});

/** `got ≥ limit`, with the unit in the name. */
export const atLeast = (name: string, limit: number, got: number | null): Goal => ({
  name,
  goal: `>= ${limit}`,
  got: round(got),
  holds: got !== null && got >= limit,
});

function round(value: number | null): number | null {
  return value === null || !Number.isFinite(value) ? null : Math.round(value * 1000) / 1000;
}

/** Prints the one JSON line that every benchmark ends with. */
export function printReport(report: {
  readonly bench: string;
  readonly ours: Readonly<Record<string, unknown>>;
  readonly peer: Readonly<Record<string, unknown>> & { readonly name: string };
  readonly ratio: Readonly<Record<string, number | null>>;
  readonly goals: readonly Goal[];
}): void {
  const machine = {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
  process.stdout.write(`${JSON.stringify({ ...report, holds: report.goals.every((goal) => goal.holds), machine })}\n`);
}

/** The value below which `share` (0 to 1) of the samples lie; null without samples. */
export function percentile(samples: readonly number[], share: number): number | null {
  if (samples.length === 0) return null;
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? null;
}
