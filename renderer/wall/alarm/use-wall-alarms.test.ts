import { mount, type VueWrapper } from '@vue/test-utils';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { defineComponent, nextTick, ref } from 'vue';
import { problem } from '../../../main/contract/errors.ts';
import { createFakeHub, type FakeHub } from '../../hub-client/fake-hub.ts';
import { hubKey } from '../../stores/hub.ts';
import { cachedAlarms } from './alarm-cache.ts';
import { useWallAlarms, type WallAlarms } from './use-wall-alarms.ts';

let hub: FakeHub;
let page: VueWrapper | null;
let known: WallAlarms;
const keeps = ref(true);
const alarm = (alertId: string, wallId = 'main') => ({
  id: `${wallId}.${alertId}`,
  wallId,
  screenId: '1',
  alertId,
  rect: { x: 0, y: 0, width: 960, height: 540 },
  cameras: ['cam-1'],
  title: { zh: '泵停', en: 'Pump stopped' },
  place: { text: null },
});
const open = () => {
  page = mount(
    defineComponent({
      setup() {
        known = useWallAlarms('main', keeps, () => 5000);
        return () => null;
      },
    }),
    { global: { provide: { [hubKey as symbol]: hub } } },
  );
};
const ids = () => known.alarms.value.map(({ alertId }) => alertId);

beforeEach(() => {
  localStorage.clear();
  keeps.value = true;
  page = null;
  hub = createFakeHub();
});
afterEach(() => page?.unmount());

test('what the hub tells of this wall, as of now', async () => {
  open();
  expect([ids(), known.knownAt.value]).toEqual([[], null]);
  hub.put('wall-alarms', 'main.a', alarm('a'));
  hub.put('wall-alarms', 'other.b', alarm('b', 'other'));
  await nextTick();
  expect([ids(), known.knownAt.value]).toEqual([['a'], null]);
});

test('without the hub what was last told stays, and since when is said; after a reload too', async () => {
  open();
  hub.put('wall-alarms', 'main.a', alarm('a'));
  await nextTick();
  hub.setConnection({ kind: 'stale', since: 7000 });
  await nextTick();
  expect([ids(), known.knownAt.value]).toEqual([['a'], 7000]);
  page!.unmount();

  hub = createFakeHub();
  hub.setConnection({ kind: 'connecting' });
  open();
  expect([ids(), known.knownAt.value]).toEqual([['a'], 5000]);
  hub.setConnection({ kind: 'live' });
  hub.put('wall-alarms', 'main.c', alarm('c'));
  await nextTick();
  expect([ids(), known.knownAt.value]).toEqual([['c'], null]);
});

test('a page that does not speak remembers nothing', async () => {
  keeps.value = false;
  open();
  hub.put('wall-alarms', 'main.a', alarm('a'));
  await nextTick();
  expect(cachedAlarms('main')).toBeNull();
  keeps.value = true;
  await nextTick();
  expect(cachedAlarms('main')?.alarms).toHaveLength(1);
});

test('whoever may not see alerts sees none, and nothing is remembered', async () => {
  localStorage.setItem('taodu.wall-alarms.main', JSON.stringify({ at: 1, alarms: [alarm('a')] }));
  open();
  expect(ids()).toEqual(['a']);
  hub.refuseCollection('wall-alarms', problem('forbidden'));
  await nextTick();
  expect([ids(), cachedAlarms('main')]).toEqual([[], null]);
});

test.each(['', 'null', '7', '{"at":1}', '{"at":1,"alarms":[{}]}', '{"at":"x","alarms":[]}', '{'])('kept as %s it is nothing', (kept) => {
  localStorage.setItem('taodu.wall-alarms.main', kept);
  expect(cachedAlarms('main')).toBeNull();
});
