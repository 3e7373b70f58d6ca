import { mount } from '@vue/test-utils';
import { beforeEach, expect, test } from 'vitest';
import { panelRef, type PanelRef } from '../../../layouts/contract.ts';
import { createFakeHub, type FakeHub } from '../../hub-client/fake-hub.ts';
import { i18n } from '../../i18n/index.ts';
import { hubKey } from '../../stores/hub.ts';
import PanelForm from './PanelForm.vue';

let hub: FakeHub;
beforeEach(() => {
  hub = createFakeHub();
  for (const [number, id] of ['traffic', 'grid', 'health'].entries()) {
    const name = { zh: id, en: id };
    hub.put('systems', id, { id, number, name, indicators: [`${id}/one`, `${id}/two`] });
    for (const each of ['one', 'two']) hub.put('indicators', `${id}/${each}`, { key: `${id}/${each}`, name: { zh: each, en: each } });
  }
  const latest = { 'water-level': { value: 1 }, state: { value: 'good' } };
  hub.put('assets', 'w/PZ 1', { id: 'w/PZ 1', name: '西氿闸', system: 'utilities', latest });
});

/** What the form tells last, after something was done to it; every panel that it tells is one that a scene may hold. */
async function told(panel: PanelRef, act: (form: ReturnType<typeof open>) => Promise<unknown>) {
  const form = open(panel);
  await act(form);
  const all = (form.emitted('set') ?? []).map(([set]) => set);
  for (const each of all) expect(panelRef.parse(each)).toEqual(each);
  return all.at(-1);
}
const open = (panel: PanelRef, readOnly = false) =>
  mount(PanelForm, { props: { panel, readOnly } as never, global: { plugins: [i18n], provide: { [hubKey as symbol]: hub } } });
const line = { indicator: 'traffic/one' };
const trend: PanelRef = { panel: 'trend', series: [line], hours: 24 };
const gauge: PanelRef = { panel: 'gauge', of: line, title: '车速', min: 5 };

test.each<[string, PanelRef, (form: ReturnType<typeof open>) => Promise<unknown>, PanelRef | undefined]>([
  ['a severity', { panel: 'alerts' }, (form) => form.find('select').setValue('high'), { panel: 'alerts', atLeast: 'high' }],
  ['the least of them', { panel: 'alerts', atLeast: 'high' }, (form) => form.find('select').setValue('low'), { panel: 'alerts' }],
  [
    'a system less',
    { panel: 'plan' },
    (form) => form.findAll('input')[1]!.setValue(false),
    { panel: 'plan', systems: ['traffic', 'health'] as never },
  ],
  [
    'all systems again',
    { panel: 'plan', systems: ['traffic', 'health'] as never },
    (form) => form.findAll('input')[1]!.setValue(true),
    { panel: 'plan' },
  ],
  ['no system at all', { panel: 'plan', systems: ['traffic' as never] }, (form) => form.findAll('input')[0]!.setValue(false), undefined],
  ['a title', trend, (form) => form.find('[data-field="title"]').setValue('  早  高峰 '), { ...trend, title: '早 高峰' } as PanelRef],
  ['no title', gauge, (form) => form.find('[data-field="title"]').setValue(' '), { panel: 'gauge', of: line, min: 5 }],
  ['hours', trend, (form) => form.find('[data-field="hours"]').setValue('72'), { ...trend, hours: 72 } as PanelRef],
  ['too many hours', trend, (form) => form.find('[data-field="hours"]').setValue('73'), undefined],
  [
    'another figure',
    trend,
    (form) => form.find('select').setValue('grid/two'),
    { ...trend, series: [{ indicator: 'grid/two' }] } as PanelRef,
  ],
  ['one more line', trend, (form) => form.find('[data-add-line]').trigger('click'), { ...trend, series: [line, line] } as PanelRef],
  [
    'a line less',
    { ...trend, series: [line, { indicator: 'grid/one' }] } as PanelRef,
    (form) => form.find('.remove').trigger('click'),
    { ...trend, series: [{ indicator: 'grid/one' }] } as PanelRef,
  ],
  ['an end of the scale', gauge, (form) => form.find('[data-field="max"]').setValue('99.5'), { ...gauge, max: 99.5 } as PanelRef],
  ['no end', gauge, (form) => form.find('[data-field="min"]').setValue(''), { panel: 'gauge', of: line, title: '车速' }],
])('%s', async (_, panel, act, expected) => {
  expect(await told(panel, act)).toEqual(expected);
});

test('a thing is found by its name, and of its quantities those that are numbers', async () => {
  const set = await told(trend, async (form) => {
    await form.find('select').setValue('\u0000thing');
    expect(hub.held('assets')).toEqual([{ fields: ['id', 'name', 'system', 'assetKind'] }]);
    await form.find('.asset-finder input').setValue('西氿');
    await form.find('.asset-finder .row').trigger('click');
    expect(form.findAll('[data-quantity]').map((row) => row.attributes('data-quantity'))).toEqual(['water-level']);
    await form.find('[data-quantity]').trigger('click');
  });
  expect(set).toEqual({ ...trend, series: [{ asset: 'w/PZ 1', quantity: 'water-level' }] });
  // Things are asked for only while somebody looks.
  expect(hub.held('assets')).toEqual([]);
});

test('four lines are all there can be, and who may only look changes nothing', () => {
  expect(
    open({ ...trend, series: [line, line, line, line] } as PanelRef)
      .find('[data-add-line]')
      .exists(),
  ).toBe(false);
  const form = open(trend, true);
  expect(form.find('select').attributes('disabled')).toBeDefined();
  expect(form.find('[data-add-line]').attributes('disabled')).toBeDefined();
});
