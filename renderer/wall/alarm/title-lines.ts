import { textEm } from '../../panels/parts/text-em.ts';

/** A line is filled to this part of it at least before a better place to break is given up; to this one where a few letters would be left alone. */
const filledAtLeast = 0.75;
const filledLeast = 0.4;
const fewEm = 3;

/**
 * A title on the line that it has, and what of it goes on below, empty where nothing does. It breaks behind a sign or a space where there is one near the end of the line, else between
 * letters of Chinese, never in front of a sign, and within a word only when nothing else is left.
 * @param em what the line takes, in letters of Chinese
 */
export function titleLines(title: string, em: number): readonly [first: string, rest: string] {
  if (textEm(title) <= em) return [title, ''];
  const letters = [...title];
  let width = 0;
  let fits = 0;
  while (fits < letters.length && width + textEm(letters[fits]!) <= em) width += textEm(letters[fits++]!);
  const breaks = (behind: RegExp, least: number): number => {
    for (let at = fits; at > 0; at--)
      if (behind.test(letters[at - 1]! + (letters[at] ?? '')) && textEm(letters.slice(0, at).join('')) >= em * least) return at;
    return 0;
  };
  const sign = /^[：:，,；;。！？\s）)]/u;
  const letter = breaks(/^(?:\p{sc=Han}[^：，；。！？）]|.\p{sc=Han})/u, filledAtLeast) || Math.max(1, fits);
  const isFew = textEm(letters.slice(letter).join('')) < fewEm;
  const at = breaks(sign, filledAtLeast) || (isFew ? breaks(sign, filledLeast) : 0) || letter;
  return [letters.slice(0, at).join('').trimEnd(), letters.slice(at).join('').trimStart()];
}
