/** Byte order mark: without it spreadsheets take UTF-8 for the system's own encoding, and Chinese for noise. */
export const csvMark = '\ufeff';

/** A cell that begins so is a formula to a spreadsheet; it takes the full-width signs of Chinese keyboards for the same. */
const formula = /^[=+\-@\t\r\n＝＋－＠]/;

/**
 * One line of CSV (RFC 4180) with its end. Text that a spreadsheet would run as a formula begins with an apostrophe, which it takes for "this is
 * text"; null is an empty cell.
 */
export function csvLine(cells: readonly (string | number | null)[]): string {
  return `${cells.map(cellOf).join(',')}\r\n`;
}

function cellOf(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = formula.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
