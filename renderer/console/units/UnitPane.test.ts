import { flushPromises, type VueWrapper } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { problem } from '../../../main/contract/errors.ts';
import { setLocale } from '../../i18n/index.ts';
import { aUnit } from '../incidents/testdata/an-incident.ts';
import { FakeHub } from '../testdata/fake-hub.ts';
import { mountCity, pressKey } from '../testdata/mount-city.ts';
import UnitPane from './UnitPane.vue';

let hub: FakeHub;
let page: VueWrapper;
let closed: number;

async function show(permissions = hub.permissions): Promise<void> {
  hub.permissions = permissions;
  page = await mountCity(hub, UnitPane, { unit: aUnit(), onClose: () => (closed += 1) });
}
beforeEach(() => {
  setLocale('zh-CN');
  closed = 0;
  hub = new FakeHub();
});
afterEach(() => {
  page.unmount();
  expect(hub.held).toBe(0);
  vi.restoreAllMocks();
});

describe('the link of a unit whose telephone was lost', () => {
  const press = async (selector: string) => {
    await page.get(selector).trigger('click');
    await flushPromises();
  };

  test('ends after one more question, and the notice says how many telephones it put out', async () => {
    hub.answer = () => ({ ended: 2 });
    await show();
    await press('[data-end-link]');
    expect(hub.argsOf('unit.revoke')).toEqual([]);
    expect(page.get('dialog').text()).toContain('J01 交警一中队');
    await press('[data-confirm]');
    expect(hub.argsOf('unit.revoke')).toEqual([{ unitId: 'u1' }]);
    expect(page.find('dialog').exists()).toBe(false);
    expect(page.text()).toContain('已退出 2 部终端');
  });

  test('a refusal is said where the question is, and gone when it is asked again', async () => {
    hub.answer = () => problem('unavailable');
    await show();
    await press('[data-end-link]');
    await press('[data-confirm]');
    expect(page.find('dialog [role="alert"]').exists()).toBe(true);
    await pressKey('Escape', {}, page.get('dialog').element);
    expect(closed).toBe(0);
    await press('dialog footer .button');
    await press('[data-end-link]');
    expect(page.find('dialog [role="alert"]').exists()).toBe(false);
  });

  test('belongs to those who send units', async () => {
    await show(['unit.view', 'unit.edit']);
    expect(page.find('[data-end-link]').exists()).toBe(false);
  });
});
