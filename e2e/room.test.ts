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
  });
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

  test('a display that was unplugged has its window back when it is plugged in again, and all the others their own', async () => {
    await displays.plug(5, false);
    await until('five displays', 10_000, async () => displays.connected() === count - 1);
    await displays.plug(5, true);
    await allInPlace();
    await allLive(Date.now());
  });

  test('when the launcher ends, no browser of it is left', async () => {
    await room.end();
    await until('no browser', 10_000, async () => room.screenIds.every((id) => room.processesOf(id).length === 0));
  });
});
