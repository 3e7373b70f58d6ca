import { expect, test } from 'vitest';
import { feedSettings, type Feed } from '../../../../streams/feed-contract.ts';
import { createArgs, exampleSettings, exampleText, feedFormOf, offeredKinds, updateArgs } from './feed-form.ts';

const feed = {
  id: 'parking',
  kind: 'ngsi',
  system: 'traffic',
  name: 'Car parks',
  enabled: true,
  settings: { kind: 'ngsi', poll: { url: 'https://parking.example/v2', everySeconds: 60 } },
  hasSecret: true,
  staleAfterSeconds: 600,
  port: null,
  createdAt: 0,
  status: null,
  simulated: false,
  drill: false,
} as unknown as Feed;

test.each(offeredKinds)('the example of %s is taken by the hub as it is', (kind) => {
  expect(feedSettings.safeParse({ ...exampleSettings[kind], kind }).error?.issues).toBeUndefined();
  expect(JSON.parse(exampleText(kind))).toEqual(exampleSettings[kind]);
});

test('every kind with a connector is offered', () => {
  const kinds = feedSettings.options.map((option) => option.shape.kind.value);
  expect([...offeredKinds].sort()).toEqual([...kinds].sort());
});

test('a new feed is asked for as it was typed', () => {
  const form = {
    ...feedFormOf(null),
    id: ' gauge-1 ',
    system: 'emergency',
    name: ' ',
    stale: '900',
    kind: 'hj212' as const,
    settings: '{"port": 0}',
  };
  expect(createArgs(form)).toEqual({
    ok: true,
    value: {
      id: 'gauge-1',
      kind: 'hj212',
      system: 'emergency',
      settings: { port: 0 },
      staleAfterSeconds: 900,
      enabled: true,
      drill: false,
    },
  });
});

test.each([
  [{ id: '' }, ['id']],
  [{ id: '-x' }, ['id']],
  [{ id: 'a b' }, ['id']],
  [{ system: '' }, ['system']],
  [{ stale: '0' }, ['stale']],
  [{ stale: '1.5' }, ['stale']],
  [{ stale: 'soon' }, ['stale']],
  [{ settings: '{' }, ['settings']],
  [{ settings: '[]' }, ['settings']],
  [{ settings: 'null' }, ['settings']],
  [{ id: '', system: '' }, ['id', 'system']],
])('%j is wrong', (typed, fields) => {
  const args = createArgs({ ...feedFormOf(null), id: 'x', system: 'traffic', ...typed });
  expect(args).toMatchObject({ ok: false, error: { fields } });
});

test('where the settings cease to be JSON is known', () => {
  expect(createArgs({ ...feedFormOf(null), id: 'x', system: 'traffic', settings: '{\n  "a": 1,\n}' })).toMatchObject({
    error: { settings: { kind: 'json', place: { line: 3, column: 1 } } },
  });
});

test('only what was changed is sent: secrets of settings that nobody touched stay', () => {
  const form = feedFormOf(feed);
  expect(form.settings).not.toContain('kind');
  expect(updateArgs(form, feed)).toEqual({ ok: true, value: { feedId: 'parking' } });
  expect(updateArgs({ ...form, name: 'Parking', stale: '60', enabled: false }, feed)).toEqual({
    ok: true,
    value: { feedId: 'parking', name: 'Parking', staleAfterSeconds: 60, enabled: false },
  });
  expect(updateArgs({ ...form, settings: '{}' }, feed)).toEqual({ ok: true, value: { feedId: 'parking', settings: {} } });
  expect(updateArgs({ ...form, stale: '' }, feed)).toMatchObject({ ok: false, error: { fields: ['stale'] } });
});
