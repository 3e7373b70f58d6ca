import { flushPromises, type VueWrapper } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { problem } from '../../../main/contract/errors.ts';
import { setLocale } from '../../i18n/index.ts';
import { cameraRow, FakeHub } from '../testdata/fake-hub.ts';
import { mountCity, pressKey } from '../testdata/mount-city.ts';
import { openCall } from '../city/open-call.ts';
import CallDesk from './CallDesk.vue';
import { useCallDrafts } from './call-drafts.ts';
import { anIncident } from './testdata/an-incident.ts';

let hub: FakeHub;
let page: VueWrapper;
const opened: string[] = [];

async function show(): Promise<void> {
  sessionStorage.clear();
  page = await mountCity(hub, CallDesk, { onOpen: (id: string) => opened.push(id) });
  const calls = useCallDrafts();
  calls.restore('u');
  calls.open();
  hub.fill('cameras', [cameraRow('A1')]);
  hub.fill('incidents', [anIncident({ placeText: '解放路人民路口', owner: 'li', reportedAt: hub.now - 60_000, openBy: ['li'] }) as never]);
  hub.fill('assets', [
    {
      id: 'f/g1',
      name: '人民桥水位站',
      entity: 'g1',
      place: { lat: 31.4, lon: 119.7, datum: 'wgs84', district: '320282', text: '人民桥' },
    },
  ]);
  hub.fill('alerts', []);
  await flushPromises();
}
beforeEach(async () => {
  setLocale('zh-CN');
  opened.length = 0;
  hub = new FakeHub();
  hub.answer = (name) => {
    if (name === 'camera.search') return { cameras: [{ ...cameraRow('A1') }], total: 1 };
    if (name === 'incident.open') return { incidentId: 'i9', number: '2026-1127-0009', duplicates: [] };
    return {};
  };
  await show();
});
afterEach(() => {
  page.unmount();
  vi.restoreAllMocks();
});
const field = (name: string) => page.get<HTMLInputElement>(`[name="${name}"]`);
const options = () => page.findAll('.option').map((option) => option.text());
async function type(name: string, words: string): Promise<void> {
  field(name).element.focus();
  await field(name).setValue(words);
  await flushPromises();
}
async function chooseType(words = '交通事故'): Promise<void> {
  await type('type', words);
  await pressKey('Enter');
}
const sent = () => hub.argsOf('incident.open');

describe('taking a call', () => {
  test('begins with the place, and offers cameras, assets and earlier places for it', async () => {
    expect(document.activeElement).toBe(field('place').element);
    await type('place', '人民');
    expect(options().map((words) => words.slice(0, 2))).toEqual(['曾报', '设施']);
    await pressKey('ArrowDown');
    await pressKey('ArrowDown');
    await pressKey('Enter');
    expect(field('place').element.value).toBe('人民桥水位站');
    expect(page.text()).toContain('31.40000, 119.70000');
    // The directory does not know this district; it is shown by its code.
    expect(field('district').element.value).toBe('320282');
    expect(document.activeElement).toBe(field('type').element);
    await chooseType();
    await pressKey('Enter', { ctrlKey: true });
    expect(sent()).toMatchObject([{ place: { lat: 31.4, lon: 119.7, district: '320282', text: '人民桥水位站' } }]);
  });

  test('a position that is typed is where it is', async () => {
    await type('place', '31.36, 119.82');
    expect(page.text()).toContain('31.36000, 119.82000');
    await chooseType();
    await pressKey('Enter', { ctrlKey: true });
    expect(sent()).toMatchObject([{ place: { lat: 31.36, lon: 119.82, datum: 'wgs84', text: '31.36, 119.82' } }]);
  });

  test('who typed a position off another map says of which; where it was not typed nobody is asked', async () => {
    await type('place', '人民');
    expect(page.find('[name="datum"]').exists()).toBe(false);
    await type('place', '119.825, 31.358');
    expect(field('datum').element.value).toBe('wgs84');
    await page.get('[name="datum"]').setValue('gcj02');
    await type('place', '119.8251, 31.358');
    await chooseType();
    await pressKey('Enter', { ctrlKey: true });
    expect(sent()).toMatchObject([{ place: { lat: 31.358, lon: 119.8251, datum: 'gcj02' } }]);
  });

  test('a camera that is chosen is where it stands, and goes along', async () => {
    await type('place', 'A1');
    await pressKey('ArrowDown');
    await pressKey('Enter');
    await chooseType();
    await pressKey('Enter', { ctrlKey: true });
    expect(sent()[0]).toMatchObject({ place: { lat: 31.36, text: '路口 A1' }, cameraIds: ['c-A1'] });
  });

  test.each(['jtsg', '通事故', 'Traffic acc', 'traffic.accident'])('the type is found by %s', async (words) => {
    await type('type', words);
    expect(options()[0]).toContain('交通事故');
  });

  test('without a place, and then without a type, nothing is sent and the field that lacks has the focus', async () => {
    await pressKey('Enter', { ctrlKey: true });
    expect(document.activeElement).toBe(field('place').element);
    expect(page.text()).toContain('请先写明地点');
    await type('place', '解放路');
    await pressKey('Enter', { ctrlKey: true });
    expect(document.activeElement).toBe(field('type').element);
    expect(sent()).toEqual([]);
  });

  test('the level is proposed by the type, and a person may know better', async () => {
    await type('place', '解放路');
    await chooseType('伤人交通事故');
    expect(page.get('.one-level.chosen').text()).toContain('III');
    await page.findAll('[name="level"]')[0]!.trigger('change');
    await pressKey('Enter', { ctrlKey: true }, field('place').element);
    expect(sent()).toMatchObject([{ level: 'I', title: '解放路 伤人交通事故' }]);
  });

  test('the receipt comes with the answer of the hub, not before; the form is empty then', async () => {
    let answer: (said: object) => void = () => {};
    hub.answer = (name) => (name === 'incident.open' ? new Promise((done) => (answer = done)) : {});
    await type('place', '解放路');
    await chooseType();
    await type('phone', '13800000000');
    await pressKey('Enter', { ctrlKey: true });
    expect(page.find('[data-receipt]').exists()).toBe(false);
    expect(page.text()).toContain('等待中枢确认');
    answer({ incidentId: 'i9', number: '2026-1127-0009', duplicates: [] });
    await flushPromises();
    expect(page.get('[data-receipt]').text()).toContain('2026-1127-0009');
    expect(field('phone').element.value).toBe('');
    expect(JSON.stringify({ ...sessionStorage })).not.toContain('138');
  });

  test('a refusal is said in words and takes nothing of what was typed; the same call sent again is the same', async () => {
    hub.answer = () => problem('unavailable');
    await type('place', '解放路');
    await chooseType();
    await type('text', '两车相撞');
    await pressKey('Enter', { ctrlKey: true });
    expect(page.get('[role="alert"]').text()).not.toBe('');
    expect(field('text').element.value).toBe('两车相撞');
    await pressKey('Enter', { ctrlKey: true });
    expect(sent()).toHaveLength(2);
    const [first, again] = hub.keys;
    expect(first).toMatch(/^call-/);
    expect(again).toBe(first);
    await type('text', '三车相撞');
    await pressKey('Enter', { ctrlKey: true });
    expect(hub.keys[2]).not.toBe(first);
  });

  test('what may be the same matter is shown while typing, with who has it open, and can be joined', async () => {
    await type('place', '解放路人民路口');
    await chooseType();
    await flushPromises();
    const duplicate = page.get('[data-duplicate]');
    expect(duplicate.text()).toMatch(/2026-1127-0001.*类型 30/s);
    expect(duplicate.text()).toContain('li 也在处理此页');
    await duplicate.get('button').trigger('click');
    await flushPromises();
    expect(sent()).toHaveLength(1);
    expect(hub.argsOf('incident.merge')).toMatchObject([{ childId: 'i9', parentId: 'i1' }]);
  });

  test('what the hub finds at the answer is shown with its parts, and joined from there', async () => {
    hub.answer = (name) =>
      name === 'incident.open'
        ? {
            incidentId: 'i9',
            number: '2026-1127-0009',
            duplicates: [{ incidentId: 'i1', number: '2026-1127-0001', score: 0.72, parts: { caller: 0.35, type: 0.3 } }],
          }
        : {};
    await type('place', '别处');
    await chooseType();
    await pressKey('Enter', { ctrlKey: true });
    expect(page.get('[data-receipt]').text()).toContain('同一来电 35');
    await page.get('.maybe button').trigger('click');
    await flushPromises();
    expect(page.get('[data-receipt]').text()).toContain('已并入 2026-1127-0001');
  });

  test('a drill is opened as one', async () => {
    await type('place', '解放路');
    await chooseType();
    await page.get('[name="drill"]').setValue(true);
    await pressKey('Enter', { ctrlKey: true }, field('place').element);
    expect(sent()).toMatchObject([{ drill: true }]);
  });

  test('an alert fills the form, and what somebody types for it outranks it', async () => {
    hub.fill('alerts', [
      {
        id: 'a1',
        severity: 'high',
        title: { zh: '水位超警戒', en: 'Water too high' },
        place: { lat: 31.4, lon: 119.7, datum: 'wgs84', district: '320282', text: null },
        subject: { kind: 'asset', id: 'f/g1', name: '人民桥水位站' },
        cameras: ['c-A1'],
        drill: false,
        simulated: false,
      },
    ]);
    openCall({ alertIds: ['a1'] });
    await flushPromises();
    expect([field('title').element.value, field('place').element.value]).toEqual(['水位超警戒', '人民桥水位站']);
    await type('title', '人民桥超警戒');
    await chooseType('内涝');
    await pressKey('Enter', { ctrlKey: true });
    expect(sent()).toMatchObject([{ alertIds: ['a1'], title: '人民桥超警戒', level: 'III', cameraIds: ['c-A1'], report: { by: 'alert' } }]);
  });

  test('Esc closes the list, then puts the form aside; nothing is lost', async () => {
    await type('place', '人民');
    await pressKey('Escape');
    expect([options(), useCallDrafts().shown]).toEqual([[], true]);
    await pressKey('Escape');
    expect([useCallDrafts().shown, useCallDrafts().drafts[0]!.placeText]).toEqual([false, '人民']);
  });
});
