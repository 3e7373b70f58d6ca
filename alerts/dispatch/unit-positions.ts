import type { Ledger } from '../../main/contract/ledger.ts';
import type { LatestValues } from '../../main/contract/readings.ts';
import type { EpochMs } from '../../main/contract/time.ts';
import type { Task, Unit } from '../incident-contract.ts';
import type { SeenObservation } from '../rules/rule.ts';
import { fenceAfter, type Fence } from '../units/fence.ts';

type Position = NonNullable<Unit['position']>;
interface Half {
  readonly lat?: number;
  readonly lon?: number;
  readonly at: EpochMs;
}

/** Latitudes that wait for their longitude: vehicles that units name, no more than those. */
const quantities: ReadonlySet<string> = new Set(['latitude', 'longitude']);

/**
 * Where the units are: told by themselves, or by the vehicles that they name. Positions are readings: the latest counts, and none is stored. A unit on its way that
 * stays near the place of its task has arrived; whoever asks `takeArrived` says so in the ledger.
 */
export class UnitPositions {
  readonly #ledger: Pick<Ledger, 'get' | 'all'>;
  readonly #latest: LatestValues;
  readonly #unitsOf = new Map<string, Set<string>>();
  readonly #assetOf = new Map<string, string>();
  readonly #halves = new Map<string, Half>();
  readonly #fences = new Map<string, Fence>();
  readonly #arrived = new Map<string, string>();

  constructor(ledger: Pick<Ledger, 'get' | 'all'>, latest: LatestValues) {
    this.#ledger = ledger;
    this.#latest = latest;
    for (const { id } of ledger.all('units') as IterableIterator<Unit>) this.refresh(id);
  }

  /** A unit was changed: looked at as the ledger has it now. */
  refresh(unitId: string): void {
    const before = this.#assetOf.get(unitId);
    const now = (this.#ledger.get('units', unitId) as Unit | undefined)?.positionOf ?? undefined;
    if (before === now) return;
    if (before !== undefined) {
      const units = this.#unitsOf.get(before);
      units?.delete(unitId);
      if (units?.size === 0) {
        this.#unitsOf.delete(before);
        this.#halves.delete(before);
      }
      this.#assetOf.delete(unitId);
    }
    if (now === undefined) return;
    this.#assetOf.set(unitId, now);
    this.#unitsOf.set(now, (this.#unitsOf.get(now) ?? new Set()).add(unitId));
  }

  /** A value of any thing; those of a vehicle that is a unit's move it. */
  observed({ asset, quantity, value, quality, at, late }: SeenObservation, now: EpochMs): void {
    if (!quantities.has(quantity) || this.#unitsOf.size === 0) return;
    const units = this.#unitsOf.get(asset.id);
    if (units === undefined || late || typeof value !== 'number' || quality === 'bad' || quality === 'no-data') return;
    const half = this.#halves.get(asset.id);
    const whole: Half = { ...(half?.at === at ? half : {}), [quantity === 'latitude' ? 'lat' : 'lon']: value, at };
    this.#halves.set(asset.id, whole);
    const { lat, lon } = whole;
    if (lat === undefined || lon === undefined) return;
    for (const unitId of units) this.set(unitId, { lat, lon, at, by: asset.name.slice(0, 64) }, now);
  }

  /** What is older than what is known moves nothing back. */
  set(unitId: string, position: Position, now: EpochMs): void {
    const before = this.of(unitId);
    // One from the future is no measure for what comes after it.
    if (before !== null && position.at < before.at && before.at <= now) return;
    this.#latest.set({ collection: 'units', key: unitId, fields: { position } });
    this.#fence(unitId, position, now);
  }

  of(unitId: string): Position | null {
    return (this.#latest.get('units', unitId)?.['position'] as Position | null | undefined) ?? null;
  }

  /** A unit as it is, with its position. */
  placed(unit: Unit): Unit {
    return { ...unit, position: this.of(unit.id) };
  }

  /** The tasks whose units have arrived since it was asked last. */
  takeArrived(): string[] {
    const tasks = [...this.#arrived.values()];
    this.#arrived.clear();
    return tasks;
  }

  #fence(unitId: string, position: Position, now: EpochMs): void {
    const unit = this.#ledger.get('units', unitId) as Unit | undefined;
    const taskId = unit?.task ?? null;
    const task = taskId === null ? undefined : (this.#ledger.get('tasks', taskId) as Task | undefined);
    if (unit?.state !== 'enRoute' || task === undefined) {
      this.#fences.delete(unitId);
      return;
    }
    const { fence, arrived } = fenceAfter(this.#fences.get(unitId) ?? null, { taskId: task.id, place: task.place, at: position }, now);
    if (fence === null) this.#fences.delete(unitId);
    else this.#fences.set(unitId, fence);
    if (arrived) this.#arrived.set(unitId, task.id);
  }
}
