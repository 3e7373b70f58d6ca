import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { replayIncident } from '../../../alerts/incidents/replay-incident.ts';
import type { Incident, IncidentLogEntry, Task, TaskState, Unit } from '../../../alerts/incident-contract.ts';
import { isOver } from '../../../alerts/tasks/task-machine.ts';
import type { FromChild } from '../../contract/processes.ts';
import { adminPassword, ask, builtPages, command, hubOptions, login, temporaryFolder } from '../hub-rig.ts';

const folder = temporaryFolder('dispatch-kill');
const running = new Set<ChildProcess>();
afterAll(() => {
  for (const process of running) process.kill('SIGKILL');
  folder.dispose();
});

/** A hub in a process of its own, that can die. */
async function start() {
  const process = fork(join(import.meta.dirname, '..', 'main.ts'), [], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  running.add(process);
  const { log: _log, clock: _clock, hasher: _hasher, ...config } = hubOptions(folder.path);
  process.send({ kind: 'start', config });
  const ready = await new Promise<FromChild>((resolve) => process.once('message', (message) => resolve(message as FromChild)));
  if (ready.kind !== 'ready') throw new Error(JSON.stringify(ready));
  const origin = String(ready.facts['listening']);
  const token = await login(origin, 'admin', adminPassword);
  return {
    /** The answer, null when the hub was gone before it could give one; `again` asks the same once more. */
    run: async (name: string, args: object, key?: string) => {
      const headers = key === undefined ? {} : { 'idempotency-key': key };
      const answer = await command(origin, name, args, { token, headers }).catch(() => null);
      return answer === null || answer.status === 0 ? null : answer;
    },
    all: async <T>(collection: string) =>
      ((await ask(origin, `/api/collections/${collection}?limit=1000`, { token })).json as { items: T[] }).items,
    log: async (incidentId: string) =>
      (await command(origin, 'incident.log', { incidentId, limit: 500 }, { token })).json.entries as IncidentLogEntry[],
    kill: () =>
      new Promise<void>((resolve) => {
        process.once('exit', () => resolve());
        process.kill('SIGKILL');
      }),
  };
}
type RunningHub = Awaited<ReturnType<typeof start>>;

const scene = { lat: 31.36, lon: 119.82 };
const order: readonly TaskState[] = ['sent', 'accepted', 'enRoute', 'onScene', 'done'];

test(
  'what was acknowledged is there after any kill; no unit has two tasks, every log makes its incident',
  { timeout: 240_000 },
  async () => {
    builtPages(folder.path);
    let hub = await start();
    const units: string[] = [];
    for (const number of ['E-1', 'E-2', 'E-3']) {
      const made = await hub.run('unit.upsert', { number, name: number, department: 'Fire', capabilities: ['fire-engine'], home: scene });
      units.push(made!.json.unitId as string);
    }

    const incidents = new Map<string, string>();
    const states = new Map<string, TaskState>();
    const notes: { readonly incidentId: string; readonly seq: number }[] = [];
    /** What was asked when the hub died: asked again with the same key it is done once. */
    let cutOff: { readonly title: string; readonly key: string } | null = null;
    let titles = 0;

    /** Sends a unit, follows its task, and begins anew, until the hub is dead. */
    const work = async (desk: number, city: RunningHub, onStep: () => void): Promise<void> => {
      for (let step = 0; ; step += 1) {
        const title = `Fire ${(titles += 1)}`;
        const key = `open-${titles}`;
        const opened = await city.run(
          'incident.open',
          { type: 'fire', title, place: scene, report: { by: 'desk', text: null, reporter: null } },
          key,
        );
        if (opened === null) {
          cutOff = { title, key };
          return;
        }
        expect(opened.status).toBe(200);
        const incidentId = opened.json.incidentId as string;
        incidents.set(incidentId, opened.json.number as string);
        onStep();
        // All desks want the same units: most of them lose, or wait.
        const sent = await city.run('task.dispatch', {
          incidentId,
          unitId: units[(desk + step) % units.length],
          title: 'Go',
          queue: step % 2 === 0,
        });
        if (sent === null) return;
        onStep();
        const taskId = sent.status === 200 ? (sent.json.taskId as string) : null;
        if (taskId === null) {
          expect(['unit-busy']).toContain(sent.json.error.code);
          const noted = await city.run('incident.note', { incidentId, text: 'No unit is free' });
          if (noted === null) return;
          notes.push({ incidentId, seq: noted.json.seq as number });
          continue;
        }
        states.set(taskId, 'sent');
        for (const state of ['accepted', 'enRoute', 'onScene', 'done'] as const) {
          const told = await city.run('task.report', { taskId, state });
          if (told === null) return;
          onStep();
          if (told.status !== 200) break;
          states.set(taskId, state);
        }
      }
    };

    for (let round = 0; round < 3; round += 1) {
      const { promise, resolve } = Promise.withResolvers<void>();
      let steps = 0;
      const desks = [0, 1, 2].map((desk) =>
        work(desk, hub, () => {
          steps += 1;
          if (steps === 25) resolve();
        }),
      );
      await Promise.race([promise, Promise.all(desks)]);
      // In the middle of whatever it is doing: each round a little later.
      await later(round * 5);
      await hub.kill();
      await Promise.all(desks);
      hub = await start();

      const known = await hub.all<Incident>('incidents');
      const tasks = new Map((await hub.all<Task>('tasks')).map((task) => [task.id as string, task]));
      for (const [id, number] of incidents) expect(known.find((incident) => incident.id === id)).toMatchObject({ number });
      expect(new Set(known.map(({ number }) => number)).size).toBe(known.length);
      for (const [id, state] of states) {
        const task = tasks.get(id);
        expect(order.indexOf(task!.state)).toBeGreaterThanOrEqual(order.indexOf(state));
        expect(task!.history.map((row) => row.state)).toContain(state);
      }
      const holders: string[] = [];
      for (const { task, queued } of await hub.all<Unit>('units'))
        holders.push(...[task, ...queued].flatMap((id) => (id === null ? [] : [id])));
      expect(new Set(holders).size).toBe(holders.length);
      expect(holders.toSorted()).toEqual(
        [...tasks.values()]
          .filter(({ state }) => !isOver(state))
          .map(({ id }) => id as string)
          .toSorted(),
      );
      for (const incident of known) {
        const { openBy: _openBy, ...replayed } = replayIncident(await hub.log(incident.id))!;
        expect(incident).toMatchObject(replayed);
      }
      for (const { incidentId, seq } of notes) expect((await hub.log(incidentId))[seq - 1]).toMatchObject({ kind: 'note', seq });
      // Whoever heard nothing asks again with the same key: it is opened once.
      if (cutOff !== null) {
        const { title, key } = cutOff as { title: string; key: string };
        const again = await hub.run(
          'incident.open',
          { type: 'fire', title, place: scene, report: { by: 'desk', text: null, reporter: null } },
          key,
        );
        expect(again!.status).toBe(200);
        expect((await hub.all<Incident>('incidents')).filter((incident) => incident.title === title)).toHaveLength(1);
      }
    }
    expect(incidents.size).toBeGreaterThanOrEqual(12);
    expect(states.size).toBeGreaterThanOrEqual(6);
    await hub.kill();
  },
);
