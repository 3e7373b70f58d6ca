import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StillScene } from '../../layouts/contract.ts';
import type { CameraId } from '../../main/contract/ids.ts';
import { startHub, type RunningHub } from '../../e2e/start-hub.ts';
import { clipSeconds, type GridClips } from './grid-clips.ts';

/** The product with one wall screen of 1920×1080 and a camera for every clip, without a city around them. */
export interface GridCity {
  readonly hub: RunningHub;
  readonly cameraIds: readonly CameraId[];
  /** The scene for these cameras in a square grid. */
  grid(ids: readonly (CameraId | null)[]): StillScene;
  show(scene: object): Promise<void>;
  blank(): Promise<void>;
  stop(): Promise<void>;
}

/** `lingerMs`: how long cameras that nobody watches any more stay open. */
export async function startGridCity(clips: GridClips, lingerMs: number): Promise<GridCity> {
  const folder = mkdtempSync(join(tmpdir(), 'taodu-grid-city-'));
  const config = join(folder, 'taodu.yaml');
  // JSON is YAML.
  writeFileSync(
    config,
    JSON.stringify({ relay: { fileRoots: [clips.folder], lingerMs }, av: { enabled: false }, ingest: { enabled: false } }),
  );
  const hub = await startHub({ demo: false, args: ['--config', config] });
  await hub.command('wall.upsert', {
    wallId: 'main',
    name: '密集墙',
    screens: [{ id: '1', rect: { x: 0, y: 0, width: 1920, height: 1080 } }],
  });
  const cameraIds: CameraId[] = [];
  for (const [index, url] of clips.files.entries()) {
    const { cameraId } = await hub.command<{ cameraId: CameraId }>('camera.upsert', {
      number: `GRID-${String(index + 1).padStart(3, '0')}`,
      name: `密集墙 ${index + 1}`,
      district: '329982001',
      simulated: true,
      // Each at another point of its loop: key pictures of different cameras do not come all at once.
      source: { kind: 'file', url, phaseMs: (index * 1370) % (clipSeconds * 1000) },
    });
    cameraIds.push(cameraId);
  }
  const grid = (ids: readonly (CameraId | null)[]): StillScene => {
    const side = Math.ceil(Math.sqrt(ids.length));
    const tiles = ids.map((cameraId) => (cameraId ? { panel: 'video' as const, cameraId, profile: 'sub' as const } : null));
    return { kind: 'grid', rows: side, cols: side, tiles };
  };
  const show = async (scene: object) => void (await hub.command('wall.show', { wallId: 'main', screenId: '1', scene }));
  return {
    hub,
    cameraIds,
    grid,
    show,
    blank: () => show(grid([null])),
    async stop() {
      await hub.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
