import { flushPromises, mount, type VueWrapper } from '@vue/test-utils';
import { createPinia, setActivePinia } from 'pinia';
import { vi } from 'vitest';
import { nextTick } from 'vue';
import { i18n } from '../../i18n/index.ts';
import { hubKey } from '../../stores/hub.ts';
import Console from '../Console.vue';
import { cameraRow, type FakeHub, twoScreenWall } from './fake-hub.ts';

/** A whole console over a fake hub, as somebody who sits there sees and uses it. */
export interface OpenConsole {
  readonly page: VueWrapper;
  /** Presses a key where the focus is, or on `target`. */
  key(name: string, more?: KeyboardEventInit, target?: EventTarget): Promise<void>;
  /** The sentences of the notices, without their buttons. */
  notices(): string[];
  /** Lets everything settle that a dialog loads by itself. */
  settled(): Promise<void>;
  card(screenId: string): string;
}

/** Opens the console with a small directory and the wall with two screens. `walls` takes the place of that one. */
export async function mountConsole(hub: FakeHub, walls: readonly Record<string, unknown>[] = [twoScreenWall()]): Promise<OpenConsole> {
  history.replaceState(null, '', '/console');
  const pinia = createPinia();
  setActivePinia(pinia);
  // Nothing has a size without a layout engine; rows and tiles need one to be drawn.
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(1200);
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(600);
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(600);
  vi.spyOn(HTMLElement.prototype, 'offsetWidth', 'get').mockReturnValue(400);
  const page = mount(Console, { global: { plugins: [i18n, pinia], provide: { [hubKey as symbol]: hub.client } }, attachTo: document.body });
  hub.fill('districts', [{ code: '320282101', name: '宜城街道', nameEn: null, parent: null }], (item) => String(item['code']));
  hub.fill('cameras', [cameraRow('A1'), cameraRow('A2'), cameraRow('A3')]);
  hub.fill('layouts', []);
  hub.fill('presets', []);
  hub.fill('holds', []);
  hub.fill('walls', walls);
  await flushPromises();

  const settled = async () => {
    await flushPromises();
    await vi.dynamicImportSettled();
    await flushPromises();
    await nextTick();
  };
  return {
    page,
    async key(name, more = {}, target = document.activeElement ?? document.body) {
      const code = /^[a-z]$/i.test(name) ? `Key${name.toUpperCase()}` : /^\d$/.test(name) ? `Digit${name}` : name === '/' ? 'Slash' : name;
      target.dispatchEvent(new KeyboardEvent('keydown', { key: name, code, bubbles: true, cancelable: true, ...more }));
      await settled();
    },
    notices: () => page.findAll('.notice .words').map((words) => (words.element.firstChild?.textContent ?? '').trim()),
    settled,
    card: (screenId) => page.get(`[data-screen-card="${screenId}"]`).text(),
  };
}
