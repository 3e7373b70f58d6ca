/** How wide a text is, in letters of Chinese, which are as wide as they are high; for the shipped face, and rather too much than too little. */
export function textEm(text: string): number {
  let em = 0;
  for (const sign of text) em += signEm(sign);
  return em;
}

function signEm(sign: string): number {
  if (sign.codePointAt(0)! > 0x2e7f) return 1;
  if (/[\s.,:;'|!ijl]/.test(sign)) return 0.3;
  if (/[frt()\-/[\]]/.test(sign)) return 0.43;
  if (/[mwMW%@—]/.test(sign)) return 0.93;
  return /[A-Z&]/.test(sign) ? 0.68 : 0.59;
}
