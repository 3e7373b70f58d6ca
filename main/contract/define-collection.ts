import type { z } from 'zod';
import type { Permission } from './permissions.ts';
import type { ScopeLookup } from './define-command.ts';
import type { PlaceClaim, ScopeClaim } from './scope.ts';

/** One collection, defined once: what its entities are, who may read them, and which fields live in the readings lane. */
export interface CollectionDefinition<Name extends string, Entity extends z.ZodType> {
  readonly name: Name;
  readonly summary: string;
  readonly entity: Entity;
  keyOf(entity: z.output<Entity>): string;
  readonly permission: Permission;
  /** What the entity touches, as it is when it is read; a scope must cover all of it. */
  scopeOf(entity: z.output<Entity>, lookup: ScopeLookup): ScopeClaim | PlaceClaim | readonly (ScopeClaim | PlaceClaim)[];
  /** The collection whose entities `scopeOf` looks up, if it does: when they move, what is seen of this one changes too. */
  readonly scopeFollows?: string;
  /** What a screen of a wall gets of an entity, where that is less than what people get: everybody in the room reads a wall. Absent: all of it. */
  onScreens?(entity: z.output<Entity>): z.output<Entity>;
  /** Fields that are never committed: latest wins, merged into snapshots, sent in `volatile` messages. */
  readonly volatile: readonly string[];
  /** `memory`: whole in the hub's memory and in the change feed. `paged`: read from the database page by page, no live feed. */
  readonly keep: 'memory' | 'paged';
}

export function defineCollection<Name extends string, Entity extends z.ZodType>(
  definition: CollectionDefinition<Name, Entity>,
): CollectionDefinition<Name, Entity> {
  return definition;
}

// oxlint-disable-next-line typescript/no-explicit-any -- the one place where the schemas are erased
export type AnyCollection = CollectionDefinition<string, any>;

export type EntityOf<C extends AnyCollection> = z.output<C['entity']>;
