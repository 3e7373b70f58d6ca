import { mount } from '@vue/test-utils';
import { defineComponent, h, nextTick, ref } from 'vue';
import { expect, test } from 'vitest';
import { useFocusBack } from './use-focus-back.ts';

const open = ref(false);
const Asks = defineComponent(() => {
  useFocusBack(() => open.value);
  return () => h('div', [h('button', { id: 'asks' }), h('button', { id: 'other' }), open.value ? h('input') : null]);
});

test('what asked gets the focus back; one that was put elsewhere stays there', async () => {
  const page = mount(Asks, { attachTo: document.body });
  const focus = (selector: string) => (page.get(selector).element as HTMLElement).focus();
  const set = async (is: boolean) => {
    open.value = is;
    await nextTick();
  };
  focus('#asks');
  await set(true);
  focus('input');
  await set(false);
  expect(document.activeElement?.id).toBe('asks');

  await set(true);
  focus('input');
  focus('#other');
  await set(false);
  expect(document.activeElement?.id).toBe('other');
  page.unmount();
});
