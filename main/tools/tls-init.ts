import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import { domainToASCII } from 'node:url';
import { parseArgs } from 'node:util';
import type { Result } from '../contract/result.ts';
import { err, ok } from '../contract/result.ts';
import { replaceFile } from '../hub/ledger/durable-file.ts';
import { loopbackNames, makeAuthority, makeServerCertificate, type KeyPair } from './city-authority.ts';
import { exitUsage } from './run-tool.ts';
import { exitUnusable, usageFault } from './tool-problem.ts';
import type { Tool, ToolIo } from './tool.ts';

/** The longest that browsers take from a public authority; one of your own may give more. */
const defaultDays = 397;
const mostDays = 825;
const mostNames = 64;

const help = `Certificates for trying TLS: an authority of your own, and a server certificate under it

  npm run hub -- tls init --data DIR [--name NAME,ADDRESS …] [--days N] [--new-key]

Makes DIR/tls/ca.crt and ca.key (once; they are never written over) and DIR/tls/server.crt and server.key.
Run again it renews the server certificate under the same authority; a running hub takes it within seconds.

Options
  --data DIR    data folder of the hub                                            (default: ./data)
  --name LIST   DNS names and IP addresses that pages reach the hub and the relay by, separated by commas; may be
                repeated. localhost, 127.0.0.1 and ::1 are always in it  (default: those of the certificate before)
  --days N      how long the server certificate holds, 1 to ${mostDays}                      (default: ${defaultDays})
  --new-key     make a new key for the server. Without it a renewal keeps the key, so that wall windows that were
                opened by this computer, and know the key, go on
  --help        this text

Exit codes: 0 made, ${exitUsage} wrong usage, ${exitUnusable} the folder or what lies in it cannot be used.
A city that has an authority needs none of this: name its files in taodu.yaml (tls.certificate, tls.key).
`;

interface Order {
  readonly folder: string;
  readonly names: readonly string[] | null;
  readonly days: number;
  readonly newKey: boolean;
}

/** Makes an authority of the city's own and the hub's certificate under it, or renews the latter. */
export const tlsInit: Tool = {
  name: 'tls init',
  summary: 'make or renew certificates for trying TLS',
  help,
  async run(args, io) {
    const order = readOrder(args, io.cwd);
    if (!order.ok) {
      io.err(`taodu: ${order.error} (see --help)`);
      return exitUsage;
    }
    try {
      return await make(order.value, io);
    } catch (cause) {
      io.err(`taodu: ${(cause as Error).message}`);
      return exitUnusable;
    }
  },
};

async function make(order: Order, io: ToolIo): Promise<number> {
  const now = Date.now();
  const file = (name: string) => join(order.folder, name);
  mkdirSync(order.folder, { recursive: true, mode: 0o700 });

  const held = [file('ca.crt'), file('ca.key')].filter((path) => existsSync(path));
  if (held.length === 1) {
    io.err(`taodu: ${held[0]} is there without its other half: put that back, or move it away to begin anew`);
    return exitUnusable;
  }
  const isNew = held.length === 0;
  if (isNew) {
    const made = await makeAuthority(now);
    // Never over something that came in between.
    writeFileSync(file('ca.key'), made.key, { mode: 0o600, flag: 'wx', flush: true });
    writeFileSync(file('ca.crt'), made.certificate, { mode: 0o644, flag: 'wx', flush: true });
  }
  const authority: KeyPair = { certificate: readFileSync(file('ca.crt'), 'utf8'), key: readFileSync(file('ca.key'), 'utf8') };
  const issuer = new X509Certificate(authority.certificate);
  if (!issuer.ca || !issuer.checkPrivateKey(createPrivateKey(authority.key))) {
    io.err(`taodu: ${file('ca.crt')} and ca.key are no authority and its key`);
    return exitUnusable;
  }
  if (issuer.validToDate.getTime() <= now) {
    io.err(`taodu: the time of ${file('ca.crt')} is over: move ca.crt and ca.key away to make a new authority`);
    return exitUnusable;
  }

  const before = existsSync(file('server.crt')) ? new X509Certificate(readFileSync(file('server.crt'))) : null;
  const names = [...new Set([...(order.names ?? namesOf(before)), ...loopbackNames])];
  const key = order.newKey || !existsSync(file('server.key')) ? undefined : readFileSync(file('server.key'), 'utf8');
  const made = await makeServerCertificate({ authority, names, days: order.days, now, key });
  // A running hub reads them when both have stood still: see main/tls/certificate-watch.ts.
  replaceFile(file('server.key'), made.key);
  replaceFile(file('server.crt'), made.certificate);

  const server = new X509Certificate(made.certificate);
  const until = server.validToDate.toISOString();
  io.err(`${isNew ? 'Made' : 'Kept'} the authority       ${file('ca.crt')}, until ${issuer.validToDate.toISOString()}`);
  io.err(`${before ? 'Renewed' : 'Made'} the certificate  ${file('server.crt')}, until ${until}`);
  io.err(`  for ${names.join(', ')}`);
  for (const line of advice(order.folder, names)) io.err(line);
  io.out(
    JSON.stringify({
      authority: file('ca.crt'),
      authoritySha256: issuer.fingerprint256,
      certificate: file('server.crt'),
      names,
      notAfter: until,
      renewed: before !== null,
    }),
  );
  return 0;
}

function advice(folder: string, names: readonly string[]): string[] {
  const outside = names.find((name) => !loopbackNames.includes(name));
  const host = outside === undefined ? 'NAME' : isIP(outside) === 6 ? `[${outside}]` : outside;
  const authority = join(folder, 'ca.crt');
  return [
    '',
    `Install ${authority}, and nothing else, on every other computer that opens the pages:`,
    '  Windows          certutil -addstore -f Root ca.crt',
    '  macOS            security add-trusted-cert -d -r trustRoot -k /Library/Keychains/System.keychain ca.crt',
    '  Debian, Ubuntu   cp ca.crt /usr/local/share/ca-certificates/taodu.crt && update-ca-certificates',
    '  Chromium there   certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n Taodu -i ca.crt',
    `Keep ${join(folder, 'ca.key')} away from here: whoever has it can pretend to be this hub.`,
    '',
    'Then in taodu.yaml:',
    '  tls: { enabled: true }',
    `  hub: { host: 0.0.0.0, hosts: ["${host}:8600"] }`,
    '  relay: { host: 0.0.0.0, port: 8700 }',
  ];
}

function namesOf(before: X509Certificate | null): string[] {
  const listed = before?.subjectAltName?.split(', ') ?? [];
  return listed.flatMap((entry) => /^(?:DNS|IP Address):(.+)$/.exec(entry)?.[1] ?? []).map(plainAddress);
}

/** Node writes IPv6 addresses of certificates in full: `0:0:0:0:0:0:0:1`. */
function plainAddress(name: string): string {
  return isIP(name) === 6 ? new URL(`http://[${name}]`).hostname.slice(1, -1) : name;
}

function readOrder(args: readonly string[], cwd: string): Result<Order, string> {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...args],
      strict: true,
      allowPositionals: false,
      options: {
        data: { type: 'string' },
        name: { type: 'string', multiple: true },
        days: { type: 'string' },
        'new-key': { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    return err(usageFault(error));
  }
  const days = parsed.days === undefined ? defaultDays : /^\d{1,3}$/.test(parsed.days) ? Number(parsed.days) : 0;
  if (days < 1 || days > mostDays) return err(`--days takes a number from 1 to ${mostDays}, not "${parsed.days}"`);
  let names: string[] | null = null;
  for (const given of parsed.name?.flatMap((list) => list.split(',')) ?? []) {
    const name = certifiableName(given.trim());
    if (name === null) return err(`--name takes DNS names and IP addresses without a port, not "${given}"`);
    names = [...(names ?? []), name];
  }
  if ((names?.length ?? 0) > mostNames) return err(`--name takes at most ${mostNames} names`);
  return ok({ folder: join(resolve(cwd, parsed.data ?? 'data'), 'tls'), names, days, newKey: parsed['new-key'] === true });
}

/** A DNS name (RFC 1123 clause 2.1; a leading `*.` is allowed) or an address, as it stands in a certificate; null when it is neither. */
export function certifiableName(text: string): string | null {
  if (isIP(text) !== 0) return text.includes('%') ? null : plainAddress(text);
  const wild = text.startsWith('*.');
  const name = domainToASCII(wild ? text.slice(2) : text).replace(/\.$/, '');
  const isDns = name.length <= 240 && /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/.test(name);
  // "10.1.2" is no address, and nobody means a name by it.
  if (!isDns || /(^|\.)\d+$/.test(name)) return null;
  return wild ? `*.${name}` : name;
}
