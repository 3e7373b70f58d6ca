import { beforeEach, expect, test, vi } from 'vitest';
import { silentLog } from '../contract/log.ts';
import { ManualClock } from '../hub/readings/manual-clock.ts';
import { placeWindow } from './place-window.ts';
import { fake, FakeBrowserWindow, fakeDisplay } from './testdata/fake-electron.ts';

vi.mock('electron', async () => (await import('./testdata/fake-electron.ts')).fakeModule);

const animationMs = 1000;

/** Full screen as on macOS (electron#25470): a kiosk at once by its word, in full screen after an animation; what is asked meanwhile waits for its end. */
class WindowOfMac extends FakeBrowserWindow {
  readonly asked: boolean[] = [];
  refusals = 0;
  readonly #clock: ManualClock;
  #isKiosk = false;
  #waiting: boolean[] = [];
  #isMoving = false;

  constructor(clock: ManualClock) {
    super({ show: false });
    this.#clock = clock;
  }

  override setKiosk(on: boolean): void {
    if (on === this.#isKiosk) return;
    this.#isKiosk = on;
    this.asked.push(on);
    this.#waiting.push(on);
    this.#next();
  }

  override isKiosk(): boolean {
    return this.#isKiosk;
  }

  override isFullScreen(): boolean {
    return super.isKiosk();
  }

  #next(): void {
    const on = this.#isMoving ? undefined : this.#waiting.shift();
    if (on === undefined) return;
    this.#isMoving = true;
    void this.#clock.sleep(animationMs).then(() => {
      this.#isMoving = false;
      if (this.refusals > 0) this.refusals -= 1;
      else super.setKiosk(on);
      this.#next();
    });
  }
}

let clock: ManualClock;
let window: WindowOfMac;
const left = fakeDisplay(11);
const right = fakeDisplay(22, { x: 1920 });
const on = () => ({ clock, log: silentLog, screenId: '1', over: new AbortController().signal, platform: 'darwin' as const });
const kiosk = (display: Electron.Display) => ({ kind: 'kiosk' as const, display: { ...display, id: String(display.id) } });

async function place(display: Electron.Display): Promise<boolean> {
  const placed = placeWindow(window, kiosk(display), on());
  // Longer than all its tries together.
  for (let steps = 0; steps < 200; steps += 1) await clock.advance(250);
  return placed;
}

beforeEach(() => {
  fake.reset();
  fake.setDisplays([left, right]);
  clock = new ManualClock();
  window = new WindowOfMac(clock);
});

test('the way to full screen is waited for: nobody turns back half-way', async () => {
  expect(await place(right)).toBe(true);
  expect(window.asked).toEqual([true]);
  expect(window.getBounds()).toEqual(right.bounds);
});

test('from one display to the other it is moved when it has left full screen', async () => {
  await place(left);
  expect(await place(right)).toBe(true);
  expect(window.asked).toEqual([true, false, true]);
  expect(window.getBounds()).toEqual(right.bounds);
});

test('a full screen that the system refused is asked for again, although the window says that it is a kiosk', async () => {
  window.refusals = 1;
  expect(await place(right)).toBe(true);
  expect(window.isFullScreen()).toBe(true);
});
