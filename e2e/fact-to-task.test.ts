import { setTimeout as later } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Alert } from '../alerts/contract.ts';
import type { Incident, IncidentLogEntry, Task, Unit } from '../alerts/incident-contract.ts';
import { replayIncident } from '../alerts/incidents/replay-incident.ts';
import { FakeHj212Device } from '../streams/feeds/hj212/fake-device.ts';
import { startBroker, type StartedBroker } from '../streams/feeds/mqtt/start-broker.ts';
import { startChromium } from './chromium.ts';
import { startHub, until, type RunningHub } from './start-hub.ts';
import { openPage, openWall, type OpenPage } from './wall-page.ts';

/**
 * From a fact to a finished task: an MQTT message and an HJ 212 frame become alerts on a wall, an incident, a task on a phone, a closed case with its times. Once in peace, and
 * once with the hub killed in the middle of every step.
 */
const mapping = {
  format: 'json',
  entity: { path: 'pump' },
  asset: { kind: { is: 'pump-station' }, name: { path: 'pump' } },
  values: [{ path: 'state', quantity: 'state', type: 'text' }],
};
const place = { lat: 31.34, lon: 119.82, datum: 'wgs84', district: '320282', text: '东氿大道 8 号' } as const;

let hub: RunningHub;
let broker: StartedBroker;
let browser: Browser;
let wall: OpenPage;
let hj212Port: number;
let unitId: string;

beforeAll(async () => {
  [hub, broker, browser] = await Promise.all([startHub({ demo: false }), startBroker(), startChromium()]);
  await hub.command('feed.create', {
    id: 'pumps',
    kind: 'mqtt',
    system: 'utilities',
    settings: { url: broker.url, topics: ['pumps/#'], payload: 'mapping', mapping },
  });
  hj212Port = (await hub.command<{ port: number }>('feed.create', { id: 'air', kind: 'hj212', system: 'environment' })).port;
  await hub.command('wall.show', {
    wallId: 'main',
    screenId: '1',
    scene: { kind: 'grid', rows: 1, cols: 3, tiles: [{ panel: 'alerts' }, { panel: 'incidents' }, { panel: 'tasks' }] },
  });
  wall = await openWall(browser, hub, '1');
  ({ unitId } = await hub.command<{ unitId: string }>('unit.upsert', {
    number: 'Q-07',
    name: '排水抢修七队',
    department: '公用事业管理局',
    capabilities: ['pump'],
    crew: 4,
    home: place,
  }));
  await until('the feeds to be connected', 30_000, async () => {
    const { items } = await hub.collection<{ id: string; status: { connections: number } | null }>('feeds');
    return items.find(({ id }) => id === 'pumps')?.status?.connections === 1;
  });
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await hub?.stop();
  await broker?.stop();
});

/** The next `kill -9` comes so many milliseconds after its step has begun: each time at another moment, the same in every run. */
const killAfterMs = (step: number) => [0, 3, 11, 27, 6, 18, 1, 40, 9, 2, 22, 14][step % 12]!;

async function killHub(afterMs: number): Promise<void> {
  const pid = await hub.child('hub.js');
  await later(afterMs);
  process.kill(pid, 'SIGKILL');
  await until('another hub', 60_000, async () => (await hub.child('hub.js')) !== pid && (await fetch(`${hub.listening}/healthz`)).ok);
}

describe.each([
  ['in peace', false],
  ['with the hub killed in the middle of every step', true],
])('%s', (_name, isKilled) => {
  let step = 0;
  /** A command that is repeated with its key until it is answered, whatever becomes of the hub meanwhile. */
  async function command<T>(name: string, args: object): Promise<T> {
    step += 1;
    const key = `${isKilled ? 'kill' : 'peace'}-${step}-${name}`;
    const killed = isKilled ? killHub(killAfterMs(step)) : Promise.resolve();
    for (;;) {
      try {
        const answer = await hub.command<T>(name, args, { 'idempotency-key': key });
        await killed;
        return answer;
      } catch (error) {
        const { code, status } = error as { code?: string; status?: number };
        // No answer, or a hub that is going or coming: nobody knows whether it was done. Anything else is an answer.
        if (code !== undefined && status !== 503 && code !== 'ECONNREFUSED' && code !== 'ECONNRESET') throw error;
        await later(50);
      }
    }
  }
  const alertOf = (name: string) =>
    until(`the alert of ${name}`, 60_000, async () =>
      (await hub.collection<Alert>('alerts')).items.find(({ subject }) => subject.name === name),
    );
  const incident = async (id: string) => (await hub.collection<Incident>('incidents')).items.find((one) => one.id === id);
  const task = async (id: string) => (await hub.collection<Task>('tasks')).items.find((one) => one.id === id);
  const onWall = (attribute: string, id: string) =>
    wall.page.locator(`[data-${attribute}="${id}"]`).waitFor({ state: 'visible', timeout: 60_000 });

  test('from the message to the closed case', { timeout: 300_000 }, async () => {
    const pump = isKilled ? 'P-killed' : 'P-peace';
    const station = isKilled ? '010000A8900016F000169002' : '010000A8900016F000169001';

    // ---- facts
    await broker.publish(`pumps/${pump}`, JSON.stringify({ pump, state: 'trip' }));
    if (isKilled) await killHub(killAfterMs(0));
    const device = await until('the port of the stations', 30_000, () => FakeHj212Device.connect(hj212Port, { mn: station, st: '22' }));
    const at = Math.floor(Date.now() / 1000) * 1000 - 60 * 60_000;
    let line = device;
    for (const minute of [0, 10, 20, 30]) {
      const report = () => line.report({ a34004: 180 + minute }, at + minute * 60_000);
      if (isKilled) {
        const killed = killHub(killAfterMs(minute));
        // A station that has no answer says it again once it has a connection.
        for (;;) {
          const answered = await report().then(
            () => true,
            () => false,
          );
          if (answered) break;
          line = await until('the port of the stations', 60_000, () => FakeHj212Device.connect(hj212Port, { mn: station, st: '22' }));
        }
        await killed;
      } else await report();
    }
    await line.close();
    const pumpAlert = await alertOf(pump);
    const airAlert = await until('the alert of the air station', 60_000, async () =>
      (await hub.collection<Alert>('alerts')).items.find(({ subject }) => subject.id === `air/${station}`),
    );
    expect([pumpAlert.severity, airAlert.severity]).toEqual(['high', 'medium']);
    await onWall('alert', pumpAlert.id);
    await onWall('alert', airAlert.id);

    // ---- an incident
    await command('alert.acknowledge', { alertIds: [pumpAlert.id, airAlert.id] });
    const opened = await command<{ incidentId: string; number: string }>('incident.open', {
      type: 'utilities.water',
      level: 'III',
      title: `${pump} 跳闸`,
      place,
      report: { by: 'alert', text: null, reporter: null, phone: null },
      alertIds: [pumpAlert.id, airAlert.id],
    });
    const { incidentId } = opened;
    await onWall('incident', incidentId);
    expect((await alertOf(pump)).incident).toBe(incidentId);
    await command('incident.advance', { incidentId, event: 'accept' });
    await command('incident.advance', { incidentId, event: 'file' });

    // ---- a task on a phone
    const sent = await command<{ taskId: string; fieldLink: string | null }>('task.dispatch', {
      incidentId,
      unitId,
      title: '到现场恢复供电',
    });
    await onWall('task', sent.taskId);
    const link = sent.fieldLink!;
    const phone = await openPage(browser, link, { width: 390, height: 844 });
    for (const state of ['accepted', 'enRoute', 'onScene', 'done'] as const) {
      await phone.page.locator(`[data-next="${state}"]`).click({ timeout: 60_000 });
      if (isKilled) await killHub(killAfterMs((step += 1)));
      if (state === 'done')
        await phone.page
          .locator('[data-done-now]')
          .click({ timeout: 5000 })
          .catch(() => undefined);
      await until(`the task to be ${state}`, 90_000, async () => (await task(sent.taskId))?.state === state);
      if (state !== 'done') await phone.page.locator(`[data-task][data-state="${state}"]`).waitFor({ timeout: 60_000 });
    }
    await phone.close();

    // ---- a closed case
    await until('the incident to be resolved', 30_000, async () => (await incident(incidentId))?.state === 'resolved');
    await command('incident.advance', { incidentId, event: 'verify' });
    await command('incident.advance', { incidentId, event: 'close', disposition: 'handled' });
    const closed = (await incident(incidentId))!;
    expect(closed).toMatchObject({ state: 'closed', disposition: 'handled', alerts: [pumpAlert.id, airAlert.id] });
    const { reported, filed, dispatched, acknowledged, turnedOut, arrived, resolved, verifiedDone, closed: end } = closed.instants;
    const times = [reported, filed, dispatched, acknowledged, turnedOut, arrived, resolved, verifiedDone, end];
    expect(times).not.toContain(null);
    expect(times).toEqual([...times].toSorted((a, b) => a! - b!));

    // ---- and nothing twice
    const { entries } = await hub.command<{ entries: IncidentLogEntry[] }>('incident.log', { incidentId, limit: 500 });
    expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1));
    expect({ ...replayIncident(entries), openBy: [] }).toEqual({ ...closed, openBy: [] });
    const history = (await task(sent.taskId))!.history.map(({ state }) => state);
    expect(history).toEqual(['sent', 'accepted', 'enRoute', 'onScene', 'done']);
    const { items: all } = await hub.collection<Incident>('incidents');
    expect(all.filter(({ title }) => title === `${pump} 跳闸`)).toHaveLength(1);
    const unit = (await hub.collection<Unit>('units')).items.find(({ id }) => id === unitId)!;
    expect([unit.task, unit.queued]).toEqual([null, []]);
    await wall.page.locator(`[data-task="${sent.taskId}"]`).waitFor({ state: 'detached', timeout: 60_000 });
    expect(wall.problems.filter((line_) => !/WebSocket|ERR_CONNECTION|502|503/.test(line_))).toEqual([]);
  });
});
