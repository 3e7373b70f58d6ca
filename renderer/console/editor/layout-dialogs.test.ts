import { flushPromises, mount, type VueWrapper } from '@vue/test-utils';
import { createPinia } from 'pinia';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { computed, shallowRef, type Component, type ShallowRef } from 'vue';
import type { LayoutDoc, Scene } from '../../../layouts/contract.ts';
import type { CheckFinding } from '../../../layouts/layout-check.ts';
import { problem, ProblemError } from '../../../main/contract/errors.ts';
import { i18n, setLocale } from '../../i18n/index.ts';
import { deskProvision, type DeskContext } from '../desk-context.ts';
import CheckList from './CheckList.vue';
import ConflictDialog from './ConflictDialog.vue';
import { layoutYaml } from './layout-yaml.ts';
import LayoutExport from './LayoutExport.vue';
import LayoutImport from './LayoutImport.vue';
import VersionsDialog from './VersionsDialog.vue';

const camera = (id: string) => ({ panel: 'video', cameraId: id as never, profile: 'auto' }) as const;
const grid = (...ids: (string | null)[]): Scene => ({
  kind: 'grid',
  rows: 1,
  cols: 2,
  tiles: ids.map((id) => (id === null ? null : camera(id))),
});
const layoutOf = (more: Partial<LayoutDoc> = {}): LayoutDoc => ({
  id: 'flood' as never,
  name: '防汛',
  number: 12,
  scene: grid('c1', 'c2'),
  formatVersion: 1,
  revision: 3,
  changedBy: '李明',
  changedAt: 1_700_000_000_000,
  simulated: false,
  drill: false,
  ...more,
});

let sent: { name: string; args: Record<string, unknown> }[];
let answers: Record<string, (args: Record<string, unknown>) => unknown>;
let layouts: ShallowRef<readonly LayoutDoc[]>;
let allowed: boolean;
let page: VueWrapper | null = null;
const cameras = new Map(['c1', 'c2', 'c3'].map((id) => [id, { id, number: `JX-${id.slice(1)}` }]));

function show(component: Component, props: Record<string, unknown>): VueWrapper {
  const context = {
    hub: {
      async command(name: string, args: Record<string, unknown>) {
        sent.push({ name, args });
        const answer = answers[name];
        if (!answer) throw new ProblemError(problem('unavailable'));
        return answer(args);
      },
    },
    directory: {
      contents: shallowRef(0),
      size: cameras.size,
      camera: (id: string) => cameras.get(id),
      districtPath: () => [],
      search: () => ({ ids: [...cameras.keys()], total: cameras.size }),
    },
    layouts: computed(() => layouts.value),
    can: () => allowed,
  };
  const [key] = deskProvision(context as never as DeskContext);
  page = mount(component, {
    props,
    global: { plugins: [i18n, createPinia()], provide: { [key as symbol]: context } },
    attachTo: document.body,
  });
  return page;
}
const words = () => page!.text();

beforeEach(() => {
  setLocale('zh-CN');
  sent = [];
  answers = {};
  layouts = shallowRef([layoutOf()]);
  allowed = true;
});
afterEach(() => {
  page?.unmount();
  page = null;
  vi.restoreAllMocks();
});

describe('versions', () => {
  const versions = [
    { revision: 3, name: '防汛', by: '李明', at: 1_700_000_000_000, note: null },
    { revision: 2, name: '防汛', by: '王芳', at: 1_690_000_000_000, note: '换了东门' },
    { revision: 1, name: '防汛', by: null, at: null, note: '↩ 7' },
  ];
  beforeEach(() => {
    answers = {
      'layout.versions': () => ({ versions }),
      'layout.version': ({ revision }) => ({
        version: { ...versions.find((each) => each.revision === revision), scene: grid('c1', 'c3') },
      }),
    };
  });

  test('the latest earlier one is compared with the one in use', async () => {
    show(VersionsDialog, { layout: layoutOf() });
    await flushPromises();
    expect(words()).toContain('换了东门');
    expect(page!.get('[data-revision="1"]').text()).toContain('恢复自第 7 版');
    expect(document.activeElement?.getAttribute('data-revision')).toBe('2');
    expect(words()).toContain('第 2 格由 摄像机 JX-3 改为 摄像机 JX-2');
    expect(page!.get('[data-revision="3"]').text()).toContain('现用');
  });

  test('going back names the revision that was looked at', async () => {
    answers['layout.roll-back'] = () => ({ revision: 4, missing: ['c9'] });
    show(VersionsDialog, { layout: layoutOf() });
    await flushPromises();
    await page!.get('[data-roll-back]').trigger('click');
    await flushPromises();
    expect(sent.at(-1)).toEqual({ name: 'layout.roll-back', args: { layoutId: 'flood', revision: 2, baseRevision: 3 } });
    expect(page!.emitted('rolledBack')).toEqual([[4]]);
    expect(words()).toContain('已恢复第 2 版，现为第 4 版。');
    expect(words()).toContain('1 个摄像机已不存在');
  });

  test('a refusal is said, and the version in use cannot be gone back to', async () => {
    answers['layout.roll-back'] = () => {
      throw new ProblemError(problem('revision-conflict', { by: '王芳', at: 0 }));
    };
    show(VersionsDialog, { layout: layoutOf() });
    await flushPromises();
    await page!.get('[data-roll-back]').trigger('click');
    await flushPromises();
    expect(page!.get('[role="alert"]').text()).toContain('王芳');
    await page!.get('[data-revision="3"]').trigger('click');
    await flushPromises();
    expect(page!.get('[data-roll-back]').attributes('disabled')).toBeDefined();
  });

  test('without the right there is no way back, and what cannot be loaded says so', async () => {
    allowed = false;
    delete answers['layout.versions'];
    show(VersionsDialog, { layout: layoutOf() });
    await flushPromises();
    expect(page!.find('[data-roll-back]').exists()).toBe(false);
    expect(page!.get('[role="alert"]').text()).not.toBe('');
  });
});

describe('export', () => {
  test('what is open, or everything that is saved, with numbers and never with ids', async () => {
    show(LayoutExport, { current: { name: '草稿', number: null, scene: grid('c2', 'gone') } });
    const field = () => page!.get('textarea').element.value;
    expect(field()).toContain('name: 草稿');
    expect(field()).toContain('camera: JX-2');
    expect(field()).not.toMatch(/c2|gone/);
    expect(words()).toContain('1 格的摄像机已不存在');
    await page!.get('input[value="all"]').setValue(true);
    expect(field()).toContain('name: 防汛');
    expect(field()).not.toContain('草稿');
  });

  test('where the browser does not copy, it says so', async () => {
    vi.spyOn(navigator.clipboard, 'writeText').mockRejectedValue(new Error('not allowed'));
    show(LayoutExport, { current: null });
    await page!.get('[data-copy]').trigger('click');
    await flushPromises();
    expect(page!.get('.said').text()).toContain('不允许复制');
  });
});

describe('import', () => {
  const tree = (...layoutsIn: Record<string, unknown>[]) => layoutYaml({ 'taodu-layouts': '1', layouts: layoutsIn } as never);
  const good = { name: '东门', number: '7', scene: { grid: '1x2', tiles: [{ camera: 'JX-1' }, { camera: 'nobody' }] } };
  const same = { name: '防汛', scene: { grid: '1x2', tiles: [{ camera: 'JX-3' }, 'empty'] } };
  const bad = { name: '坏的', scene: { grid: '2x2', tiles: ['empty'] } };
  async function paste(text: string): Promise<void> {
    show(LayoutImport, {});
    await page!.get('textarea').setValue(text);
    await page!.get('[data-check]').trigger('click');
    await flushPromises();
  }

  test('what is wrong is said with its line before anything is done', async () => {
    await paste(tree(good, bad, same));
    expect(words()).toContain('共 3 个布局，2 个可以导入。');
    const faults = page!.findAll('.faults li').map((fault) => fault.text().replaceAll(/\s+/g, ' '));
    expect(faults[0]).toMatch(/^第 10 行 ?东门 · 目录中没有编号为“nobody”的摄像机。 ?此格略去$/);
    expect(faults[1]).toMatch(/第 2 个布局 · .*应有 4 格，只写了 1 格.*此布局不导入/);
    expect(sent).toEqual([]);
  });

  test('each is published by itself, a refusal of one stops no other, and both are said', async () => {
    answers['layout.save'] = ({ name }) => {
      if (name === '东门') throw new ProblemError(problem('number-taken', { number: 7, name: '西门' }));
      return { layoutId: 'flood', revision: 4 };
    };
    await paste(tree(good, same));
    await page!.get('[data-publish]').trigger('click');
    await flushPromises();
    expect(sent.map(({ args }) => [args['name'], args['number'], args['layoutId'], args['baseRevision']])).toEqual([
      ['东门', 7, undefined, undefined],
      ['防汛', undefined, 'flood', 3],
    ]);
    expect(page!.get('[data-layout="东门"]').text()).toContain('西门');
    expect(page!.get('[data-layout="防汛"]').text()).toContain('已发布，第 4 版');
    expect(words()).toContain('已发布 1 个，1 个未能发布。');
  });

  test('what is left out is not published, and one can be opened instead', async () => {
    answers['layout.save'] = () => ({ layoutId: 'x', revision: 1 });
    await paste(tree(good, same));
    await page!.get('[data-layout="防汛"] input').setValue(false);
    await page!.get('[data-layout="防汛"] button').trigger('click');
    expect(page!.emitted('open')![0]).toMatchObject([{ name: '防汛', scene: { kind: 'grid' } }]);
    await page!.get('[data-publish]').trigger('click');
    await flushPromises();
    expect(sent.map(({ args }) => args['name'])).toEqual(['东门']);
  });

  test.each([
    ['something else', 'hello: world\n...\n', '缺少“taodu-layouts”'],
    ['half a text', tree(good).slice(0, 60), '最后没有'],
    ['a newer one', 'taodu-layouts: 2\nlayouts: []\n...\n', '由更新的产品写成'],
    ['no YAML', 'a: [b\n...\n', '格式有误'],
  ])('%s', async (_, text, said) => {
    await paste(text);
    expect(words()).toContain('没有可以导入的布局。');
    expect(page!.get('.faults').text()).toContain(said);
    expect(page!.find('[data-publish]').exists()).toBe(false);
  });
});

describe('two editors on one layout', () => {
  const base = { revision: 2, scene: grid('c1', null) };
  const props = { theirs: layoutOf({ scene: grid('c1', 'c2') }), mine: grid('c3', null), base };

  test('the loser sees who changed what, and what he changed himself', () => {
    show(ConflictDialog, props);
    expect(words()).toContain('李明');
    expect(words()).toContain('第 3 版；您的改动基于第 2 版');
    expect(page!.get('[data-theirs]').text()).toContain('第 2 格新增 摄像机 JX-2');
    expect(page!.get('[data-mine]').text()).toContain('第 1 格由 摄像机 JX-1 改为 摄像机 JX-3');
  });

  test('each answer says what it is about', async () => {
    show(ConflictDialog, props);
    for (const answer of ['take', 'take', 'publish', 'copy']) await page!.get(`[data-${answer}]`).trigger('click');
    expect([page!.emitted('takeTheirs'), page!.emitted('publishMine'), page!.emitted('saveCopy')]).toEqual([
      [[]],
      [[3]],
      [['防汛（副本）']],
    ]);
  });

  test('the keys do the same; dropping takes two', async () => {
    show(ConflictDialog, props);
    const key = (letter: string) => page!.get('dialog').trigger('keydown', { key: letter, code: `Key${letter.toUpperCase()}` });
    await key('t');
    expect(page!.emitted('takeTheirs')).toBeUndefined();
    expect(page!.get('[data-take]').text()).toContain('再按一次');
    for (const letter of ['t', 'p', 'c']) await key(letter);
    expect([page!.emitted('takeTheirs'), page!.emitted('publishMine'), page!.emitted('saveCopy')]).toEqual([
      [[]],
      [[3]],
      [['防汛（副本）']],
    ]);
  });

  test('what it was made from is asked for, and said when it is kept no more', async () => {
    answers['layout.version'] = ({ revision }) => ({
      version: { revision, name: '防汛', by: null, at: null, note: null, scene: grid('c1', null) },
    });
    show(ConflictDialog, { ...props, base: { revision: 2 } });
    await flushPromises();
    expect(page!.get('[data-theirs]').text()).toContain('JX-2');
    page!.unmount();
    delete answers['layout.version'];
    show(ConflictDialog, { ...props, base: { revision: 1 } });
    await flushPromises();
    expect(words()).toContain('已不保留');
    expect(page!.find('[data-theirs]').exists()).toBe(false);
  });

  test('a third version is told before anybody says yes to it', async () => {
    show(ConflictDialog, props);
    await page!.setProps({ theirs: layoutOf({ revision: 4, changedBy: '王芳' }) });
    expect(words()).toContain('王芳');
    await page!.get('[data-publish]').trigger('click');
    expect(page!.emitted('publishMine')).toEqual([[4]]);
  });
});

describe('check list', () => {
  const findings: CheckFinding[] = [
    {
      severity: 'warning',
      code: 'text-too-small',
      step: null,
      tileIds: ['g-0-0', 'g-0-1'],
      params: {
        panel: 'clock',
        text: 'date',
        arcMin: 11.3,
        leastArcMin: 20,
        fontPx: 44,
        neededPx: 79,
        readableWithinM: 3.4,
        timesLarger: 1.8,
      },
    },
    { severity: 'warning', code: 'too-many-pictures', step: null, tileIds: [], params: { pictures: 12, max: 9 } },
  ];

  test.each([
    ['zh-CN', '时钟的日期从最远座位看只有 11.3′，需要 20′', 'NUREG-0700'],
    ['en', 'the date is 11.3′ from the farthest seat and needs 20′', 'Tickner and Poulton'],
  ] as const)('%s: each finding in words, with its rule', (locale, said, source) => {
    setLocale(locale);
    show(CheckList, { findings });
    expect(words()).toContain(said);
    expect(words()).toContain(source);
    expect(words()).not.toMatch(/editor\.|[{}]/);
  });

  test('a press leads to the tiles; what is about the whole leads nowhere', async () => {
    show(CheckList, { findings });
    await page!.get('[data-code="text-too-small"]').trigger('click');
    expect(page!.emitted('jump')).toEqual([[findings[0]]]);
    expect(page!.get('[data-code="too-many-pictures"]').attributes('disabled')).toBeDefined();
    await page!.setProps({ findings: [] });
    expect(words()).toBe('没有发现问题。');
  });
});
