import { expect, test } from 'vitest';
import type { AlertId, CameraId } from '../../main/contract/ids.ts';
import { decideAlerts } from './decide-alerts.ts';
import type { AlertPart } from './decide-open.ts';
import { Desk, friday } from './testdata/desk.ts';

const alert = (id: string, more: Partial<AlertPart> = {}): AlertPart => ({
  id: id as AlertId,
  raisedAt: friday,
  cameras: [`c-${id}` as CameraId],
  drill: false,
  simulated: false,
  ...more,
});

test("later alerts are listed once and are in nobody's way", () => {
  const desk = new Desk({ alerts: [alert('a')] });
  const { revision } = desk.incident;
  expect(desk.take(decideAlerts(desk.incident, [alert('a'), alert('b'), alert('b')], desk.context))).toBeNull();
  expect(desk.incident).toMatchObject({ alerts: ['a', 'b'], alertCount: 2, cameras: ['c-a', 'c-b'], revision });
  expect(decideAlerts(desk.incident, [alert('b')], desk.context)).toEqual({ ok: true, value: [] });
});

test('a storm of five thousand is a few entries: five hundred are listed, all are counted', () => {
  const desk = new Desk({ alerts: [alert('first')] });
  for (let batch = 0; batch < 10; batch++) {
    const alerts = Array.from({ length: 500 }, (_, at) => alert(`${batch}-${at}`));
    expect(desk.take(decideAlerts(desk.incident, alerts, desk.context))).toBeNull();
  }
  expect([desk.incident.alerts.length, desk.incident.alertCount, desk.incident.alerts[0], desk.log.length]).toEqual([
    500,
    5001,
    'first',
    11,
  ]);
  expect(desk.incident.cameras).toHaveLength(16);
});

test.each<[string, Partial<AlertPart>]>([
  ['a drill', { drill: true }],
  ['simulated', { simulated: true }],
])('one that is %s never comes to a real incident', (_name, more) => {
  const desk = new Desk();
  expect(desk.take(decideAlerts(desk.incident, [alert('a'), alert('b', more)], desk.context))).toBe('incident-drill-mixed');
});

test('what is over takes none', () => {
  const desk = new Desk();
  desk.advance('reject');
  expect(desk.take(decideAlerts(desk.incident, [alert('a')], desk.context))).toBe('incident-closed');
});
