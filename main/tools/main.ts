import { auditVerify } from './audit-verify.ts';
import { backup } from './backup.ts';
import { exportVerify } from './export-verify.ts';
import { operatorKeyTool } from './operator-key.ts';
import { restore } from './restore.ts';
import { rollback } from './rollback.ts';
import type { Tool } from './tool.ts';
import { runTool } from './run-tool.ts';
import { tlsInit } from './tls-init.ts';

/** Every tool, in the order of the help. */
const tools: readonly Tool[] = [auditVerify, exportVerify, tlsInit, operatorKeyTool(), backup, restore, rollback];

process.exitCode = await runTool(tools, process.argv.slice(2), {
  out: (line) => void process.stdout.write(`${line}\n`),
  err: (line) => void process.stderr.write(`${line}\n`),
  cwd: process.env['INIT_CWD'] ?? process.cwd(),
  env: process.env,
});
