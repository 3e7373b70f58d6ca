import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath } from './chromium.ts';
import { displaysLack, placeOf, startDummyDisplays, type DummyDisplays } from './dummy-displays.ts';
import { until } from './start-hub.ts';
import { isAllLive, startRoom, type Room } from './start-room.ts';

const lacks = chromiumPath === null ? 'Chromium' : displaysLack;
const why = lacks === null ? '' : ` (skipped: no ${lacks} found)`;
const count = 6;

/** The product's own start, with kiosk windows of a real Chromium on six displays. */
describe.skipIf(lacks !== null)(`a room of six displays${why}`, () => {
  let displays: DummyDisplays;
  let room: Room;

  const wanted = Array.from({ length: count }, (_, index) => `${placeOf(index).x},${placeOf(index).y}`);
  const allInPlace = () =>
    until('every window on its display', 60_000, async () => {
      const places = new Set(displays.fullWindows().map(({ x, y }) => `${x},${y}`));
      return wanted.every((place) => places.has(place));
    });
  /** `3 at 0,1080 1920x1080`, those that are put away left out. */
  const seen = () =>
    displays
      .wallWindows()
      .filter(({ isSeen }) => isSeen)
      .map(({ screenId, x, y, width, height }) => `${screenId} at ${x},${y} ${width}x${height}`)
      .toSorted();
  const home = (index: number) => `${index + 1} at ${placeOf(index).x},${placeOf(index).y} 1920x1080`;
  const settlesTo = async (what: string, windows: readonly string[]) => {
    try {
      await until(what, 45_000, async () => JSON.stringify(seen()) === JSON.stringify(windows.toSorted()));
    } catch (error) {
      throw new Error(`${what}: ${JSON.stringify(seen())}`, { cause: error });
    }
  };
  const browsers = () => room.screenIds.map((id) => room.browserOf(id));
  const allHome = Array.from({ length: count }, (_, index) => home(index));
  const allLive = (since: number) =>
    until('six live screens', 90_000, async () => (await room.shown()).every((report) => isAllLive(report, since)));
  /** Resolves when another browser has this screen, and all of it is live. */
  const comesBack = async (screenId: string, before: number | undefined) => {
    await until('a new browser', 60_000, async () => {
      const now = room.browserOf(screenId);
      return now !== undefined && now !== before;
    });
    const since = Date.now();
    const index = room.screenIds.indexOf(screenId);
    await until('its picture', 60_000, async () => isAllLive((await room.shown())[index], since));
  };

  beforeAll(async () => {
    displays = await startDummyDisplays(count);
    room = await startRoom(displays, count, 1);
  }, 400_000);
  afterAll(async () => {
    await room?.stop();
    await displays?.stop();
  });

  test('opens a window on each display, exactly, and each shows its camera', async () => {
    await allLive(0);
    await allInPlace();
  });

  test('a browser that is killed comes back on its display with its picture; the others stay', async () => {
    const others = () => room.screenIds.filter((id) => id !== '3').map((id) => room.browserOf(id));
    const [before, stayed] = [room.browserOf('3')!, others()];
    process.kill(before, 'SIGKILL');
    await comesBack('3', before);
    await allInPlace();
    expect(others()).toEqual(stayed);
  });

  test('a page whose renderer crashes is made anew, although its browser lives on', async () => {
    const before = room.browserOf('2');
    process.kill(room.rendererOf('2')!, 'SIGKILL');
    await comesBack('2', before);
  });

  test('the windows of displays that are unplugged wait out of sight, and are back in place with them', async () => {
    const before = browsers();
    await displays.plug(5, false);
    await displays.plug(0, false);
    await until('four displays', 10_000, async () => displays.connected() === count - 2);
    await settlesTo('four windows in their places', allHome.slice(1, 5));
    await displays.plug(0, true);
    await displays.plug(5, true);
    await settlesTo('all in their places', allHome);
    expect(browsers()).toEqual(before);
    await allLive(Date.now());
  });

  test('two displays that change places: each screen stays where it is on the wall', async () => {
    const before = browsers();
    displays.arrange([
      { index: 0, x: placeOf(1).x, y: 0 },
      { index: 1, x: placeOf(0).x, y: 0 },
    ]);
    await settlesTo('all in their places', allHome);
    displays.arrange([
      { index: 0, x: placeOf(0).x, y: 0 },
      { index: 1, x: placeOf(1).x, y: 0 },
    ]);
    await settlesTo('all in their places again', allHome);
    expect(browsers()).toEqual(before);
  });

  test('a display that takes another size is filled, and the others stay', async () => {
    const before = browsers();
    displays.arrange([{ index: 4, x: placeOf(4).x, y: placeOf(4).y, height: 720 }]);
    await settlesTo(
      'a smaller window',
      allHome.map((window, index) => (index === 4 ? window.replace('1920x1080', '1280x720') : window)),
    );
    displays.arrange([{ index: 4, x: placeOf(4).x, y: placeOf(4).y }]);
    await settlesTo('all in their places', allHome);
    expect(browsers()).toEqual(before);
  });

  test('a window whose profile holds garbage comes up anyway', async () => {
    const profile = join(room.dataFolder, 'chromium', 'main-4');
    const before = room.browserOf('4')!;
    process.kill(before, 'SIGSTOP');
    for (const file of ['Local State', join('Default', 'Preferences'), join('Default', 'Secure Preferences')])
      writeFileSync(join(profile, file), 'not what it was');
    process.kill(before, 'SIGKILL');
    await comesBack('4', before);
    expect(readdirSync(join(room.dataFolder, 'chromium')).filter((name) => name.includes('aside'))).toEqual([]);
  });

  test('when the launcher ends, no browser of it is left', async () => {
    await room.end();
    await until('no browser', 10_000, async () => room.screenIds.every((id) => room.processesOf(id).length === 0));
  });
});
