import type { Problem } from '../../../main/contract/errors.ts';
import { problem } from '../../../main/contract/errors.ts';
import { nowhere } from '../../../main/contract/place.ts';
import { err, ok, type Result } from '../../../main/contract/result.ts';
import type { ReportEntry } from '../report-book.ts';
import type { ReportStore } from '../report-store.ts';
import type { UnitDoor } from '../unit-door.ts';
import type { Mine, MyTask } from '../use-field.ts';

/** A task as the hub tells it. */
export function aTask(more: Partial<MyTask> = {}): MyTask {
  return {
    id: 't-1' as MyTask['id'],
    incident: 'i-1' as MyTask['incident'],
    unit: 'u-1' as MyTask['unit'],
    title: 'Hydrant torn off',
    text: 'Shut the main.\nWait for the pump.',
    state: 'sent',
    place: { ...nowhere, lat: 31.35, lon: 119.81, text: 'Crossing of Taodu Road' },
    dueAt: null,
    history: [],
    revision: 1,
    simulated: false,
    drill: false,
    incidentNumber: '2026-1127-0042',
    incidentType: 'utilities.water.burst',
    incidentTitle: 'Burst main',
    level: 'II',
    ...more,
  };
}

export interface FakeDoor extends UnitDoor {
  /** What the hub knows; changed by a test, or by a report that it takes. */
  mine: Mine;
  /** Every answer is this, until it is null again. */
  down: Problem | null;
  /** What it says to the next reports, first to last; then it takes them. */
  refusals: Problem[];
  readonly tokens: string[];
  readonly taken: { readonly key: string | undefined; readonly args: ReportEntry['args'] }[];
  accepts: boolean;
}

/** The hub's end of the field page, as far as the page can tell. A key that was taken is not taken twice. */
export function fakeUnitDoor(tasks: readonly MyTask[] = [aTask()]): FakeDoor {
  const door: FakeDoor = {
    mine: { unit: { id: 'u-1' as MyTask['unit'], number: 'F-12', name: 'Engine 12', state: 'committed' }, tasks: [...tasks] },
    down: null,
    refusals: [],
    tokens: [],
    taken: [],
    accepts: true,
    async enter(token) {
      if (door.down) return err(door.down);
      door.tokens.push(token);
      return door.accepts ? ok(null) : err(problem('field-link-refused'));
    },
    async run(name, args, key) {
      if (door.down) return err(door.down);
      if (name === 'task.mine') return ok(structuredClone(door.mine)) as Result<never, Problem>;
      const refusal = door.refusals.shift();
      if (refusal) return err(refusal);
      const said = args as ReportEntry['args'];
      if (!door.taken.some((one) => one.key === key)) door.taken.push({ key, args: said });
      const left = door.mine.tasks.map((task) => (task.id === said.taskId ? { ...task, state: said.state } : task));
      door.mine = { ...door.mine, tasks: left.filter(({ state }) => state !== 'done' && state !== 'refused') };
      return ok({ state: said.state, revision: 2 }) as Result<never, Problem>;
    },
    hubNow: () => Date.now(),
  };
  return door;
}

/** Keeps reports as a browser does: two pages after one another see the same. */
export function memoryStore(): ReportStore & { kept: readonly ReportEntry[] } {
  const store = {
    keeps: true,
    kept: [] as readonly ReportEntry[],
    load: async () => [...store.kept],
    async save(book: readonly ReportEntry[]) {
      store.kept = book;
    },
  };
  return store;
}
