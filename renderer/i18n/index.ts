import { computed } from 'vue';
import { createI18n } from 'vue-i18n';
import { chooseLocale, storedLocale, storeLocale, type Locale } from './locale.ts';
import { messages, type MessageKey } from './messages.ts';

export { locales, type Locale } from './locale.ts';
export type { MessageKey } from './messages.ts';

type Params = Readonly<Record<string, string | number | boolean | null>>;

/** The Vue plug-in: `app.use(i18n)`. Messages are interpreted, never compiled with eval, so a strict CSP holds. */
export const i18n = createI18n({
  legacy: false,
  locale: chooseLocale(location.search, storedLocale(), document.documentElement.lang),
  fallbackLocale: false as const,
  missingWarn: false,
  messages: messages as object as Record<Locale, Record<string, never>>,
});

document.documentElement.lang = i18n.global.locale.value;

/** The page's language now; reading it in a template or `computed` follows changes. */
export const currentLocale = computed<Locale>(() => i18n.global.locale.value as Locale);

/** Changes the language of this page at once and of pages opened later. */
export function setLocale(locale: Locale): void {
  i18n.global.locale.value = locale;
  document.documentElement.lang = locale;
  storeLocale(locale);
}

/** The library's own types follow every key through every overload, too deep for the compiler; `MessageKey` guards the keys here. */
const composer = i18n.global as object as { t(key: string, params: Params, count?: number): string };

/**
 * A text in the page's language. `params` fill `{name}` places; with `count`, the form for that number is taken from
 * forms separated by `|` (and `{count}`/`{n}` is the number). Follows language changes when used in a template.
 */
export function text(key: MessageKey, params: Params = {}, count?: number): string {
  return count === undefined ? composer.t(key, params) : composer.t(key, params, count);
}

/** True when there is a text at this path: for paths made at run time. */
export function hasText(key: string): key is MessageKey {
  let node: unknown = messages['zh-CN'];
  for (const part of key.split('.')) {
    if (typeof node !== 'object' || node === null || !Object.hasOwn(node, part)) return false;
    node = (node as Record<string, unknown>)[part];
  }
  return typeof node === 'string';
}
