import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { configSchema } from './config.ts';
import { isLoopback, loadConfig } from './load-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'taodu-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

const written = (text: string | Uint8Array) => {
  const file = join(folder, 'taodu.yaml');
  writeFileSync(file, text);
  return file;
};

/** The keys of a group of settings; none for a plain one. */
function innerKeys(schema: unknown): string[] {
  const inside = schema instanceof z.ZodPrefault ? schema.unwrap() : schema;
  return inside instanceof z.ZodObject ? Object.keys(inside.shape) : [];
}

const reference = join(import.meta.dirname, 'config.reference.yaml');

test('the reference file is the defaults', () => {
  expect(parse(readFileSync(reference, 'utf8'))).toEqual(configSchema.parse({}));
  expect(loadConfig({ file: reference, overrides: {} })).toEqual({ ok: true, value: configSchema.parse({}) });
});

test('the reference file names every key of the schema, each with a comment', () => {
  const lines = readFileSync(reference, 'utf8').split('\n');
  for (const [section, schema] of Object.entries(configSchema.shape)) {
    const inside = schema.unwrap();
    if (!('shape' in inside)) {
      expect(
        lines.some((line) => new RegExp(`^${section}: .+ # .+`).test(line)),
        section,
      ).toBe(true);
      continue;
    }
    expect(lines).toContain(`${section}:`);
    for (const [key, value] of Object.entries(inside.shape)) {
      const group = innerKeys(value);
      const said = group.length === 0 ? `^  (# )?${key}: .+ # .+` : `^  ${key}: # .+`;
      const at = lines.findIndex((line) => new RegExp(said).test(line));
      expect(at, `${section}.${key}`).toBeGreaterThan(0);
      const inner = lines.slice(at + 1, at + 1 + group.length);
      for (const name of group)
        expect(
          inner.find((line) => new RegExp(`^    ${name}: .+ # .+`).test(line)),
          `${section}.${key}.${name}`,
        ).toBeDefined();
    }
  }
});

test('without a file the defaults hold, and overrides win over the file', () => {
  expect(loadConfig({ overrides: {} })).toEqual({ ok: true, value: configSchema.parse({}) });
  const loaded = loadConfig({ file: written('hub:\n  port: 9000\n  sessionHours: 8\n'), overrides: { hub: { port: 0 } } });
  expect(loaded.ok && loaded.value.hub).toMatchObject({ port: 0, sessionHours: 8 });
  expect(loadConfig({ file: written(''), overrides: {} }).ok).toBe(true);
});

const bomb = `a: &a [x,x]\nb: &b [*a,*a]\nhub: {port: 1}\n`;
test.each<[string, string | Uint8Array, string | null, number | null]>([
  ['an unknown key is named', 'hub:\n  port: 1\n  prot: 2\n', 'hub.prot', 3],
  ['an unknown section is named', 'hbu: {}\n', 'hbu', 1],
  ['a wrong type is named with its line', 'log: {}\nhub:\n  port: many\n', 'hub.port', 3],
  ['out of range', 'hub:\n\n  port: 70000\n', 'hub.port', 3],
  ['a section that is no mapping', 'hub: 7\n', 'hub', 1],
  ['no TLS beyond loopback', 'hub:\n  host: 0.0.0.0\n', 'hub.host', 2],
  ['a name is not known to be loopback', 'hub:\n  host: command.city.example\n', 'hub.host', 2],
  ['aliases', bomb, null, 2],
  ['a key twice', 'hub:\n  port: 1\n  port: 2\n', null, 3],
  ['broken YAML', 'hub: [\n', null, null],
  ['a list at the top', '- hub\n', null, 1],
  ['not UTF-8', Uint8Array.of(0x68, 0xff, 0xfe), null, null],
  ['too large', '#'.repeat(1024 * 1024 + 1), null, null],
])('refused: %s', (_name, text, key, line) => {
  const file = written(text);
  const loaded = loadConfig({ file, overrides: {} });
  expect(loaded.ok).toBe(false);
  if (loaded.ok) return;
  expect(loaded.error.code).toBe('config-invalid');
  expect(loaded.error.params).toMatchObject({ file, key });
  if (line !== null) expect(loaded.error.params['line']).toBe(line);
});

test('a missing file and a folder are refused with the file named', () => {
  for (const file of [join(folder, 'nowhere.yaml'), folder]) {
    const loaded = loadConfig({ file, overrides: {} });
    expect(!loaded.ok && loaded.error.params['file']).toBe(file);
  }
});

test.each(['hub', 'relay'] as const)('%s beyond loopback needs TLS', (part) => {
  const beyond = { [part]: { host: '0.0.0.0' } };
  expect(loadConfig({ overrides: beyond })).toMatchObject({ error: { params: { key: `${part}.host` } } });
  expect(loadConfig({ overrides: { ...beyond, tls: { enabled: true } } }).ok).toBe(true);
});

test.each([
  ['127.0.0.1', true],
  ['127.9.9.9', true],
  ['::1', true],
  ['localhost', true],
  ['127.0.0.1.example', false],
  ['0.0.0.0', false],
  ['::', false],
  ['10.0.0.1', false],
])('%s is loopback: %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});

test('no text makes it throw', () => {
  const seeds = [readFileSync(reference, 'utf8'), bomb, 'hub: {port: 1}', '%YAML 1.2\n---\nhub:\n'];
  const texts = fc.oneof(
    fc.string(),
    fc
      .tuple(fc.constantFrom(...seeds), fc.nat(200), fc.string({ maxLength: 8 }))
      .map(([seed, at, more]) => seed.slice(0, at) + more + seed.slice(at)),
  );
  const holds = fc.property(texts, (text) => {
    const loaded = loadConfig({ file: written(text), overrides: {} });
    return loaded.ok || loaded.error.code === 'config-invalid';
  });
  expect(fc.check(holds, { seed: 8600, numRuns: 300 }).failed).toBe(false);
});
