import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ShownReport, Wall } from '../layouts/contract.ts';
import { chromiumPath } from './chromium.ts';
import { placeOf, type DummyDisplays } from './dummy-displays.ts';
import { adminPassword, startHub, until } from './start-hub.ts';

const root = resolve(import.meta.dirname, '..');

/** The product as its users start it, with a kiosk window of an installed Chromium on each of several displays. */
export interface Room {
  /** Of the launcher. */
  readonly pid: number;
  /** When it was started, `Date.now()`. */
  readonly startedAt: number;
  readonly screenIds: readonly string[];
  readonly dataFolder: string;
  /** What the launcher wrote to stderr so far, the last 100,000 characters of it. */
  said(): string;
  /** What the screens say that they show, in order. */
  shown(): Promise<(ShownReport | null)[]>;
  /** The browser of a screen, and the process of its page; undefined while there is none. */
  browserOf(screenId: string): number | undefined;
  rendererOf(screenId: string): number | undefined;
  /** Everything of a browser. */
  processesOf(screenId: string): number[];
  /** Ends the launcher and waits for it; its browsers should go with it. */
  end(): Promise<void>;
  /** `end`, and the data folder is gone. */
  stop(): Promise<void>;
}

/** A report of a screen whose tiles are all live, made after `since`. */
export const isAllLive = (report: ShownReport | null | undefined, since: number): boolean =>
  report !== null &&
  report !== undefined &&
  report.at > since &&
  report.tiles.length > 0 &&
  report.tiles.every(({ state }) => state === 'live');

/** Starts it with `side` × `side` cameras on every screen; it does not wait for pictures. `chromium`: the program that is to open its windows. */
export async function startRoom(displays: DummyDisplays, count: number, side: number, chromium: string = chromiumPath!): Promise<Room> {
  const folder = mkdtempSync(join(tmpdir(), 'taodu-room-'));
  const screenIds = Array.from({ length: count }, (_, index) => `${index + 1}`);
  // The wall is what somebody has set up on another day.
  const before = await startHub({ demo: true, dataFolder: folder });
  try {
    await before.command('wall.upsert', {
      wallId: 'main',
      name: '指挥大厅',
      screens: screenIds.map((id, index) => ({ id, rect: placeOf(index) })),
    });
    const needed = count * side * side;
    const cameras = await until('cameras', 60_000, async () => {
      const { items } = await before.collection<{ id: string }>('cameras', `?limit=${needed}`);
      return items.length === needed ? items : null;
    });
    for (const [index, screenId] of screenIds.entries()) {
      const tiles = cameras.slice(index * side * side, (index + 1) * side * side);
      await before.command('wall.show', {
        wallId: 'main',
        screenId,
        scene: { kind: 'grid', rows: side, cols: side, tiles: tiles.map(({ id }) => ({ panel: 'video', cameraId: id, profile: 'sub' })) },
      });
    }
  } finally {
    await before.stop(true);
  }
  const startedAt = Date.now();
  const launcher = spawn(
    process.execPath,
    [
      join(root, 'dist', 'node', 'launch.js'),
      'start',
      '--shell',
      'chromium',
      '--port',
      '0',
      '--relay-port',
      '0',
      '--rtmp-port',
      '0',
      '--data',
      folder,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, DISPLAY: displays.name, CHROMIUM_PATH: chromium } },
  );
  let said = '';
  launcher.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-100_000)));
  const end = async () => {
    if (launcher.exitCode !== null || launcher.signalCode !== null) return;
    const gone = new Promise((done) => launcher.once('exit', done));
    launcher.kill('SIGTERM');
    await gone;
  };
  const stop = async () => {
    await end();
    rmSync(folder, { recursive: true, force: true });
  };
  const processes = (part: string) =>
    readdirSync('/proc').flatMap((name) => {
      if (!/^\d+$/.test(name)) return [];
      try {
        const line = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return line.includes(`${folder}/chromium/${part} `) || line.endsWith(`${folder}/chromium/${part}`)
          ? [{ pid: Number(name), line }]
          : [];
      } catch {
        return []; // it ended while we looked
      }
    });
  try {
    const listening = await until('the city', 60_000, async () => /Console\s+(http:\/\/[^/\s]+)/.exec(said)?.[1] ?? null);
    const ask = async <T>(path: string, init: RequestInit): Promise<T> => (await (await fetch(listening + path, init)).json()) as T;
    const { token } = await ask<{ token: string }>('/api/commands/session.login', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user: 'admin', password: adminPassword }),
    });
    return {
      pid: launcher.pid!,
      startedAt,
      screenIds,
      dataFolder: folder,
      said: () => said,
      async shown() {
        const { items } = await ask<{ items: Wall[] }>('/api/collections/walls', { headers: { authorization: `Bearer ${token}` } });
        const wall = items.find(({ id }) => id === 'main');
        return screenIds.map((id) => wall?.screens.find((screen) => screen.id === id)?.shown ?? null);
      },
      browserOf: (screenId) => processes(`main-${screenId}`).find(({ line }) => !line.includes('--type='))?.pid,
      rendererOf: (screenId) =>
        processes(`main-${screenId}`).find(({ line }) => line.includes('--type=renderer') && !line.includes('--extension-process'))?.pid,
      processesOf: (screenId) => processes(`main-${screenId}`).map(({ pid }) => pid),
      end,
      stop,
    };
  } catch (error) {
    await stop();
    throw new Error(`the room did not open:\n${said}`, { cause: error });
  }
}
