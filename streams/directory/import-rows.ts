import { problem, type Problem } from '../../main/contract/errors.ts';
import { err, ok, type Result } from '../../main/contract/result.ts';
import { cameraInput, type CameraInput } from '../contract.ts';
import { csvRecords } from './csv-records.ts';
import { inputProblem } from './input-problem.ts';

/** One camera of an import, or why it is none. `line`: of CSV where the row begins, of JSON the element's number; both 1-based. */
export interface ImportRow {
  readonly line: number;
  readonly camera: Result<CameraInput, Problem>;
}

/** The text of an imported file: UTF-8 if it is, else GB18030 (which holds GBK and GB2312, what Chinese spreadsheets write). */
export function decodeImport(base64: string): Result<string, Problem> {
  const bytes = Buffer.from(base64, 'base64');
  for (const encoding of ['utf-8', 'gb18030']) {
    try {
      return ok(new TextDecoder(encoding, { fatal: true }).decode(bytes));
    } catch {
      // Not this one; the next may fit.
    }
  }
  return err(problem('text-undecodable'));
}

/** The rows of an import, read one at a time. Fails as a whole only when no row can be told from another. */
export function importRows(format: 'csv' | 'json', text: string): Result<Iterable<ImportRow>, Problem> {
  return format === 'csv' ? csvRows(text) : jsonRows(text);
}

const columns = ['number', 'name', 'district', 'groups', 'lat', 'lon', 'datum', 'kind', 'url', 'subUrl'] as const;
type Column = (typeof columns)[number];
const neededColumns: readonly Column[] = ['number', 'name', 'district', 'kind', 'url'];

function csvRows(text: string): Result<Iterable<ImportRow>, Problem> {
  const records = csvRecords(text);
  const first = records.next();
  if (first.done) return err(problem('csv-header-missing', { missing: neededColumns.join(',') }));
  if (!first.value.ok) return err(problem('csv-malformed', { line: first.value.line, reason: first.value.reason }));
  const header = first.value.fields.map((name) => name.trim());
  const missing = neededColumns.filter((column) => !header.includes(column));
  if (missing.length > 0) return err(problem('csv-header-missing', { missing: missing.join(',') }));
  const unknown = header.find((name, index) => !columns.includes(name as Column) || header.indexOf(name) !== index);
  if (unknown !== undefined) {
    const reason = columns.includes(unknown as Column) ? 'column-twice' : 'column-unknown';
    return err(problem('field-invalid', { field: unknown.slice(0, 64), reason }));
  }
  return ok(csvCameras(records, header as Column[]));
}

function* csvCameras(records: ReturnType<typeof csvRecords>, header: readonly Column[]): Generator<ImportRow> {
  for (const record of records) {
    const { line } = record;
    if (!record.ok) yield { line, camera: err(problem('csv-malformed', { reason: record.reason })) };
    else if (record.fields.length > header.length) {
      yield { line, camera: err(problem('csv-too-many-columns', { columns: record.fields.length, expected: header.length })) };
    } else yield { line, camera: csvCamera(header, record.fields) };
  }
}

function csvCamera(header: readonly Column[], fields: readonly string[]): Result<CameraInput, Problem> {
  const row: Partial<Record<Column, string>> = {};
  header.forEach((column, index) => {
    // A line end inside a quoted cell is how it was laid out, not what it says.
    const value = fields[index]?.replace(/\s*[\r\n]+\s*/g, ' ').trim();
    if (value) row[column] = value;
  });
  // A camera that pushes has no address of its own.
  const missing = neededColumns.find((column) => row[column] === undefined && !(column === 'url' && row.kind === 'rtmp'));
  if (missing) return err(problem('field-missing', { field: missing }));
  const { number, name, district, datum, kind, url, subUrl } = row;
  const groups = (row.groups ?? '').split(/[;|；]/).map((group) => group.trim());
  const checked = checkInput({
    number,
    name,
    district,
    groups: groups.filter(Boolean),
    lat: row.lat === undefined ? null : degrees(row.lat),
    lon: row.lon === undefined ? null : degrees(row.lon),
    ...(datum === undefined ? {} : { datum: datum.toLowerCase() }),
    source: { kind, ...(url === undefined ? {} : { url }), ...(subUrl === undefined ? {} : { subUrl }) },
  });
  const field = checked.ok ? undefined : checked.error.params['field'];
  if (checked.ok || typeof field !== 'string') return checked;
  return err({ ...checked.error, params: { ...checked.error.params, field: field.replace(/^source\./, '') } });
}

/** A number, or the text itself, which the schema then refuses. */
function degrees(text: string): number | string {
  return /^[+-]?\d{1,3}(?:\.\d{1,15})?$/.test(text) ? Number(text) : text;
}

function jsonRows(text: string): Result<Iterable<ImportRow>, Problem> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch {
    return err(problem('json-malformed'));
  }
  const list = typeof parsed === 'object' && parsed !== null && 'cameras' in parsed ? parsed.cameras : parsed;
  return Array.isArray(list) ? ok(jsonCameras(list)) : err(problem('json-malformed', { reason: 'not-a-list' }));
}

function* jsonCameras(list: readonly unknown[]): Generator<ImportRow> {
  for (let index = 0; index < list.length; index += 1) yield { line: index + 1, camera: checkInput(list[index]) };
}

function checkInput(input: unknown): Result<CameraInput, Problem> {
  const parsed = cameraInput.safeParse(input);
  return parsed.success ? ok(parsed.data) : err(inputProblem(parsed.error.issues, input));
}
