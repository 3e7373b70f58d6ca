import { currentLocale } from '../../i18n/index.ts';

/** A measured value: at most so many digits behind the point, and never more than five that mean something. Null is unknown, and said so. */
export function figureText(value: number | null, digits = 1): string {
  if (value === null || !Number.isFinite(value)) return '—';
  const whole = Math.abs(value) >= 1 ? Math.floor(Math.log10(Math.abs(value))) + 1 : 1;
  const behind = Math.max(0, Math.min(digits, 5 - whole));
  return new Intl.NumberFormat(currentLocale.value, { maximumFractionDigits: behind }).format(value);
}

/** Units that only readers of Chinese know, in English. */
const inEnglish: Readonly<Record<string, string>> = { 亿元: '100M CNY' };

/** A unit in the reader's language. */
export const unitText = (unit: string): string => (currentLocale.value === 'en' ? (inEnglish[unit] ?? unit) : unit);
