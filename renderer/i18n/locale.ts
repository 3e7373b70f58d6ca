/** The languages of the pages; the first is the default. */
export const locales = ['zh-CN', 'en'] as const;
export type Locale = (typeof locales)[number];

const storageKey = 'taodu.locale';

/** Picks the language: `?lang=` first, then what was chosen here before, then the one that the page was served in, then Chinese. Unknown values are passed over. */
export function chooseLocale(search: string, stored: string | null, served: string | null = null): Locale {
  return knownLocale(new URLSearchParams(search).get('lang')) ?? knownLocale(stored) ?? knownLocale(served) ?? 'zh-CN';
}

function knownLocale(text: string | null): Locale | undefined {
  const wanted = text?.toLowerCase().replace('_', '-');
  return locales.find((locale) => locale.toLowerCase() === wanted || locale.split('-')[0] === wanted);
}

/** The language chosen before, or null; storage may be refused. */
export function storedLocale(): string | null {
  try {
    return localStorage.getItem(storageKey);
  } catch {
    return null;
  }
}

/** Keeps the language for the next page. Where storage is refused it holds for this page only. */
export function storeLocale(locale: Locale): void {
  try {
    localStorage.setItem(storageKey, locale);
  } catch {
    // kiosk profiles may refuse storage; the page itself has the language already
  }
}
