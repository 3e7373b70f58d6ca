import { flushPromises, mount, type VueWrapper } from '@vue/test-utils';
import { createPinia, setActivePinia } from 'pinia';
import { vi } from 'vitest';
import { defineComponent, h, onScopeDispose, provide, ref, type Component } from 'vue';
import { i18n } from '../../i18n/index.ts';
import { hubKey } from '../../stores/hub.ts';
import { createDeskContext, deskProvision, type Who } from '../desk-context.ts';
import NoticeList from '../parts/NoticeList.vue';
import type { FakeHub } from './fake-hub.ts';

/** A part of the desk over a fake hub, with the notices that the desk would show. */
export async function mountCity(hub: FakeHub, part: Component, props: Record<string, unknown> = {}): Promise<VueWrapper> {
  const pinia = createPinia();
  setActivePinia(pinia);
  // Nothing has a size without a layout engine; rows need one to be drawn.
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(600);
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(600);
  vi.spyOn(HTMLElement.prototype, 'offsetWidth', 'get').mockReturnValue(900);
  const who = (await hub.client.command('session.who', {})) as Who;
  const Host = defineComponent({
    setup() {
      const context = createDeskContext(hub.client, ref(who) as never);
      provide(...deskProvision(context));
      onScopeDispose(() => context.directory.stop());
      return () => [h(part, props), h(NoticeList)];
    },
  });
  const view = mount(Host, { global: { plugins: [i18n, pinia], provide: { [hubKey as symbol]: hub.client } }, attachTo: document.body });
  await flushPromises();
  return view;
}

/** Presses a key where the focus is, or on `target`. */
export async function pressKey(
  name: string,
  more: KeyboardEventInit = {},
  target: EventTarget = document.activeElement ?? document.body,
): Promise<void> {
  const code = /^[a-z]$/i.test(name) ? `Key${name.toUpperCase()}` : /^\d$/.test(name) ? `Digit${name}` : name;
  target.dispatchEvent(new KeyboardEvent('keydown', { key: name, code, bubbles: true, cancelable: true, ...more }));
  await flushPromises();
}
