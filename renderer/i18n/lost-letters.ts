import type { Locale } from './locale.ts';
import { messages } from './messages.ts';

/** The texts of these parts may be shown for the first time when the hub cannot be asked any more. */
const parts = ['alerts', 'common', 'console', 'dispatch', 'errors', 'operator', 'panels', 'wall'] as const;
const idleWithinMs = 30_000;

/** Every letter of Chinese in the words of a page, each once. */
export function lettersOf(locale: Locale): string {
  const letters = new Set<string>();
  const walk = (node: unknown): void => {
    if (typeof node === 'string') for (const letter of node) if (letter.codePointAt(0)! > 0x2e7f) letters.add(letter);
    if (typeof node === 'object' && node !== null) for (const child of Object.values(node)) walk(child);
  };
  for (const part of parts) walk(messages[locale][part]);
  return [...letters].join('');
}

/**
 * Fetches those parts of the shipped face that the page's own words need, once the page has nothing better to do: each part is a file of the hub's, and that the hub is lost is said
 * with letters that are fetched before.
 */
export function fetchLostLetters(locale: Locale): void {
  const letters = lettersOf(locale);
  if (letters === '') return;
  requestIdleCallback(() => void document.fonts.load('16px "Noto Sans SC Variable"', letters).catch(() => {}), { timeout: idleWithinMs });
}
