/** How wide a text is, in letters of Chinese, which are as wide as they are high; for the shipped face in its usual weight, a little too much rather than too little. */
export function textEm(text: string): number {
  let em = 0;
  for (const sign of text) em += signEm(sign);
  return em;
}

/** Advance widths of the shipped face, rounded up. */
const widths: readonly (readonly [of: RegExp, em: number])[] = [
  [/\s/, 0.23],
  [/[.,:;'|ijlI]/, 0.31],
  [/[frt()\-/[\]!]/, 0.4],
  [/[csxz]/, 0.52],
  [/[aekvyg]/, 0.57],
  [/[bdhnopqu]/, 0.63],
  [/\d/, 0.58],
  [/[EFJLSTVXYZ]/, 0.62],
  [/[ABCKPR]/, 0.67],
  [/[DGHNOQU&]/, 0.75],
  [/[wM]/, 0.84],
  [/[mW%@—≥≤]/, 0.96],
];

function signEm(sign: string): number {
  if (sign.codePointAt(0)! > 0x2e7f) return 1;
  return widths.find(([of]) => of.test(sign))?.[1] ?? 0.6;
}
