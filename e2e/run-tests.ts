import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';

/**
 * `npm test`: lint and types, then the unit tests, then the browser tests, a file after another so that they do not starve each other;
 * says what was skipped and why, and ends with one plain line of counts. In CI nothing but the Electron binary may be missing.
 */
const root = resolve(import.meta.dirname, '..');
const full = process.argv.includes('--full');
const inCi = process.env['CI'] === 'true';
const scratch = mkdtempSync(join(tmpdir(), 'taodu-test-'));
const bin = (name: string) => join(root, 'node_modules', '.bin', name);

interface Counts {
  passed: number;
  failed: number;
  skipped: string[];
  /** What failed, each in one line, for whoever sees only the end of the output. */
  failures: string[];
}
const total: Counts = { passed: 0, failed: 0, skipped: [], failures: [] };

function fail(what: string, message = ''): void {
  total.failed += 1;
  total.failures.push(`${what}${message === '' ? '' : `: ${message.split('\n', 1)[0]!.slice(0, 200)}`}`);
}

type Check = readonly [name: string, command: string, args: readonly string[]];

/** Two at a time, the long ones first; what each says stands together. */
async function checkAll(checks: readonly Check[]): Promise<void> {
  const waiting = [...checks];
  const lane = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [name, command, args] = next;
      const ended = Promise.withResolvers<boolean>();
      execFile(bin(command), args, { cwd: root, maxBuffer: 64 * 1024 * 1024 }, (error, out, problems) => {
        process.stdout.write(`\n── ${name}\n${out}${problems}`);
        ended.resolve(error === null);
      });
      if (await ended.promise) total.passed += 1;
      else fail(name);
    }
  };
  await Promise.all([lane(), lane()]);
}

interface VitestReport {
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages: readonly string[] | null;
    }[];
  }[];
}

function vitest(name: string, projects: readonly string[]): void {
  process.stdout.write(`\n── ${name}\n`);
  const out = join(scratch, `${projects.join('-')}.json`);
  const args = [
    'run',
    ...projects.flatMap((project) => ['--project', project]),
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${out}`,
  ];
  const done = spawnSync(bin('vitest'), args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, NO_COLOR: '1', ...(full ? { TAODU_TEST_FULL: '1' } : {}) },
  });
  let report: VitestReport;
  try {
    report = JSON.parse(readFileSync(out, 'utf8')) as VitestReport;
  } catch {
    return fail(name, 'ended without a report');
  }
  total.passed += report.numPassedTests;
  const before = total.failed;
  for (const file of report.testResults) {
    const path = relative(root, file.name);
    // A file that fails outside its tests (an import, a hook) counts too.
    if (file.status === 'failed' && file.assertionResults.every(({ status }) => status !== 'failed')) fail(path, file.message);
    for (const result of file.assertionResults) {
      if (result.status === 'failed') fail(`${path}: ${result.fullName.trim()}`, result.failureMessages?.[0]);
      if (result.status === 'skipped' || result.status === 'pending' || result.status === 'todo')
        total.skipped.push(result.fullName.trim());
    }
  }
  if (done.status !== 0 && total.failed === before) fail(name, 'an error outside the tests');
}

await checkAll([
  ['types: pages', 'vue-tsc', ['-p', 'tsconfig.renderer.json', '--noEmit']],
  ['types: processes and tests', 'tsc', ['-p', 'tsconfig.node.json']],
  ['types: browser tests and benchmarks', 'tsc', ['-p', 'tsconfig.e2e.json']],
  ['types: pure rooms', 'tsc', ['-p', 'tsconfig.pure.json']],
  ['lint of page templates', 'eslint', ['renderer']],
  ['lint', 'oxlint', ['--deny-warnings']],
]);
vitest('unit tests', ['node', 'renderer']);
vitest('the product in a browser', ['e2e']);
rmSync(scratch, { recursive: true, force: true });

if (total.skipped.length > 0) {
  process.stdout.write(`\nSkipped:\n${total.skipped.map((name) => `  - ${name}\n`).join('')}`);
}
const forbidden = inCi ? total.skipped.filter((name) => !/electron binary/i.test(name)) : [];
if (forbidden.length > 0) {
  process.stdout.write(`\nIn CI only the Electron binary may be missing; ${forbidden.length} skipped for other reasons\n`);
  total.failed += forbidden.length;
}
if (total.failures.length > 0) process.stdout.write(`\nFailed:\n${total.failures.map((line) => `  - ${line}\n`).join('')}`);
const skipped = total.skipped.length - forbidden.length;
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
process.exit(total.failed > 0 ? 1 : 0);
