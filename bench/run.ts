import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** `npm run bench -- <name> [options]`: runs one benchmark, which prints one JSON line last. */
const folder = import.meta.dirname;
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.ts') && !['run.ts', 'report.ts', 'cpu-meter.ts'].includes(file))
  .map((file) => file.slice(0, -3));
const [name, ...rest] = process.argv.slice(2);

if (
  name === undefined ||
  name === '--help' ||
  !/^[a-z0-9-]+$/.test(name) ||
  !existsSync(join(folder, `${name}.ts`)) ||
  !names.includes(name)
) {
  const out = name === '--help' ? process.stdout : process.stderr;
  out.write(`npm run bench -- <name>\n\nbenchmarks: ${names.join(', ')}\n`);
  process.exit(name === '--help' ? 0 : 64);
}
const done = spawnSync(process.execPath, [join(folder, `${name}.ts`), ...rest], { stdio: 'inherit' });
process.exit(done.status ?? 1);
