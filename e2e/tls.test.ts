import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { connect, getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { spkiHashOf } from '../main/tls/server-certificate.ts';
import { chromiumPath, startChromium } from './chromium.ts';
import { startHub, until, type RunningHub } from './start-hub.ts';
import { openPage, openWall, shownTiles, wallFacts, type OpenPage } from './wall-page.ts';

const root = resolve(import.meta.dirname, '..');
const why = chromiumPath === null ? ' (skipped: no Chromium found)' : '';

// The whole product over TLS on all addresses, under an authority of its own, as `tls init` makes it.
describe.skipIf(chromiumPath === null)(`everything over TLS${why}`, () => {
  let data: string;
  let hub: RunningHub;
  let browser: Browser;
  let wall: OpenPage;
  const trusted = getCACertificates('default');

  const init = () => {
    const done = spawnSync(process.execPath, [join(root, 'dist', 'node', 'tools.js'), 'tls', 'init', '--data', data], { encoding: 'utf8' });
    expect(done.stderr).toContain('ca.crt');
    return done.status;
  };
  const certificate = () => new X509Certificate(readFileSync(join(data, 'tls', 'server.crt')));

  beforeAll(async () => {
    data = mkdtempSync(join(tmpdir(), 'taodu-tls-e2e-'));
    expect(init()).toBe(0);
    // Beyond loopback administrators would need an authenticator, which is not what this is about.
    writeFileSync(
      join(data, 'taodu.yaml'),
      'tls: { enabled: true }\nhub: { host: 0.0.0.0 }\nrelay: { host: 0.0.0.0 }\naccounts: { secondFactor: optional }\n',
    );
    setDefaultCACertificates([...trusted, readFileSync(join(data, 'tls', 'ca.crt'), 'utf8')]);
    hub = await startHub({ demo: true, dataFolder: data });
    browser = await startChromium([`--ignore-certificate-errors-spki-list=${spkiHashOf(certificate())}`]);
  });
  afterAll(async () => {
    await browser?.close();
    await hub?.stop();
    setDefaultCACertificates(trusted);
    rmSync(data, { recursive: true, force: true });
  });

  test('the JSON line, the lease and the headers say so', async () => {
    expect(hub.listening).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    const answer = await fetch(`${hub.listening}/login`);
    expect(answer.headers.get('strict-transport-security')).toBe('max-age=31536000');
    const cameraId = await until('cameras', 30_000, async () => (await hub.collection<{ id: string }>('cameras', '?limit=1')).items[0]?.id);
    const { leaseId, urls } = await hub.command<{ leaseId: string; urls: { hls: string; socket: string } }>('stream.lease', {
      cameraId,
      profile: 'sub',
    });
    expect([new URL(urls.hls).protocol, new URL(urls.socket).protocol]).toEqual(['https:', 'wss:']);
    expect((await fetch(urls.hls)).headers.get('strict-transport-security')).toBe('max-age=31536000');
    await hub.command('stream.release', { leaseId });
  });

  test('plain HTTP is refused', async () => {
    await expect(fetch(`${hub.listening.replace('https', 'http')}/healthz`)).rejects.toThrow();
  });

  test('a browser logs in, and the console opens', async () => {
    const desk = await openPage(browser, `${hub.listening}/login`);
    await desk.page.fill('input[name="user"]', 'admin');
    await desk.page.fill('input[type="password"]', 'Quiet-harbour-7');
    await desk.page.keyboard.press('Enter');
    await desk.page.waitForURL(/\/console/, { timeout: 15_000 });
    const cookies = await desk.context.cookies();
    expect(cookies.map(({ name, secure, httpOnly }) => [name.startsWith('__Host-taodu_'), secure, httpOnly])).toEqual([[true, true, true]]);
    expect(desk.problems).toEqual([]);
    await desk.close();
  });

  test('pictures come to a wall over wss, decoded by WebCodecs', async () => {
    wall = await openWall(browser, hub, '2', { viewport: { width: 960, height: 540 } });
    const shown = await until('live pictures', 30_000, async () => {
      const now = await shownTiles(hub, '2');
      return (now?.tiles.filter(({ state }) => state === 'live').length ?? 0) >= 6 && now;
    });
    expect(new Set(shown.tiles.map(({ engine }) => engine))).toEqual(new Set(['mosaic']));
    expect(wall.problems).toEqual([]);
  });

  test('the certificate is renewed while they play: new connections see it, the pictures go on', async () => {
    const before = certificate().serialNumber;
    expect(await serialAt(Number(new URL(hub.listening).port))).toBe(before);
    expect(init()).toBe(0);
    const { serialNumber } = certificate();
    expect(serialNumber).not.toBe(before);
    await until(
      'the hub to show the new certificate',
      15_000,
      async () => (await serialAt(Number(new URL(hub.listening).port))) === serialNumber,
    );
    const shown = await painted();
    await until('pictures to go on', 10_000, async () => (await painted()).every((count, index) => count > shown[index]! + 5));
    expect(await wall.page.locator('[data-connection="live"]').count()).toBe(1);
    const { urls } = await hub.command<{ urls: { hls: string } }>('stream.lease', {
      cameraId: (await shownTiles(hub, '2'))!.tiles[0]!.cameraId!,
      profile: 'sub',
    });
    await until('the relay to show it too', 15_000, async () => (await serialAt(Number(new URL(urls.hls).port))) === serialNumber);
    expect(wall.problems).toEqual([]);
  });

  /** How many pictures every tile of the wall has painted. */
  const painted = async () => Object.values((await wallFacts(wall.page)).tiles).map((tile) => tile?.painted ?? 0);

  /** The serial number of the certificate that is shown there now. */
  const serialAt = (port: number) =>
    new Promise<string>((found, failed) => {
      const socket = connect({ host: '127.0.0.1', port }, () => {
        found(socket.getPeerCertificate().serialNumber);
        socket.destroy();
      });
      socket.on('error', failed);
    });
});
