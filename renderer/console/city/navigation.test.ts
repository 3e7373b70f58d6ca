import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { setLocale } from '../../i18n/index.ts';
import { anIncident } from '../incidents/testdata/an-incident.ts';
import { useCallDrafts } from '../incidents/call-drafts.ts';
import { useDesk } from '../stores/desk.ts';
import { FakeHub } from '../testdata/fake-hub.ts';
import { mountConsole, type OpenConsole } from '../testdata/mount-console.ts';

let hub: FakeHub;
let console: OpenConsole;
async function open(): Promise<void> {
  console = await mountConsole(hub);
  hub.fill('incidents', [anIncident() as never]);
  for (const name of ['tasks', 'units', 'alerts', 'assets'] as const) hub.fill(name, []);
  await console.settled();
}
beforeEach(() => {
  setLocale('zh-CN');
  sessionStorage.clear();
  hub = new FakeHub();
  hub.answer = (name) =>
    name === 'incident.log'
      ? { entries: [], more: false }
      : name === 'unit.recommend'
        ? { at: 1, wants: [], ranked: [], excluded: [], gaps: [] }
        : {};
});
afterEach(() => {
  console.page.unmount();
  vi.restoreAllMocks();
});
const view = () => (console.page.find('[data-city]').exists() ? console.page.get('[data-city]').attributes('data-city') : null);

describe('the ways of the desk', () => {
  test('each view by its key, and back to the walls by another', async () => {
    await open();
    for (const [key, name] of [
      ['A', 'alerts'],
      ['I', 'incidents'],
      ['T', 'tasks'],
    ] as const) {
      await console.key(key, { shiftKey: true }, document.body);
      expect([view(), location.hash]).toEqual([name, `#${name}`]);
    }
    await console.key('W', { shiftKey: true }, document.body);
    expect([console.page.find('[data-city]').exists(), location.hash]).toEqual([false, '']);
  });

  test('from the board into an incident by Enter, and back step by step by Esc', async () => {
    await open();
    await console.key('I', { shiftKey: true }, document.body);
    await console.settled();
    await console.key('Enter');
    expect(location.hash).toBe('#incidents/i1');
    await console.key('Escape', {}, document.body);
    expect(location.hash).toBe('#incidents');
    await console.key('Escape', {}, document.body);
    expect(location.hash).toBe('');
  });

  test('the keys of the walls do nothing behind a view', async () => {
    await open();
    const desk = useDesk();
    await console.key('1', {}, document.body);
    const chosen = desk.tileId;
    await console.key('I', { shiftKey: true }, document.body);
    for (const key of ['2', 'Delete', 'e', 'i', 'p']) await console.key(key, {}, document.body);
    expect([desk.tileId, desk.overlay, desk.editing]).toEqual([chosen, null, null]);
    expect(hub.argsOf('wall.show')).toEqual([]);
  });

  test('a call is one key away, also while somebody types elsewhere', async () => {
    await open();
    await console.key('/', {}, document.body);
    const search = document.activeElement!;
    expect(search.tagName).toBe('INPUT');
    await console.key('F2', {}, search);
    await console.settled();
    expect(useCallDrafts().shown).toBe(true);
    expect(console.page.find('[data-call-desk]').exists()).toBe(true);
    // Once more from within the form is one more call; the first waits.
    useCallDrafts().current!.text = 'x';
    await console.key('F2');
    expect([useCallDrafts().drafts.length, useCallDrafts().current!.text]).toEqual([2, '']);
    // It stays through every view.
    await console.key('T', { shiftKey: true }, document.body);
    expect(console.page.find('[data-call-desk]').exists()).toBe(true);
  });

  test('whoever may not, is told so and led nowhere', async () => {
    hub.permissions = ['camera.view', 'wall.view', 'alert.view'];
    await open();
    await console.key('I', { shiftKey: true }, document.body);
    await console.key('F2', {}, document.body);
    expect([view() ?? location.hash, useCallDrafts().shown]).toEqual(['', false]);
    expect(console.notices()).not.toEqual([]);
    expect(console.page.findAll('[data-nav]').map((entry) => entry.attributes('data-nav'))).toEqual(['alerts']);
  });
});
