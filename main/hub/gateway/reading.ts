import { mayRead } from '../../contract/barrier.ts';
import type { Entity } from '../../contract/catalog.ts';
import { collections } from '../../contract/catalog.ts';
import type { AnyCollection } from '../../contract/define-collection.ts';
import { problem, type Problem } from '../../contract/errors.ts';
import type { Principal } from '../../contract/principal.ts';
import type { LatestValues } from '../../contract/readings.ts';
import { err, ok, type Result } from '../../contract/result.ts';

const byName: ReadonlyMap<string, AnyCollection> = new Map(collections.map((one) => [one.name, one as AnyCollection]));

/** The collection of this name, if this principal may read it. Which of its entities is a matter of scope. */
export function readableCollection(principal: Principal, name: string): Result<AnyCollection, Problem> {
  const definition = byName.get(name);
  if (!definition) return err(problem('unknown-collection', { name: name.slice(0, 64) }));
  const refusal = mayRead(principal, definition);
  return refusal === null ? ok(definition) : err(refusal);
}

/** An entity as readers see it: its volatile fields are the latest known. */
export function withLatest(latest: LatestValues, collection: string, key: string, entity: object): Record<string, unknown> {
  return { ...entity, ...latest.get(collection, key) };
}

/** What of an entity this principal gets: a screen of a wall gets no more than what everybody in the room may read. */
export function asRead(definition: AnyCollection, onScreen: boolean, entity: object): object {
  return onScreen && definition.onScreens ? (definition.onScreens(entity) as object) : entity;
}

/** A wall for readers of one page of the collection: what each screen shows stands with the screen. */
export function withShown(wall: Record<string, unknown>): Record<string, unknown> {
  const { shown, ...rest } = wall as unknown as Entity<'walls'> & { shown?: Record<string, unknown> };
  return { ...rest, screens: rest.screens.map((screen) => ({ ...screen, shown: shown?.[screen.id] ?? screen.shown ?? null })) };
}
