import { SeededRandom } from '../seeded-random.ts';

/** Between 0 and 1, the same for the same name for ever (FNV-1a into mulberry32). */
export function chanceOf(name: string): number {
  return seededBy(name).bits() / 2 ** 32;
}

/** A source of chance that belongs to a name. */
export function seededBy(name: string): SeededRandom {
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at += 1) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  return new SeededRandom(hash >>> 0);
}

/** Between -1 and 1, without steps: it comes from one chance to the next within `periodMs`. A function of the instant alone, so that nothing has to be kept over a restart. */
export function smoothNoise(name: string, at: number, periodMs: number): number {
  const turn = Math.floor(at / periodMs);
  const part = at / periodMs - turn;
  const [from, to] = [chanceOf(`${name}/${turn}`), chanceOf(`${name}/${turn + 1}`)];
  return 2 * (from + (to - from) * part * part * (3 - 2 * part)) - 1;
}
