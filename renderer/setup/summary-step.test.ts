import { mount } from '@vue/test-utils';
import { beforeEach, expect, test } from 'vitest';
import { defineComponent, h, nextTick, ref } from 'vue';
import { i18n, setLocale } from '../i18n/index.ts';
import SummaryStep from './SummaryStep.vue';
import { provideChoices, type Step } from './use-choices.ts';

beforeEach(() => setLocale('en'));

const fault = { code: 'port-taken', port: 8600, detail: null } as const;

function summary() {
  const step = ref<Step | null>(null);
  const page = mount(
    defineComponent(() => {
      provideChoices();
      return () => h(SummaryStep, { ref: step, fault, beginning: false });
    }),
    { global: { plugins: [i18n] } },
  );
  return { page, check: () => step.value!.check() };
}

test.each(['', '1', '8610', '65535'])('with port "%s" it begins', async (port) => {
  const { page, check } = summary();
  await page.find('[name=port]').setValue(port);
  expect(await check()).toBe(true);
  expect(page.find('[data-fault]').attributes('data-fault')).toBe('port-taken');
});

test.each(['0', '65536', '99999', '-1', '80.5'])('with port "%s" it does not, and says why', async (port) => {
  const { page, check } = summary();
  await page.find('[name=port]').setValue(port);
  expect(await check()).toBe(false);
  await nextTick();
  expect(page.find('[role=alert]').text()).toContain(`Port ${port} cannot be used`);
  await page.find('[name=port]').setValue('8610');
  expect(page.text()).not.toContain('cannot be used');
});
