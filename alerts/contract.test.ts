import { expect, test } from 'vitest';
import { nowhere } from '../main/contract/place.ts';
import { alertEntity, alertsCollection, silenceEntity, silencesCollection } from './contract.ts';

const alert = (more: object) =>
  alertEntity.parse({
    id: 'a',
    fingerprint: 'a',
    rule: 'pump',
    system: 'water-supply',
    severity: 'high',
    title: { zh: '水泵', en: 'Pump' },
    advice: null,
    labels: {},
    subject: { kind: 'asset', id: 'pump', name: 'Pump' },
    place: nowhere,
    reading: null,
    active: true,
    since: 1,
    raisedAt: 1,
    clearedAt: null,
    count: 1,
    lastAt: 1,
    acknowledged: null,
    shelved: null,
    held: null,
    group: 'pumps',
    firstOut: false,
    incident: null,
    cameras: [],
    simulated: false,
    drill: false,
    ...more,
  });

test('on the screens of a wall an alert says that somebody has seen it or put it away, and not who, nor in which words', () => {
  const whole = alert({
    acknowledged: { by: 'PRIVATE', at: 5, note: 'PRIVATE' },
    shelved: { by: 'PRIVATE', at: 6, until: 9, reason: 'PRIVATE' },
    held: { by: 'shelve', what: 'PRIVATE', until: 9 },
  });
  const shown = alertEntity.parse(alertsCollection.onScreens!(whole));
  expect(JSON.stringify(shown)).not.toContain('PRIVATE');
  expect(shown).toMatchObject({ acknowledged: { at: 5 }, shelved: { at: 6, until: 9 }, held: { by: 'shelve', until: 9 } });
  // What is no person's is left as it is.
  const kept = alert({ held: { by: 'inhibit', what: 'parent', until: null } });
  expect(alertsCollection.onScreens!(kept)).toEqual(kept);
});

test('a silence is shown there without who made it, and why', () => {
  const whole = silenceEntity.parse({
    id: 's',
    matchers: [{ label: 'system', op: '=', value: 'grid' }],
    reason: 'PRIVATE',
    by: 'PRIVATE',
    startsAt: 1,
    endsAt: 2,
    ended: false,
    simulated: false,
    drill: false,
  });
  const shown = silenceEntity.parse(silencesCollection.onScreens!(whole));
  expect(shown).toEqual({ ...whole, reason: '-', by: '' });
});
