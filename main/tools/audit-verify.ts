import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import Database from 'better-sqlite3';
import type { Result } from '../contract/result.ts';
import { err, ok } from '../contract/result.ts';
import { storedSeals } from '../hub/audit/seal.ts';
import { readSealFiles } from '../hub/audit/seal-files.ts';
import { publicKeyOf } from '../hub/audit/seal-key.ts';
import { type AuditVerdict, type SealCheck, verifySteps } from '../hub/audit/verify-audit.ts';
import { exitUsage } from './run-tool.ts';
import { exitUnusable, usageFault } from './tool-problem.ts';
import type { Tool, ToolIo } from './tool.ts';

/** The first shape of the ledger that has seals. */
const leastVersion = 2;
/** After so many rows a line says how far it is. */
const progressRows = 250_000;

const help = `Recomputes the audit of a hub and checks its daily seals

  npm run hub -- audit verify --data DIR [--seals DIR]

Reads only, also while the hub runs. Every row carries the hash of the row before; every day that is over is sealed with a signature.
On stdout one line of JSON: {"ok","rows","firstBadSeq","firstBadSeal","sealedUntil"}
  rows         rows that are what they were
  firstBadSeq  number of the first row that was altered or removed, or null
  firstBadSeal first day (YYYY-MM-DD) whose seal does not fit, or null
  sealedUntil  last sealed day, or null

Options
  --data DIR   data folder of the hub                                              (default: ./data)
  --seals DIR  copies of DIR/seals that were kept elsewhere, with their public.pem: whoever can write the data folder can
               write its seals too, but not these
  --help       this text

Exit codes: 0 nothing was altered, 1 something was, ${exitUsage} wrong usage, ${exitUnusable} the folder cannot be read.
`;

/** Checks the audit of a data folder. */
export const auditVerify: Tool = {
  name: 'audit verify',
  summary: 'recompute the chain of the audit and its daily seals',
  help,
  async run(args, io) {
    const order = readOrder(args, io.cwd);
    if (!order.ok) {
      io.err(`taodu: ${order.error} (see --help)`);
      return exitUsage;
    }
    let verdict: AuditVerdict;
    try {
      verdict = check(order.value, io);
    } catch (cause) {
      io.err(`taodu: the audit cannot be read: ${(cause as Error).message}`);
      return exitUnusable;
    }
    io.out(JSON.stringify(verdict));
    io.err(`taodu: ${sentenceOf(verdict)}`);
    return verdict.ok ? 0 : 1;
  },
};

interface Order {
  readonly data: string;
  readonly seals: string | null;
}

function readOrder(args: readonly string[], cwd: string): Result<Order, string> {
  try {
    const { values } = parseArgs({
      args: [...args],
      strict: true,
      options: { data: { type: 'string', default: 'data' }, seals: { type: 'string' } },
    });
    return ok({ data: resolve(cwd, values.data), seals: values.seals === undefined ? null : resolve(cwd, values.seals) });
  } catch (cause) {
    return err(usageFault(cause));
  }
}

function check({ data, seals }: Order, io: ToolIo): AuditVerdict {
  const path = join(data, 'ledger.db');
  const database = new Database(path, { readonly: true, fileMustExist: true, timeout: 5000 });
  try {
    const version = database.pragma('user_version', { simple: true }) as number;
    if (version < leastVersion) throw new Error(`${path} was written by an older version: start the hub once, then it has seals`);
    // The files before the database: a seal is in the database first.
    const copies = [join(data, 'seals'), ...(seals === null ? [] : [seals])].flatMap((folder) => [...readSealFiles(folder)]);
    const sealCheck =
      storedSeals(database).length === 0 && copies.length === 0 ? undefined : sealCheckOf(seals ?? join(data, 'seals'), copies);
    const steps = verifySteps(database, sealCheck);
    let told = 0;
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
      if (step.value - told < progressRows) continue;
      told = step.value;
      io.err(`taodu: ${told} rows so far`);
    }
  } finally {
    database.close();
  }
}

function sealCheckOf(folder: string, copies: SealCheck['copies']): SealCheck {
  const path = join(folder, 'public.pem');
  const publicKey = publicKeyOf(readFileSync(path, 'utf8'));
  if (publicKey === null) throw new Error(`${path} holds no Ed25519 public key`);
  return { publicKey, copies, now: Date.now() };
}

function sentenceOf({ ok: isWhole, rows, firstBadSeq, firstBadSeal, sealedUntil }: AuditVerdict): string {
  if (isWhole)
    return `${rows} rows are as they were written; ${sealedUntil === null ? 'no day is sealed yet' : `sealed until ${sealedUntil}`}`;
  const faults = [
    ...(firstBadSeq === null ? [] : [`row ${firstBadSeq} was altered or removed`]),
    ...(firstBadSeal === null ? [] : [`the seal of ${firstBadSeal} does not fit`]),
  ];
  return `the audit is not what was written: ${faults.join('; ')}`;
}
