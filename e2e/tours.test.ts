import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CommandResult } from '../main/contract/catalog.ts';
import type { Camera } from '../streams/contract.ts';
import type { WallFacts } from '../renderer/wall/wall-facts.ts';
import { chromiumPath, startChromium } from './chromium.ts';
import { startHub, until, type RunningHub } from './start-hub.ts';
import { openWall, shownTiles, type OpenPage } from './wall-page.ts';

const why = chromiumPath === null ? ' (skipped: no Chromium found)' : '';

describe.skipIf(chromiumPath === null)(`tours${why}`, () => {
  let hub: RunningHub;
  let browser: Browser;
  let left: OpenPage;
  let right: OpenPage;
  let cameras: Camera[];

  beforeAll(async () => {
    hub = await startHub({ demo: true });
    browser = await startChromium();
    // Whatever their state is simulated to be: what somebody watches plays.
    cameras = await until('the demo city has cameras', 60_000, async () => {
      const { items } = await hub.collection<Camera>('cameras', '?limit=1000');
      return items.length === 1000 && items;
    });
    left = await openWall(browser, hub, '1');
    right = await openWall(browser, hub, '2');
  });
  afterAll(async () => {
    await browser?.close();
    await hub?.stop();
  });

  const grid = (ids: readonly string[]) => ({
    kind: 'grid',
    rows: 2,
    cols: 2,
    tiles: ids.map((cameraId) => ({ panel: 'video', cameraId, profile: 'sub' })),
  });
  const show = (screenId: string, scene: object) => hub.command<{ revision: number }>('wall.show', { wallId: 'main', screenId, scene });
  const control = (screenId: string, action: string) =>
    hub.command<CommandResult<'tour.control'>>('tour.control', { wallId: 'main', screenId, action });
  const begun = ({ page }: OpenPage) => page.evaluate(() => (globalThis as unknown as { taoduWall: WallFacts }).taoduWall.begun!);
  const live = async (screenId: string, ids: readonly string[]) => {
    const shown = await shownTiles(hub, screenId);
    const seen = new Set(shown?.tiles.filter(({ state }) => state === 'live').map(({ cameraId }) => cameraId));
    return ids.every((id) => seen.has(id)) && shown;
  };
  /** The cameras that a screen says it shows, whatever their state. */
  const onScreen = async (screenId: string) => (await shownTiles(hub, screenId))?.tiles.map(({ cameraId }) => cameraId) ?? [];
  const someCameras = (from: number) => cameras.slice(from, from + 4).map(({ id }) => id);

  test('at a change of scene every tile begins with a picture that was there before', async () => {
    const [first, second] = [someCameras(0), someCameras(4)];
    const steps = [first, second].map((ids) => ({ scene: grid(ids), dwellMs: 12_000 }));
    await show('1', { kind: 'tour', steps });
    await until('the first scene to be live', 30_000, () => live('1', first));
    await until('a change at which every tile had its picture already', 90_000, async () => {
      const before = await begun(left);
      const shown = new Set(await onScreen('1'));
      const following = shown.has(first[0]!) ? second : first;
      await until('the next scene', 30_000, async () => (await onScreen('1')).includes(following[0]!));
      const after = await begun(left);
      expect(after.begun - before.begun).toBe(4);
      return after.withPicture - before.withPicture === 4;
    });
  });

  test('a pause holds one screen, and not the other; it is seen on the screen; a step goes on from there', async () => {
    const [first, second] = [someCameras(0), someCameras(4)];
    const steps = [first, second].map((ids) => ({ scene: grid(ids), dwellMs: 5000 }));
    await show('1', { kind: 'tour', steps });
    await show('2', { kind: 'tour', steps });
    const touring = new Set<string | null | undefined>([...first, ...second]);
    const isOnTour = async (screenId: string) => touring.has((await onScreen(screenId))[0]);
    await until('both screens to be under way', 60_000, async () => (await isOnTour('1')) && (await isOnTour('2')));
    const { step, paused, revision } = await control('1', 'pause');
    expect(paused).toBe(true);
    const stands = [first, second][step]!;
    await until('the screen to confirm the pause', 30_000, async () => (await shownTiles(hub, '1'))?.revision === revision);
    await until('its sign', 15_000, () => left.page.locator('.tour .sign').isVisible());
    // What the other one does meanwhile is the clock: it has gone on twice.
    const others = new Set<string>();
    await until('the other screen to go round', 60_000, async () => {
      for (const id of await onScreen('2')) if (id !== null) others.add(id);
      expect(new Set(await onScreen('1'))).toEqual(new Set(stands));
      return others.size === 8 && (await onScreen('2')).includes(first[0]!);
    });
    const stepped = await control('1', 'next');
    expect(stepped).toMatchObject({ step: 1 - step, paused: true });
    await until('the stepped scene', 30_000, async () => (await onScreen('1')).includes([first, second][1 - step]![0]!));
    await control('1', 'resume');
    await until('it to go on', 30_000, async () => (await onScreen('1')).includes(stands[0]!));
    expect(await left.page.locator('.tour .sign').count()).toBe(0);
  });

  test('a fair-coverage tour shows every camera of its place, and the report says so', async () => {
    const { district } = cameras[0]!;
    const report = (groups: readonly string[]) =>
      hub.command<CommandResult<'coverage.report'>>('coverage.report', { district, groups, hours: 1 });
    const known = new Set(cameras.flatMap((camera) => (camera.district === district ? camera.groups : [])));
    const reports = await Promise.all([...known].map(async (group) => ({ group, report: await report([group]) })));
    const [chosen] = reports.toSorted((a, b) => Math.abs(a.report.cameras - 40) - Math.abs(b.report.cameras - 40));
    const { cameras: all, ...before } = chosen!.report;
    const groups = [chosen!.group];
    expect(all).toBeGreaterThan(18);
    expect(before.tours).toEqual([]);
    expect(before.never).toBeGreaterThan(18);
    await show('2', grid([]));
    await show('1', {
      kind: 'tour',
      steps: [{ scene: grid([]), dwellMs: 5000 }],
      coverage: { district, groups, everyHours: 1, rows: 3, cols: 3, dwellMs: 8000 },
    });
    const after = await until('every camera to have been seen', 240_000, async () => {
      const now = await report(groups);
      return now.seen === all && now;
    });
    const roundMs = Math.ceil(all / 9) * 8000;
    expect(after.tours).toEqual([{ wallId: 'main', screenId: '1', everyHours: 1, roundMs, keeps: true }]);
    expect(after).toMatchObject({ late: 0, never: 0, longest: [] });
  }, 300_000);

  test('nothing went wrong in the pages', () => {
    expect([...left.problems, ...right.problems]).toEqual([]);
  });
});
