import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { isIP } from 'node:net';
import { isNode, LineCounter, parseDocument, visit, type Document } from 'yaml';
import { problem, type Problem } from '../contract/errors.ts';
import { err, ok, type Result } from '../contract/result.ts';
import { configSchema, type Config } from './config.ts';

const maxFileBytes = 1024 * 1024;

/** What the command line says; it wins over the file. */
export type ConfigOverrides = { readonly [Section in Exclude<keyof Config, 'locale'>]?: Partial<Config[Section]> };

/**
 * Reads the configuration: defaults, then `file` (YAML 1.2, at most 1 MiB, no aliases), then `overrides`.
 * Fails with `config-invalid` {file, key, message, line}: the dotted key that is wrong and where it stands, as far as known.
 */
export function loadConfig(options: { readonly file?: string; readonly overrides: ConfigOverrides }): Result<Config, Problem> {
  const file = options.file ?? null;
  const refuse = (key: string | null, message: string, line: number | null = null) =>
    err(
      problem(
        'config-invalid',
        { file, key, message, line },
        `${file ?? 'configuration'}${line ? `:${line}` : ''}: ${key ?? ''} ${message}`,
      ),
    );

  const lines = new LineCounter();
  let document: Document | null = null;
  let given: Record<string, unknown> = {};
  if (file !== null) {
    const text = readBounded(file);
    if (!text.ok) return refuse(null, text.error);
    document = parseDocument(text.value, { lineCounter: lines, uniqueKeys: true, merge: false });
    const fault = document.errors[0];
    if (fault) return refuse(null, fault.code, fault.linePos?.[0].line ?? null);
    let aliasAt: number | null = null;
    visit(document, {
      Alias: (_key, node) => {
        aliasAt = node.range ? lines.linePos(node.range[0]).line : 0;
        return visit.BREAK;
      },
    });
    if (aliasAt !== null) return refuse(null, 'aliases are not allowed', aliasAt);
    const content: unknown = document.toJS({ maxAliasCount: 0 }) ?? {};
    if (!isRecord(content)) return refuse(null, 'the top level must be a mapping', 1);
    given = content;
  }

  const parsed = configSchema.safeParse(merge(given, options.overrides));
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0]!] : issue.path;
    return refuse(path.map(String).join('.'), issue.message, document ? lineOf(document, path, lines) : null);
  }
  const { hub, relay, tls } = parsed.data;
  for (const [key, { host }] of Object.entries({ hub, relay })) {
    if (isLoopback(host) || tls.enabled) continue;
    return refuse(
      `${key}.host`,
      'listening beyond loopback needs tls.enabled: true',
      document ? lineOf(document, [key, 'host'], lines) : null,
    );
  }
  return ok(parsed.data);
}

/** True for the names and addresses of this machine that no other machine can reach. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1' || host === '[::1]') return true;
  return isIP(host) === 4 && host.startsWith('127.');
}

function readBounded(file: string): Result<string, string> {
  let handle: number;
  try {
    handle = openSync(file, 'r');
  } catch (cause) {
    return err(`cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`);
  }
  try {
    if (!fstatSync(handle).isFile()) return err('is not a regular file');
    const bytes = Buffer.alloc(maxFileBytes + 1);
    let held = 0;
    for (let got = 1; got > 0 && held < bytes.length; held += got) got = readSync(handle, bytes, held, bytes.length - held, null);
    if (held > maxFileBytes) return err(`is larger than ${maxFileBytes} bytes`);
    return ok(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, held)));
  } catch {
    return err('is not readable UTF-8 text');
  } finally {
    closeSync(handle);
  }
}

function merge(base: Readonly<Record<string, unknown>>, over: ConfigOverrides): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...base };
  for (const [section, values] of Object.entries(over)) {
    const held = merged[section];
    merged[section] = isRecord(held) ? { ...held, ...values } : { ...values };
  }
  return merged;
}

function lineOf(document: Document, path: readonly PropertyKey[], lines: LineCounter): number | null {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
