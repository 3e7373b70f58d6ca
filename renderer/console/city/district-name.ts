import { currentLocale } from '../../i18n/index.ts';
import type { DeskContext } from '../desk-context.ts';

/** What a district is called in the reader's language; one that the directory does not know as its code. Follows the directory when used in a `computed`. */
export function districtName(directory: Pick<DeskContext['directory'], 'contents' | 'districtPath'>, code: string): string {
  void directory.contents.value;
  const last = directory.districtPath(code).at(-1);
  if (!last) return code;
  return currentLocale.value === 'en' && last.nameEn ? last.nameEn : last.name;
}
