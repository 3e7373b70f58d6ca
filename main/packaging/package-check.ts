import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve, sep } from 'node:path';
import { listPackage } from '@electron/asar';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import Ajv from 'ajv';
import { parse } from 'yaml';
import { judgePackage, type Finding } from './judge-package.ts';
import { writeStandInDistribution } from './stand-in-distribution.ts';

/**
 * `npm run package:check`: packs the app for Linux with a stand-in for Electron and looks at what came out; holds the configuration of every target
 * against electron-builder's own schema. What is only schema-checked is said to be unproven. Ends with 1 when something does not hold.
 */
const root = resolve(import.meta.dirname, '..', '..');
const configuration = parse(readFileSync(join(root, 'electron-builder.yml'), 'utf8')) as {
  readonly electronFuses: Readonly<Record<string, boolean>>;
};
const platform = `linux-${process.arch}`;

/** What the app cannot start, show or keep anything without. */
const files = [
  'package.json',
  ...['electron', 'hub', 'relay', 'ingest', 'av', 'audit-worker', 'backup-worker', 'journal-worker', 'demo-thread', 'tools'].map(
    (name) => `dist/node/${name}.js`,
  ),
  'dist/preload/preload.cjs',
  ...['wall', 'console', 'login', 'setup', 'unit'].map((name) => `dist/renderer/${name}.html`),
  'node_modules/better-sqlite3/package.json',
];

const fuseNames: Readonly<Record<string, FuseV1Options>> = {
  runAsNode: FuseV1Options.RunAsNode,
  enableCookieEncryption: FuseV1Options.EnableCookieEncryption,
  enableNodeOptionsEnvironmentVariable: FuseV1Options.EnableNodeOptionsEnvironmentVariable,
  enableNodeCliInspectArguments: FuseV1Options.EnableNodeCliInspectArguments,
  enableEmbeddedAsarIntegrityValidation: FuseV1Options.EnableEmbeddedAsarIntegrityValidation,
  onlyLoadAppFromAsar: FuseV1Options.OnlyLoadAppFromAsar,
  grantFileProtocolExtraPrivileges: FuseV1Options.GrantFileProtocolExtraPrivileges,
};

/** As it stands in the binary: the character 1. */
const fuseOn = 0x31;

const say = (line: string) => process.stdout.write(`${line}\n`);

/** Every file below a folder, with `/`. */
function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
}

async function packAndLook(scratch: string): Promise<Finding[]> {
  const electron = join(scratch, 'electron');
  const output = join(scratch, 'release');
  const { version } = JSON.parse(readFileSync(join(root, 'node_modules', 'electron', 'package.json'), 'utf8')) as { version: string };
  writeStandInDistribution(electron, version);
  say('packing for Linux with a stand-in for Electron (about half a minute) …');
  const builder = join(root, 'node_modules', 'electron-builder', 'cli.js');
  const settings = [`-c.electronDist=${electron}`, `-c.electronVersion=${version}`, `-c.directories.output=${output}`];
  const packed = spawnSync(process.execPath, [builder, '--dir', '--linux', ...settings], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 300_000,
  });
  if (packed.status !== 0) {
    const words = `${packed.stdout}\n${packed.stderr}`.trim().split('\n').slice(-12).join('\n');
    return [{ what: 'electron-builder packs the app', holds: false, detail: words }];
  }
  const app = join(output, 'linux-unpacked');
  const archive = join(app, 'resources', 'app.asar');
  const wire = await getCurrentFuseWire(join(app, 'taodu'));
  const asked = {
    packed: listPackage(archive, { isPack: false }).map((file) => file.split(sep).join('/').replace(/^\//, '')),
    unpacked: filesBelow(`${archive}.unpacked`),
    fuses: Object.fromEntries(
      Object.entries(fuseNames).map(([name, index]) => [name, Number((wire as unknown as Record<number, number>)[index]) === fuseOn]),
    ),
  };
  const { resetAdHocDarwinSignature: _mac, ...fuses } = configuration.electronFuses as Record<string, boolean>;
  say(`packed: ${asked.packed.length} files, archive ${(statSync(archive).size / 2 ** 20).toFixed(1)} MB`);
  return judgePackage(asked, { files, platform, fuses });
}

/** Electron-builder's own schema of its configuration: an unknown or misspelt setting of any target is found. */
function schemaFinding(): Finding {
  const schema = JSON.parse(readFileSync(join(root, 'node_modules', 'app-builder-lib', 'scheme.json'), 'utf8')) as object;
  const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(schema);
  validate(configuration);
  const faults = (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath || '/'} ${message ?? ''}`);
  return {
    what: 'the configuration of AppImage, deb, NSIS and dmg is valid (schema only: these targets are unproven here)',
    holds: faults.length === 0,
    detail: faults.slice(0, 5).join('; '),
  };
}

const scratch = mkdtempSync(join(tmpdir(), 'taodu-package-'));
try {
  const findings = [schemaFinding(), ...(await packAndLook(scratch))];
  for (const { what, holds, detail } of findings) say(`${holds ? 'ok  ' : 'NOT '} ${what}${holds ? '' : `: ${detail}`}`);
  const bad = findings.filter(({ holds }) => !holds).length;
  say(bad === 0 ? 'the package holds' : `${bad} of ${findings.length} do not hold`);
  process.exitCode = bad === 0 ? 0 : 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
