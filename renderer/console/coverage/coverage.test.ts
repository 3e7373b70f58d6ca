import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { CommandResult } from '../../../main/contract/catalog.ts';
import { problem } from '../../../main/contract/errors.ts';
import { setLocale } from '../../i18n/index.ts';
import { cameraRow } from '../testdata/fake-hub.ts';
import { mountConsole, type OpenConsole } from '../testdata/mount-console.ts';
import { ObedientHub } from '../testdata/obedient-hub.ts';

let hub: ObedientHub;
let desk: OpenConsole;

const report = (more: object = {}) =>
  ({
    at: hub.now,
    cameras: 3000,
    seen: 2400,
    late: 500,
    never: 100,
    offline: 40,
    knownSince: hub.now - 3_600_000,
    longest: [
      { cameraId: 'c-A3', seenAt: null },
      { cameraId: 'c-A2', seenAt: hub.now - 7_200_000 },
    ],
    places: [{ district: '320282101', cameras: 100, seen: 25 }],
    tours: [
      { wallId: 'main', screenId: '2', everyHours: 4, roundMs: 3_600_000, keeps: true },
      { wallId: 'main', screenId: '1', everyHours: 1, roundMs: 7_200_000, keeps: false },
    ],
    ...more,
  }) as CommandResult<'coverage.report'>;
const asked = () => hub.argsOf('coverage.report');
const dialog = () => desk.page.get('dialog');
const numbers = (at: number) => dialog().findAll('input[type=number]').at(at)!;

beforeEach(async () => {
  setLocale('zh-CN');
  hub = new ObedientHub();
  hub.others = (name) => (name === 'coverage.report' ? report() : {});
  desk = await mountConsole(hub);
  hub.fill('cameras', [cameraRow('A2', { groups: ['school'] }), cameraRow('A3', { groups: ['school', 'police'] })]);
  await desk.settled();
});
afterEach(() => {
  vi.useRealTimers();
  desk.page.unmount();
  vi.restoreAllMocks();
});

describe('a fair-coverage tour', () => {
  test('says before it begins how long a round takes and that the promise holds, and begins on Ctrl and Enter, wherever the focus is', async () => {
    await desk.key('c');
    expect(asked()).toEqual([{ district: null, groups: [], hours: 24 }]);
    expect(dialog().get('.estimate').text()).toContain('3,000 台摄像机，188 步，一轮 47 分钟。');
    expect(dialog().get('.estimate').text()).toContain('可以做到：24 小时内每台都能看到一次。');
    await desk.key('Enter', { ctrlKey: true });
    await desk.settled();
    expect(hub.argsOf('wall.show')[0]).toMatchObject({
      screenId: '1',
      scene: { kind: 'tour', coverage: { district: null, groups: [], everyHours: 24, rows: 4, cols: 4, dwellMs: 15_000 } },
    });
    expect(desk.page.find('dialog').exists()).toBe(false);
    expect(desk.notices()).toEqual(['左屏 开始全覆盖轮巡']);
  });

  test.each([
    ['zh-CN', '做不到 1 小时一轮：需要一屏 125 格，或 8 块这样的屏；照此只能承诺 8 小时。'],
    ['en', 'Every 1 h cannot be kept: it takes 125 tiles on one screen, or 8 screens like this. As it is, 8 h can be promised.'],
  ] as const)('that cannot keep its promise says what it would take (%s)', async (locale, words) => {
    setLocale(locale);
    hub.others = () => report({ cameras: 30_000 });
    await desk.key('c');
    vi.useFakeTimers();
    await numbers(0).setValue(1);
    await vi.advanceTimersByTimeAsync(300);
    vi.useRealTimers();
    await desk.settled();
    expect(asked().at(-1)).toEqual({ district: null, groups: [], hours: 1 });
    expect(dialog().get('.estimate').text()).toContain(words);
  });

  test('is of a place and of groups, which are chosen by keys', async () => {
    await desk.key('c');
    vi.useFakeTimers();
    await dialog().get('[data-place="320282101"]').trigger('click');
    await dialog().findAll('.groups button').at(1)!.trigger('click');
    await vi.advanceTimersByTimeAsync(300);
    vi.useRealTimers();
    await desk.settled();
    expect(asked().at(-1)).toEqual({ district: '320282101', groups: ['school'], hours: 24 });
    await dialog().get('form').trigger('submit');
    await desk.settled();
    expect(hub.argsOf('wall.show')[0]).toMatchObject({ scene: { coverage: { district: '320282101', groups: ['school'] } } });
  });

  test('a place is found by a part of its name; Enter there chooses it and starts nothing', async () => {
    await desk.key('c');
    const search = dialog().get<HTMLInputElement>('input[type=search]');
    await search.setValue('宜城');
    expect(
      dialog()
        .findAll('[data-place]')
        .map((place) => place.attributes('data-place')),
    ).toEqual(['320282101']);
    await desk.key('Enter', {}, search.element);
    expect(dialog().get('.crumb[aria-current]').text()).toBe('宜城街道');
    expect(hub.argsOf('wall.show')).toEqual([]);
  });

  test('of nothing cannot begin', async () => {
    hub.others = () => report({ cameras: 0 });
    await desk.key('c');
    expect(dialog().text()).toContain('所选范围内没有摄像机。');
    await dialog().get('form').trigger('submit');
    expect(hub.argsOf('wall.show')).toEqual([]);
  });

  test('that the hub refuses says why', async () => {
    await desk.key('c');
    const { others } = hub;
    hub.answer = (name, args) => (name === 'wall.show' ? problem('coverage-empty') : others(name, args as never));
    await dialog().get('form').trigger('submit');
    await desk.settled();
    expect(dialog().get('[role=alert]').text()).toBe('所选范围内没有摄像机。');
  });

  test('where one may not look is refused in words', async () => {
    hub.others = () => problem('out-of-scope');
    await desk.key('c');
    expect(dialog().find('[role=alert]').text()).not.toBe('');
    expect(dialog().find('.estimate').exists()).toBe(false);
  });
});

describe('the report', () => {
  test.each([
    ['zh-CN', '24 小时内看到 2,400 台，共 3,000 台', '从未看到', '能做到', '做不到'],
    ['en', '2,400 of 3,000 cameras seen within 24 h', 'never seen', 'keeps it', 'cannot keep it'],
  ] as const)('says what was seen, what was not, where, and which tours keep their promise (%s)', async (locale, ...words) => {
    setLocale(locale);
    await desk.key('c');
    await desk.key('2', {}, dialog().element);
    const shown = dialog().get('.report').text();
    for (const word of ['80%', '25 / 100', '右屏', 'A3', ...words]) expect(shown).toContain(word);
    expect(
      dialog()
        .findAll('[data-figure] dd')
        .map((figure) => figure.text()),
    ).toEqual(['2,400', '500', '100', '40']);
  });

  test('is asked for again every half minute, while it is open', async () => {
    vi.useFakeTimers({ now: hub.now });
    await desk.key('c');
    expect(asked()).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(asked()).toHaveLength(2);
    await dialog().trigger('cancel');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked()).toHaveLength(2);
  });

  test('Enter starts nothing there', async () => {
    await desk.key('c');
    await desk.key('2', {}, dialog().element);
    await dialog().get('form').trigger('submit');
    expect(hub.argsOf('wall.show')).toEqual([]);
  });
});
