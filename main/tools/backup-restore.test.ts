import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ask, builtPages, command, hubOptions, login, openLink, startedHub } from '../hub/hub-rig.ts';
import { backup } from './backup.ts';
import { restore } from './restore.ts';
import { rollback } from './rollback.ts';
import { exitUsage } from './run-tool.ts';
import { exitNo, exitUnusable } from './tool-problem.ts';
import type { Tool } from './tool.ts';

let root = '';
let data = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'taodu-tools-'));
  data = join(root, 'data');
});
afterEach(() => rmSync(root, { recursive: true }));

/** Runs a tool as it is typed in `root`. */
async function typed(tool: Tool, line: string, env: Record<string, string> = {}) {
  const out: string[] = [];
  const told: string[] = [];
  const code = await tool.run(line.split(' ').filter(Boolean), {
    out: (text) => void out.push(text),
    err: (text) => void told.push(text),
    cwd: root,
    env,
  });
  const last = out.at(-1);
  return { code, json: last === undefined ? null : (JSON.parse(last) as Record<string, unknown>), told: told.join('\n') };
}

const camera = (number: string) => ({
  number,
  name: number,
  district: '329982001',
  source: { kind: 'rtsp', url: 'rtsp://user:hunter2@10.1.2.3/1' },
});
const numbers = async (origin: string, token: string) =>
  ((await ask(origin, '/api/collections/cameras?limit=100', { token })).json.items as { number: string }[]).map(({ number }) => number);

describe('backup and restore of a hub', () => {
  test('made while it runs, refused while it runs, and back as it was: cameras, accounts, audit, walls', async () => {
    builtPages(root);
    const first = await startedHub(hubOptions(root));
    const token = await login(first.origin);
    await command(first.origin, 'camera.upsert', camera('GATE-1'), { token });
    const wall = await openLink(first.wallLink('main', '1'));
    const made = await typed(backup, '--data data');
    expect(made).toMatchObject({ code: 0, json: { bytes: expect.any(Number) as number, seq: expect.any(Number) as number } });
    expect(made.told).toContain(join(data, 'keys'));
    const from = String(made.json!['backup']);
    expect(readdirSync(from)).not.toContain('keys.sealed');

    await command(first.origin, 'camera.upsert', camera('GATE-2'), { token });
    const refused = await typed(restore, `--from ${from} --data data`);
    expect([refused.code, refused.json]).toEqual([exitUnusable, null]);
    expect(refused.told).toContain('[data-folder-in-use');
    await first.stop();

    const done = await typed(restore, `--from ${from} --data data`);
    expect(done).toMatchObject({
      code: 0,
      json: { restored: from, commitsLost: expect.any(Number) as number, replaced: expect.any(String) as string },
    });
    expect(done.told.split('\n').at(-1)).toMatch(/RPO: the backup is .* old, \d+ commits since are lost. RTO: this took .* s\.$/);
    expect(existsSync(String(done.json!['replaced']))).toBe(true);

    const second = await startedHub(hubOptions(root));
    try {
      expect(second.epoch).toBeGreaterThan(first.epoch + 1);
      // people log in again, screens go on
      expect((await ask(second.origin, '/api/collections/cameras', { token })).status).toBe(401);
      const again = await login(second.origin);
      expect(await numbers(second.origin, again)).toEqual(['GATE-1']);
      expect((await ask(second.origin, '/wall/main/1', { headers: { cookie: wall.cookie } })).status).toBe(200);
      const verdict = await command(second.origin, 'audit.verify', {}, { token: again });
      expect(verdict.json).toMatchObject({ ok: true });
      const restored = await command(second.origin, 'audit.search', { command: 'ledger.restore' }, { token: again });
      expect(restored.json.rows).toMatchObject([{ command: 'ledger.restore', outcome: 'ok' }]);
    } finally {
      await second.stop();
    }
  });

  test('with its keys it goes to another machine', async () => {
    const first = await startedHub(hubOptions(root));
    const token = await login(first.origin);
    await command(first.origin, 'camera.upsert', camera('GATE-1'), { token });
    await first.stop();
    const env = { TAODU_BACKUP_PASSPHRASE: 'four kilns and a river' };
    expect(await typed(backup, '--data data --to usb --with-keys')).toMatchObject({ code: exitUsage });
    expect(await typed(backup, '--data data --to usb --with-keys', { TAODU_BACKUP_PASSPHRASE: 'too short' })).toMatchObject({
      code: exitUsage,
    });
    const made = await typed(backup, '--data data --to usb --with-keys', env);
    const from = String(made.json!['backup']);
    expect(from.startsWith(join(root, 'usb'))).toBe(true);
    rmSync(data, { recursive: true });
    expect(await typed(restore, `--from ${from} --data data`, env)).toMatchObject({
      code: exitNo,
      told: expect.stringContaining('[backup-foreign') as string,
    });
    rmSync(data, { recursive: true });
    expect(await typed(restore, `--from ${from} --data data --foreign`, env)).toMatchObject({ code: 0 });
    const second = await startedHub(hubOptions(root));
    try {
      expect(await numbers(second.origin, await login(second.origin))).toEqual(['GATE-1']);
    } finally {
      await second.stop();
    }
  });
});

describe('what goes wrong is one line and a code', () => {
  test.each<[Tool, string, number, string]>([
    [backup, '--data nowhere', exitNo, '[backup-failed reason=no-ledger]'],
    [backup, '--what', exitUsage, '--help'],
    [restore, '--data data', exitUsage, '--from is missing'],
    [restore, '--from nowhere --data data', exitNo, '[backup-damaged file=manifest.json reason=missing]'],
    [restore, 'one two', exitUsage, '--help'],
    [rollback, '--data nowhere', exitNo, '[not-found'],
    [rollback, 'back', exitUsage, '--help'],
  ])('%o %s', async (tool, line, code, text) => {
    const done = await typed(tool, line);
    expect(done).toMatchObject({ code, json: null });
    expect(done.told).toContain(text);
    expect(done.told.split('\n')).toHaveLength(1);
  });

  test('a configuration that is wrong', async () => {
    const hub = await startedHub(hubOptions(root));
    await hub.stop();
    writeFileSync(join(data, 'taodu.yaml'), 'backup: { folders: x }\n');
    expect(await typed(backup, '--data data')).toMatchObject({
      code: exitUnusable,
      told: expect.stringContaining('[config-invalid') as string,
    });
    writeFileSync(join(data, 'taodu.yaml'), 'backup: { folder: elsewhere }\n');
    const made = await typed(backup, '--data data');
    expect(String(made.json!['backup']).startsWith(join(data, 'elsewhere'))).toBe(true);
  });
});
