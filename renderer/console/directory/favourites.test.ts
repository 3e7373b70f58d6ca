import { flushPromises } from '@vue/test-utils';
import { beforeEach, describe, expect, test } from 'vitest';
import { effectScope, type EffectScope } from 'vue';
import { problem } from '../../../main/contract/errors.ts';
import { FakeHub } from '../testdata/fake-hub.ts';
import { useFavourites, withChanges, type Favourites } from './favourites.ts';

let hub: FakeHub;
let scope: EffectScope;

const open = (allowed = true): Favourites => scope.run(() => useFavourites(hub.client, allowed))!;

beforeEach(() => {
  hub = new FakeHub();
  scope = effectScope();
  return () => scope.stop();
});

describe('favourites', () => {
  test('come from the hub, and again after a break of the line', async () => {
    hub.favourites = ['a', 'b'];
    const favourites = open();
    expect(favourites.state.value.kind).toBe('waiting');
    await flushPromises();
    expect(favourites.state.value.kind).toBe('ready');
    expect(favourites.ids.value).toEqual(['a', 'b']);
    hub.favourites = ['b'];
    hub.connect({ kind: 'stale', since: 0 });
    hub.connect({ kind: 'live' });
    await flushPromises();
    expect(favourites.ids.value).toEqual(['b']);
  });

  test('a press shows at once, and the hub has it in the end', async () => {
    hub.favourites = ['a'];
    const favourites = open();
    await flushPromises();
    const done = favourites.toggle('b');
    expect(favourites.ids.value).toEqual(['a', 'b']);
    expect(favourites.has('b')).toBe(true);
    expect(await done).toBeNull();
    expect(hub.favourites).toEqual(['a', 'b']);
    expect(await favourites.toggle('a')).toBeNull();
    expect(hub.favourites).toEqual(['b']);
    expect(favourites.ids.value).toEqual(['b']);
  });

  test('presses in a row wait for each other, and the last one of a camera stands', async () => {
    const favourites = open();
    await flushPromises();
    const all = [favourites.toggle('a'), favourites.toggle('b'), favourites.toggle('a'), favourites.toggle('c')];
    expect(favourites.ids.value).toEqual(['b', 'c']);
    expect(await Promise.all(all)).toEqual([null, null, null, null]);
    expect(favourites.ids.value).toEqual(['b', 'c']);
    expect(hub.favourites).toEqual(['b', 'c']);
  });

  test('what another page changed meanwhile is not overwritten', async () => {
    hub.favourites = ['a'];
    const favourites = open();
    await flushPromises();
    hub.favourites = ['a', 'x'];
    await favourites.toggle('b');
    expect(hub.favourites).toEqual(['a', 'x', 'b']);
    expect(favourites.ids.value).toEqual(['a', 'x', 'b']);
  });

  test('a refusal is said, and what was shown is taken back', async () => {
    const favourites = open();
    await flushPromises();
    hub.refuseFavourites = problem('out-of-scope');
    const done = favourites.toggle('a');
    expect(favourites.has('a')).toBe(true);
    expect(await done).toMatchObject({ code: 'out-of-scope' });
    expect(favourites.has('a')).toBe(false);
  });

  test('two hundred are full', async () => {
    hub.favourites = Array.from({ length: 200 }, (_, nth) => `c-${nth}`);
    const favourites = open();
    await flushPromises();
    expect(await favourites.toggle('one more')).toBe('full');
    expect(favourites.ids.value).toHaveLength(200);
    expect(await favourites.toggle('c-0')).toBeNull();
    expect(await favourites.toggle('one more')).toBeNull();
  });

  test('whoever presses faster than the hub answers is told to wait', async () => {
    const favourites = open();
    await flushPromises();
    const all = Array.from({ length: 17 }, (_, nth) => favourites.toggle(`c-${nth}`));
    expect(await all.at(-1)).toMatchObject({ code: 'too-many-requests' });
    await Promise.all(all);
    expect(hub.favourites).toHaveLength(16);
  });

  test('whoever may not keep any asks for nothing', async () => {
    const favourites = open(false);
    await flushPromises();
    expect(favourites.state.value).toMatchObject({ kind: 'refused', reason: { code: 'forbidden' } });
    expect(await favourites.toggle('a')).toMatchObject({ code: 'forbidden' });
    expect(hub.favouritesAsked).toBe(0);
  });

  test('a hub that says no is asked again when it comes back', async () => {
    hub.refuseFavourites = problem('unavailable');
    const favourites = open();
    await flushPromises();
    expect(favourites.state.value).toMatchObject({ kind: 'refused', reason: { code: 'unavailable' } });
    hub.refuseFavourites = null;
    hub.connect({ kind: 'live' });
    await flushPromises();
    expect(favourites.state.value.kind).toBe('ready');
  });

  test('after the desk nothing is asked for', async () => {
    open();
    await flushPromises();
    scope.stop();
    const asked = hub.favouritesAsked;
    hub.connect({ kind: 'live' });
    await flushPromises();
    expect(hub.favouritesAsked).toBe(asked);
  });

  test.each<[readonly string[], readonly (readonly [string, boolean])[], readonly string[]]>([
    [['a', 'b'], [], ['a', 'b']],
    [['a', 'b'], [['a', false]], ['b']],
    [['a', 'b'], [['c', true]], ['a', 'b', 'c']],
    [['a', 'b'], [['a', true]], ['a', 'b']],
    [[], [['a', false]], []],
  ])('%j with %j is %j', (ids, changes, expected) => {
    expect(withChanges(ids, new Map(changes))).toEqual(expected);
  });
});
