/** One record of a CSV text, or where one is broken. `line` is where it begins, 1-based. */
export type CsvRecord =
  | { readonly ok: true; readonly line: number; readonly fields: readonly string[] }
  | { readonly ok: false; readonly line: number; readonly reason: 'quote-not-closed' | 'text-after-quote' | 'record-too-long' };

/** The longest record in characters: a quote that is never closed must not swallow the rows after it. */
const maxRecord = 16_384;

/**
 * Reads CSV (RFC 4180) record by record: comma or another separator, double quotes with `""` inside, line ends CRLF, LF or CR, quoted line ends, blanks
 * around quotes passed over, empty lines left out, a quote inside an unquoted field taken as it is. A broken record is named, and reading goes on at the line after
 * the one it began on, so that one bad row costs one row.
 */
export function* csvRecords(text: string, separator = ','): Generator<CsvRecord> {
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  let line = 1;
  while (at < text.length) {
    const record = readRecord(text, at, separator);
    if (record.ok) {
      if (record.fields.length > 1 || record.fields[0]?.trim() !== '') yield { ok: true, line, fields: record.fields };
      line += countLines(text, at, record.end);
      at = record.end;
    } else {
      yield { ok: false, line, reason: record.reason };
      line += 1;
      at = nextLine(text, at);
    }
  }
}

type Read =
  | { readonly ok: true; readonly fields: string[]; readonly end: number }
  | { readonly ok: false; readonly reason: (CsvRecord & { ok: false })['reason'] };

function readRecord(text: string, start: number, separator: string): Read {
  const fields: string[] = [];
  const limit = Math.min(text.length, start + maxRecord);
  let at = start;
  for (;;) {
    let field: string;
    const quoted = readQuoted(text, at, limit, separator);
    if (quoted !== null && quoted.ok) {
      field = quoted.field;
      at = quoted.end;
    } else if (quoted !== null && text[at] === '"') return quoted;
    else {
      const from = at;
      while (at < limit && !isEnd(text[at], separator)) at += 1;
      if (at === limit && limit < text.length) return { ok: false, reason: 'record-too-long' };
      field = text.slice(from, at);
    }
    fields.push(field);
    if (text[at] !== separator) return { ok: true, fields, end: afterLineEnd(text, at) };
    at += 1;
  }
}

type Quoted = { readonly ok: true; readonly field: string; readonly end: number } | (Read & { ok: false });

/** A field in quotes, with blanks before or after the quotes passed over, as many writers set them; null: it does not begin with a quote. */
function readQuoted(text: string, start: number, limit: number, separator: string): Quoted | null {
  let at = afterBlanks(text, start, limit, separator);
  if (text[at] !== '"') return null;
  let field = '';
  for (at += 1; ;) {
    const quote = indexBefore(text, '"', at, limit);
    if (quote < 0) return { ok: false, reason: 'quote-not-closed' };
    field += text.slice(at, quote);
    at = quote + 1;
    if (text[at] !== '"') break;
    field += '"';
    at += 1;
  }
  at = afterBlanks(text, at, limit, separator);
  return at < text.length && !isEnd(text[at], separator) ? { ok: false, reason: 'text-after-quote' } : { ok: true, field, end: at };
}

function afterBlanks(text: string, start: number, limit: number, separator: string): number {
  let at = start;
  while (at < limit && text[at] !== separator && (text[at] === ' ' || text[at] === '\t')) at += 1;
  return at;
}

function isEnd(character: string | undefined, separator: string): boolean {
  return character === separator || character === '\n' || character === '\r';
}

function afterLineEnd(text: string, at: number): number {
  if (text[at] === '\r' && text[at + 1] === '\n') return at + 2;
  return Math.min(text.length, at + 1);
}

/** Bounded: a slice is free, a search to the end of a long text for each bad row is not. */
function indexBefore(text: string, character: string, from: number, limit: number): number {
  const found = text.slice(from, limit).indexOf(character);
  return found < 0 ? -1 : from + found;
}

function nextLine(text: string, at: number): number {
  let end = at;
  while (end < text.length && text[end] !== '\n' && text[end] !== '\r') end += 1;
  return afterLineEnd(text, end);
}

function countLines(text: string, from: number, to: number): number {
  let lines = 0;
  for (let at = from; at < to;) {
    at = nextLine(text, at);
    lines += 1;
  }
  return lines;
}
