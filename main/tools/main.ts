import type { Tool } from './tool.ts';
import { runTool } from './run-tool.ts';

/** Every tool, in the order of the help. */
const tools: readonly Tool[] = [];

process.exitCode = await runTool(tools, process.argv.slice(2), {
  out: (line) => void process.stdout.write(`${line}\n`),
  err: (line) => void process.stderr.write(`${line}\n`),
  cwd: process.env['INIT_CWD'] ?? process.cwd(),
  env: process.env,
});
