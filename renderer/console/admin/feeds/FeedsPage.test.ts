import { flushPromises, type VueWrapper } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { problem } from '../../../../main/contract/errors.ts';
import { permissions } from '../../../../main/contract/permissions.ts';
import { setLocale } from '../../../i18n/index.ts';
import { FakeHub } from '../../testdata/fake-hub.ts';
import { mountAdmin } from '../../testdata/mount-admin.ts';

let hub: FakeHub;
let view: VueWrapper;

const status = (more: object = {}) => ({
  state: 'live',
  at: hub.now,
  lastRecordAt: hub.now - 5000,
  records: 12,
  facts: 34,
  quarantined: 0,
  late: 0,
  duplicate: 0,
  throttled: 0,
  perSecond: 2.5,
  connections: 0,
  problem: null,
  ...more,
});
const feed = (id: string, more: object = {}) => ({
  id,
  kind: 'ngsi',
  system: 'traffic',
  name: id,
  enabled: true,
  settings: { kind: 'ngsi', poll: { url: 'https://p.example/v2', everySeconds: 60 } },
  hasSecret: true,
  staleAfterSeconds: 600,
  port: null,
  createdAt: 1_699_999_000_000,
  status: status(),
  simulated: false,
  drill: false,
  ...more,
});
const record = (id: number, more: object = {}) => ({
  id,
  feedId: 'parking',
  receivedAt: hub.now - 1000,
  sourceAt: null,
  bytes: 20,
  contentType: 'application/json',
  parser: 'ngsi/1',
  outcome: 'quarantined',
  facts: 0,
  problems: [problem('record-malformed', { at: 'items.0.id' }), problem('record-empty')],
  ...more,
});

beforeEach(() => {
  setLocale('en');
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(600);
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(1000);
  hub = new FakeHub();
  hub.fill('systems', [
    { id: 'traffic', number: 18, name: { zh: '智慧交通管理', en: 'Smart traffic' } },
    { id: 'emergency', number: 20, name: { zh: '应急指挥', en: 'Emergency' } },
  ]);
  hub.fill('feeds', [
    feed('parking', { name: 'Car parks', status: status({ quarantined: 3 }) }),
    feed('gauge', { kind: 'hj212', port: 9001, status: status({ state: 'failing', problem: problem('feed-unreachable') }) }),
    feed('off', { enabled: false, status: null }),
    feed('new', { status: null, drill: true }),
  ]);
});
afterEach(() => {
  view.unmount();
  expect(hub.held).toBe(0);
  vi.restoreAllMocks();
  setLocale('zh-CN');
});

const show = async () => {
  ({ view } = await mountAdmin(hub, 'feeds'));
};
const press = async (selector: string) => {
  await view.get(selector).trigger('click');
  await flushPromises();
};
const rows = () => view.findAll('[data-row]').map((row) => row.attributes('data-row'));
const rowText = (key: string) => view.get(`[data-row="${key}"]`).text();
const submit = async () => {
  await view.get('#feed-editor').trigger('submit');
  await flushPromises();
};
const set = (name: string, value: string) => view.get(`[name=${name}]`).setValue(value);

describe('the list', () => {
  test('what is wrong stands on top, with its reason; what is not known is no zero', async () => {
    await show();
    expect(rows()).toEqual(['gauge', 'new', 'parking', 'off']);
    for (const [key, words] of [
      ['gauge', ['failing', 'The source cannot be reached.', 'HJ 212']],
      ['parking', ['live', 'Car parks', 'Smart traffic', '5 s ago', '2.5', '34']],
      ['new', ['unknown', 'Drill', '—']],
      ['off', ['off', '—']],
    ] as const)
      for (const word of words) expect(rowText(key)).toContain(word);
    expect(rowText('new')).not.toContain('0');
  });

  test('the filter finds names, ids, kinds and systems, in words', async () => {
    await show();
    for (const [words, found] of [
      ['PARKS', ['parking']],
      ['hj 212', ['gauge']],
      ['smart', ['gauge', 'new', 'parking', 'off']],
      ['nothing of it', []],
    ] as const) {
      await view.get('[data-admin-search]').setValue(words);
      expect(rows()).toEqual(found);
    }
    expect(view.text()).toContain('No feed matches.');
  });

  test('none, and not allowed, are said', async () => {
    hub.refuse('feeds', problem('forbidden'));
    await show();
    expect(view.get('[role=alert]').text().length).toBeGreaterThan(10);
    view.unmount();
    hub.fill('feeds', []);
    await show();
    expect(view.text()).toContain('There are no feeds yet.');
  });

  test('whoever may only look can change nothing', async () => {
    hub.permissions = permissions.filter((one) => one !== 'feed.admin');
    hub.answer = () => ({ records: [record(7)], more: false });
    await show();
    expect(view.find('[data-new]').exists()).toBe(false);
    await press('[data-row=gauge]');
    expect(view.get('#feed-editor fieldset').attributes('disabled')).toBeDefined();
    expect(view.find('[data-remove]').exists()).toBe(false);
    await press('[data-tab=journal]');
    expect(view.find('[data-retry-shown]').exists()).toBe(false);
  });
});

describe('a feed', () => {
  test('is made; its token is shown this once', async () => {
    hub.answer = () => ({ token: 'tok-1234', port: 9007 });
    await show();
    await press('[data-new]');
    await set('feed-kind', 'hj212');
    expect(view.get<HTMLTextAreaElement>('[name=feed-settings]').element.value).toContain('"port": 0');
    await set('feed-id', 'gauge-2');
    await set('feed-system', 'emergency');
    await submit();
    expect(hub.argsOf('feed.create')).toEqual([
      {
        id: 'gauge-2',
        kind: 'hj212',
        system: 'emergency',
        settings: { port: 0, edition: '2017', stations: [] },
        enabled: true,
        drill: false,
      },
    ]);
    expect(view.get<HTMLInputElement>('[data-token]').element.value).toBe('tok-1234');
    expect(view.text()).toContain('9007');
    await press('[data-kept]');
    expect(view.html()).not.toContain('tok-1234');
  });

  test('what is wrong is said at its field before anything is sent', async () => {
    await show();
    await press('[data-new]');
    await set('feed-id', '-');
    await set('feed-settings', '{\n  "mapping": {,}\n}');
    await submit();
    expect(hub.argsOf('feed.create')).toEqual([]);
    expect(view.get('[data-settings-wrong]').text()).toBe('Line 2, column 15 is not valid JSON.');
    for (const words of ['Begin with a letter', 'Choose the system']) expect(view.text()).toContain(words);
  });

  test('what the hub finds wrong is named with its line, which is chosen', async () => {
    hub.answer = () => problem('feed-settings-invalid', { at: 'mapping.values.1.quantity' });
    await show();
    await press('[data-new]');
    await set('feed-id', 'x');
    await set('feed-system', 'traffic');
    const typed = '{\n  "mapping": {\n    "values": [\n      {"quantity": "a"},\n      {"quantity": 7}\n    ]\n  }\n}';
    await set('feed-settings', typed);
    await submit();
    expect(view.get('[data-settings-wrong]').text()).toBe('"mapping.values.1.quantity" is wrong (line 5).');
    const area = view.get<HTMLTextAreaElement>('[name=feed-settings]').element;
    expect(typed.slice(area.selectionStart, area.selectionEnd)).toBe('      {"quantity": 7}');
    expect(view.find('[data-token]').exists()).toBe(false);
  });

  test('is changed by what was changed alone', async () => {
    await show();
    await press('[data-row=parking]');
    await set('feed-name', 'Parking');
    await submit();
    expect(hub.argsOf('feed.update')).toEqual([{ feedId: 'parking', name: 'Parking' }]);
  });

  test('is switched off and on', async () => {
    await show();
    await press('[data-row=parking]');
    await press('[data-switch]');
    await press('[data-row=off]');
    await press('[data-switch]');
    expect(hub.argsOf('feed.update')).toEqual([
      { feedId: 'parking', enabled: false },
      { feedId: 'off', enabled: true },
    ]);
  });

  test('gets a new token, and is removed, when that was confirmed', async () => {
    hub.answer = (name) => (name === 'feed.rotate-token' ? { token: 'tok-9' } : {});
    await show();
    await press('[data-row=parking]');
    await press('[data-rotate]');
    expect(hub.argsOf('feed.rotate-token')).toEqual([]);
    await press('[data-confirm]');
    expect(hub.argsOf('feed.rotate-token')).toEqual([{ feedId: 'parking' }]);
    expect(view.get<HTMLInputElement>('[data-token]').element.value).toBe('tok-9');
    await press('[data-kept]');
    await press('[data-row=gauge]');
    await press('[data-remove]');
    await press('[data-confirm]');
    expect(hub.argsOf('feed.remove')).toEqual([{ feedId: 'gauge' }]);
  });

  test('that somebody else removed meanwhile is said to be gone', async () => {
    await show();
    await press('[data-row=parking]');
    hub.change('feeds', { parking: null });
    await flushPromises();
    expect(view.get('dialog').text()).toContain('This feed has been removed.');
  });

  test('is not closed over what was typed', async () => {
    await show();
    await press('[data-row=parking]');
    await set('feed-name', 'Other');
    await view.get('dialog').trigger('cancel');
    expect(view.get('dialog').text()).toContain('unsaved');
    await view.get('dialog').trigger('cancel');
    expect(view.find('dialog').exists()).toBe(false);
  });
});

describe('the journal', () => {
  beforeEach(() => {
    hub.answer = (name, args) => {
      if (name === 'journal.search') {
        const all = [record(9), record(8, { outcome: 'taken', problems: [], facts: 2 }), record(7), record(5, { feedId: 'gauge' })];
        const wanted = all.filter(
          ({ feedId, outcome }) =>
            [undefined, feedId].includes(args['feedId'] as string) && [undefined, outcome].includes(args['outcome'] as string),
        );
        return { records: wanted, more: false };
      }
      if (name === 'journal.record')
        return { record: record(args['recordId'] as number), text: '7e0200', encoding: 'hex', truncated: true };
      if (name === 'journal.retry') return { taken: 1, quarantined: (args['recordIds'] as number[]).length - 1 };
      return {};
    };
  });

  test('shows what came, newest first, and why it was not taken', async () => {
    await show();
    await press('[data-tab=journal]');
    expect(rows()).toEqual(['9', '8', '7', '5']);
    expect(rowText('9')).toContain('quarantined');
    expect(rowText('9')).toContain('The record is malformed: items.0.id. (+1)');
    expect(view.text()).toContain('4 records');
  });

  test('is narrowed by feed and outcome; the number in the list leads there', async () => {
    await show();
    await press('[data-row=parking] [data-to-quarantine]');
    expect(hub.argsOf('journal.search').at(-1)).toEqual({ feedId: 'parking', outcome: 'quarantined', limit: 100 });
    expect(rows()).toEqual(['9', '7']);
    await view.get('[name=journal-outcome]').setValue('taken');
    await flushPromises();
    expect(rows()).toEqual(['8']);
  });

  test('a record is read whole, in hexadecimal where it is no text, with its problems by name', async () => {
    await show();
    await press('[data-tab=journal]');
    await press('[data-row="9"]');
    const pane = view.get('.row-pane').text();
    for (const words of [
      'record-malformed',
      'record-empty',
      'ngsi/1',
      'The record tells none',
      '7e 02 00',
      'Hexadecimal',
      'The first 64 KiB',
    ])
      expect(pane).toContain(words);
  });

  test('one is read again, and all that are shown, feed by feed', async () => {
    await show();
    await press('[data-tab=journal]');
    await press('[data-row="7"]');
    await press('[data-retry]');
    expect(hub.argsOf('journal.retry')).toEqual([{ feedId: 'parking', recordIds: [7] }]);
    await press('[data-retry-shown]');
    expect(hub.argsOf('journal.retry').slice(1)).toEqual([
      { feedId: 'parking', recordIds: [7, 9] },
      { feedId: 'gauge', recordIds: [5] },
    ]);
    expect(view.findAll('.notice').map((one) => one.text())).toEqual(['Read again: 2 taken, 1 still in quarantine']);
  });

  test('a record that was taken is not offered to be read again', async () => {
    await show();
    await press('[data-tab=journal]');
    await press('[data-row="8"]');
    expect(view.find('[data-retry]').exists()).toBe(false);
  });

  test('a refusal is said and can be tried again', async () => {
    hub.answer = () => problem('out-of-scope');
    await show();
    await press('[data-tab=journal]');
    expect(view.get('[role=alert]').text().length).toBeGreaterThan(5);
    hub.answer = () => ({ records: [], more: false });
    await press('[data-refresh]');
    expect(view.text()).toContain('No raw record matches.');
  });
});
