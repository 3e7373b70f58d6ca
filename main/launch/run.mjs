// The first file that runs, under whatever Node the machine has (20 or later): installs the npm packages, which bring
// the product's own Node 24, builds what is out of date, and goes on in that Node. Uses nothing but Node itself.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..', '..');
const modules = join(root, 'node_modules');
const ownNode = join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
const environment = {
  ...process.env,
  PATH: join(modules, '.bin') + delimiter + (process.env.PATH ?? ''),
  INIT_CWD: process.env.INIT_CWD ?? process.cwd(),
};

const say = (line) => process.stderr.write(`${line}\n`);

/** Runs a program to its end with its output on stderr; a failure ends this run with one line. */
function must(what, command, args) {
  const done = spawnSync(command, args, { cwd: root, env: environment, stdio: ['ignore', 2, 2], shell: false });
  if (done.status !== 0) {
    say(`taodu: ${what} failed${done.error ? `: ${done.error.message}` : ''}`);
    process.exit(done.status ?? 1);
  }
}

function install() {
  const stamp = join(modules, '.taodu-installed');
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(ownNode) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  say('taodu: installing npm packages (once, about a minute) …');
  const npm = process.env.npm_execpath;
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  if (npm && /\.c?js$/.test(npm)) must('npm ci', process.execPath, [npm, ...args]);
  else must('npm ci', process.platform === 'win32' ? 'npm.cmd' : 'npm', args);
  if (!existsSync(ownNode)) {
    say('taodu: npm did not install the product’s own Node 24 (package "node"); see allowScripts in package.json');
    process.exit(1);
  }
  writeFileSync(stamp, wanted);
}

/** A hash over every file that the build reads. */
function sourcesHash() {
  const hash = createHash('sha256');
  const visit = (path) => {
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found) return;
    if (found.isDirectory()) {
      for (const name of readdirSync(path).sort()) visit(join(path, name));
    } else if (/\.(ts|vue|html|css|svg|json|yaml|sql)$/.test(path) && !path.endsWith('.test.ts')) {
      hash.update(path.slice(root.length)).update('\0').update(readFileSync(path)).update('\0');
    }
  };
  for (const part of ['main', 'renderer', 'streams', 'alerts', 'layouts', 'package-lock.json']) visit(join(root, part));
  for (const name of readdirSync(root).filter((file) => file.startsWith('vite.') || file.startsWith('tsconfig'))) visit(join(root, name));
  return hash.digest('hex');
}

function build() {
  const stamp = join(root, 'dist', '.built');
  const wanted = sourcesHash();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  say('taodu: building …');
  const vite = join(modules, 'vite', 'bin', 'vite.js');
  for (const config of ['vite.node.config.ts', 'vite.preload.config.ts', 'vite.config.ts']) {
    must('the build', ownNode, [vite, 'build', '--config', config, '--logLevel', 'warn']);
  }
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(stamp, wanted);
}

/** The Electron binary where there is one; it is asked for once, within 20 s, and a refusal is remembered. */
function electronBinary() {
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  const folder = override ?? join(modules, 'electron', 'dist');
  const pathFile = join(modules, 'electron', 'path.txt');
  const find = () => {
    const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8').trim() : process.platform === 'win32' ? 'electron.exe' : 'electron';
    const binary = join(folder, name);
    return existsSync(binary) ? binary : null;
  };
  const tried = join(modules, '.taodu-electron-tried');
  if (find() || override || existsSync(tried)) return find();
  const installer = join(modules, 'electron', 'install.js');
  if (existsSync(installer)) {
    say('taodu: asking for the Electron binary (once) …');
    spawnSync(ownNode, [installer], { cwd: root, env: environment, stdio: 'ignore', timeout: 20_000, killSignal: 'SIGKILL' });
  }
  writeFileSync(tried, '');
  return find();
}

/** Who started us and who started that (npm and its shell), as far as the system tells. */
function ancestors() {
  try {
    const stat = readFileSync(`/proc/${process.ppid}/stat`, 'utf8');
    return `${process.ppid} ${stat.slice(stat.lastIndexOf(')')).split(' ')[2]}`;
  } catch {
    return String(process.ppid);
  }
}

/** What a program ends with that wants to be started again (EX_TEMPFAIL of sysexits.h). */
const exitStartAgain = 75;

/**
 * Goes on as another program: same terminal, signals passed on, its exit code ours. When whoever started us is gone (a shell
 * between npm and us does not pass signals on), the program is told to end; when we are gone, its channel to us closes.
 */
function become(command, args, { stdio = ['inherit', 'inherit', 'inherit'], env = environment, again = false } = {}) {
  let child = null;
  const startedBy = ancestors();
  const watch = setInterval(() => {
    if (process.env.npm_lifecycle_event && ancestors() !== startedBy) child.kill('SIGTERM');
  }, 500);
  const start = () => {
    child = spawn(command, args, { cwd: root, env, stdio });
    child.on('error', (error) => {
      say(`taodu: ${error.message}`);
      process.exit(1);
    });
    child.on('exit', (code, signal) => {
      if (again && code === exitStartAgain) {
        start();
        return;
      }
      clearInterval(watch);
      process.exit(code ?? (signal ? 1 : 0));
    });
  };
  start();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
}

const withChannel = { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] };
/** The desktop app asks for it (main/electron/start-again.ts): it does so itself only where nobody watches over it. */
const watchedOver = { again: true, env: { ...environment, TAODU_WATCHED_OVER: '1' } };

const [verb, ...rest] = process.argv.slice(2);
const launcher = join(root, 'dist', 'node', 'launch.js');

install();
switch (verb) {
  case 'build':
    build();
    break;
  case 'hub':
    build();
    // The first word that is no option names an offline tool: audit verify, tls init, backup …
    if (rest[0] !== undefined && !rest[0].startsWith('-')) become(ownNode, [join(root, 'dist', 'node', 'tools.js'), ...rest]);
    else become(ownNode, [launcher, 'hub', ...rest], withChannel);
    break;
  case 'setup':
    build();
    become(ownNode, [launcher, 'setup', ...rest], withChannel);
    break;
  case 'start': {
    build();
    const wantsHelp = rest.includes('--help') || rest.includes('-h');
    const hasDisplay = process.platform !== 'linux' || Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY);
    const electron = wantsHelp || rest.includes('--shell') || !hasDisplay ? null : electronBinary();
    if (electron) {
      become(electron, [...(process.platform === 'linux' ? ['--ozone-platform=x11'] : []), root, ...rest], watchedOver);
    } else {
      if (!wantsHelp && !rest.includes('--shell')) {
        say(`taodu: no ${hasDisplay ? 'Electron binary' : 'display'} here, so no windows are opened; open these pages in a browser`);
      }
      become(ownNode, [launcher, 'start', ...rest], withChannel);
    }
    break;
  }
  case 'test':
    build();
    become(ownNode, [join(root, 'e2e', 'run-tests.ts'), ...rest]);
    break;
  case 'bench':
    build();
    become(ownNode, [join(root, 'bench', 'run.ts'), ...rest]);
    break;
  case 'package':
    build();
    become(ownNode, [join(modules, 'electron-builder', 'cli.js'), ...rest]);
    break;
  case 'package-check':
    build();
    become(ownNode, [join(root, 'main', 'packaging', 'package-check.ts'), ...rest]);
    break;
  default:
    say('taodu: run.mjs knows start, setup, hub, build, test, bench, package and package-check');
    process.exit(64);
}
