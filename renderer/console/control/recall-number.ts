import type { LayoutDoc } from '../../../layouts/contract.ts';
import type { Preset } from '../../../layouts/control-contract.ts';

/** Layouts and presets, of which no two have the same number. */
export interface Numbered {
  readonly layouts: readonly Pick<LayoutDoc, 'id' | 'name' | 'number'>[];
  readonly presets: readonly Pick<Preset, 'id' | 'name' | 'number'>[];
}

const most = 9999;

/** Who has this number, other than `except`; null when it is free. Whoever may not see its owner learns of it from the hub. */
export function ownerOf(number: number, { layouts, presets }: Numbered, except: string | null = null): string | null {
  return [...layouts, ...presets].find((one) => one.number === number && one.id !== except)?.name ?? null;
}

/** The lowest number that nothing has; null when there is none. */
export function freeNumber({ layouts, presets }: Numbered): number | null {
  const taken = new Set([...layouts, ...presets].map(({ number }) => number));
  for (let number = 1; number <= most; number += 1) if (!taken.has(number)) return number;
  return null;
}

/** What was keyed into a number field: null is none; undefined is no number that can be. */
export function readNumber(text: string | number): number | null | undefined {
  const written = String(text).normalize('NFKC').trim();
  if (written === '') return null;
  const value = /^\d{1,4}$/.test(written) ? Number(written) : 0;
  return value >= 1 ? value : undefined;
}
