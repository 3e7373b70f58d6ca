import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { publicKeyOf } from '../hub/audit/seal-key.ts';
import { type ExportVerdict, verifyExport } from '../hub/audit/verify-export.ts';
import { exitUsage } from './run-tool.ts';
import { exitUnusable, usageFault } from './tool-problem.ts';
import type { Tool } from './tool.ts';

const help = `Checks an export of the audit, without the hub that it came from

  npm run hub -- export verify DIR [--public-key FILE]

DIR holds audit.jsonl, watches.csv, manifest.json, manifest.sig and public.pem, each with the export's id before its name where a
browser saved it so. The signature of the manifest, the size and hash of each file, the
hash of each row of the audit and the seal are checked.
On stdout one line of JSON: {"ok","exportId","requestedBy","approvedBy","rows","fault","keySha256"}
  keySha256    SHA-256 of the public key (DER) it was checked with: compare it with the hub's own, DIR/seals/public.pem of its data folder

Options
  --public-key FILE   the hub's public key as you had it before, instead of the one inside the export
  --help              this text

Exit codes: 0 nothing was altered, 1 something was, ${exitUsage} wrong usage, ${exitUnusable} the folder or the key cannot be read.
`;

/** Checks an export. */
export const exportVerify: Tool = {
  name: 'export verify',
  summary: 'check an export of the audit offline',
  help,
  async run(args, io) {
    let folder: string;
    let keyFile: string | undefined;
    try {
      const { values, positionals } = parseArgs({
        args: [...args],
        strict: true,
        allowPositionals: true,
        options: { 'public-key': { type: 'string' } },
      });
      if (positionals.length !== 1) throw new Error('name one folder');
      folder = resolve(io.cwd, positionals[0]!);
      keyFile = values['public-key'] === undefined ? undefined : resolve(io.cwd, values['public-key']);
    } catch (cause) {
      io.err(`taodu: ${usageFault(cause)} (see --help)`);
      return exitUsage;
    }
    let verdict: ExportVerdict;
    try {
      const key = keyFile === undefined ? null : publicKeyOf(readFileSync(keyFile, 'utf8'));
      if (keyFile !== undefined && key === null) throw new Error(`${keyFile} holds no Ed25519 public key`);
      verdict = verifyExport(folder, key);
    } catch (cause) {
      io.err(`taodu: the export cannot be read: ${(cause as Error).message}`);
      return exitUnusable;
    }
    const { ok, manifest, fault, keySha256 } = verdict;
    const { exportId = null, requestedBy = null, approvedBy = null, rows = null } = manifest ?? {};
    io.out(JSON.stringify({ ok, exportId, requestedBy, approvedBy, rows, fault, keySha256 }));
    io.err(fault === null ? `taodu: the export is as it was made` : `taodu: ${fault.file}: ${fault.reason}`);
    return ok ? 0 : 1;
  },
};
