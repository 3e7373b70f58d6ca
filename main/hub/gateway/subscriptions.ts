import type { ScopeLookup } from '../../contract/define-command.ts';
import { z } from 'zod';
import type { AnyCollection } from '../../contract/define-collection.ts';
import { problem, type Problem } from '../../contract/errors.ts';
import type { Change, Commit, Ledger, Position } from '../../contract/ledger.ts';
import type { Principal } from '../../contract/principal.ts';
import type { Selector } from '../../contract/protocol.ts';
import type { LatestValues, VolatileUpdate } from '../../contract/readings.ts';
import { err, ok, type Result } from '../../contract/result.ts';
import { claimsOf, covers, isIn, isWholeCity, type Scope } from '../../contract/scope.ts';
import { asRead, readableCollection, withLatest } from './reading.ts';
import { SharedText } from './shared-text.ts';
import { createSlicedJson } from './sliced-json.ts';

/** One client's connection, as far as subscriptions need it. */
export interface SubscriberConnection {
  /** Puts one message on the wire; its body is the JSON of `head` and `tail` together. Many connections get the same tail. */
  send(event: 'changes' | 'volatile', head: string, tail: SharedText): void;
  /** True while so much waits for this client that volatile values are kept back for it. */
  readonly congested: boolean;
  /** The client cannot keep up with facts: it is cut off and will come back with its position. */
  cutOff(): void;
}

/** Who reads what: answers subscriptions and sends what changes. */
export interface Subscriptions {
  /**
   * `reply` gets the JSON of a `SubscribeReply`, once, before any message of the subscription. What arrives is whatever a
   * client sent: nothing about it is believed.
   */
  subscribe(connection: SubscriberConnection, principal: Principal, request: unknown, reply: (json: string) => void): void;
  unsubscribe(connection: SubscriberConnection, id: unknown): void;
  /** The connection is no longer congested: it gets the values that were kept back. */
  relieved(connection: SubscriberConnection): void;
  /** The principal may read less than before: subscriptions of what it may not read any more end, and their client is made to ask anew. */
  narrow(connection: SubscriberConnection, principal: Principal): void;
  /** The connection is gone. */
  drop(connection: SubscriberConnection): void;
  readonly count: number;
  readonly groupCount: number;
  readonly counters: { readonly changesSent: number; readonly volatileSent: number; readonly volatileHeldBack: number };
  stop(): void;
}

export const subscriptionsAtMost = 64;
/** A delta over more commits than this costs more than a snapshot. */
const deltaCommitsAtMost = 20_000;
/** Messages that may wait for a subscription whose snapshot is still being made. */
const pendingAtMost = 4096;

const subscribeRequest = z
  .object({
    id: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
    collection: z.string().min(1).max(64),
    selector: z
      .object({
        ids: z.array(z.string().min(1).max(280)).max(1000).optional(),
        district: z
          .string()
          .regex(/^\d{2,12}$/)
          .optional(),
        fields: z.array(z.string().min(1).max(64)).max(64).optional(),
      })
      .strict()
      .default({}),
    last: z.object({ epoch: z.number().int().nonnegative(), seq: z.number().int().nonnegative() }).strict().optional(),
  })
  .strict();

/** All subscriptions with the same collection, selector and scope, of people or of screens: they see the same, so it is worked out and serialised once. */
interface Group {
  readonly name: string;
  readonly definition: AnyCollection;
  readonly ids: ReadonlySet<string> | null;
  readonly district: string | null;
  /** The fields asked for and the key, in the order of the schema; null for all of them. */
  readonly picked: readonly string[] | null;
  readonly scope: Scope;
  /** Of screens of walls, which get less of some entities. */
  readonly onScreen: boolean;
  /** No condition at all: every entity is seen. */
  readonly entire: boolean;
  /** The keys now seen; not kept when `entire`. */
  readonly keys: Set<string>;
  readonly members: Set<Subscription>;
}

interface Subscription {
  readonly id: number;
  readonly connection: SubscriberConnection;
  readonly group: Group;
  /** Where the client's copy stands after the last message. */
  seq: number;
  /** Messages that wait until the snapshot is sent; null afterwards. */
  pending: { readonly event: 'changes' | 'volatile'; readonly head: string; readonly tail: SharedText }[] | null;
  /** Keys whose volatile values were kept back while the client was congested. */
  readonly heldBack: Set<string>;
}

export function createSubscriptions(
  ledger: Ledger,
  latest: LatestValues & { onFlush(listener: (updates: readonly VolatileUpdate[]) => void): () => void },
  lookup: ScopeLookup,
): Subscriptions {
  const byConnection = new Map<SubscriberConnection, Map<number, Subscription>>();
  /** Replies still being made: they cost work whether or not the client keeps the subscription. */
  const building = new Map<SubscriberConnection, number>();
  const groups = new Map<string, Group>();
  const groupsOf = new Map<string, Set<Group>>();
  const sliced = createSlicedJson();
  const counters = { changesSent: 0, volatileSent: 0, volatileHeldBack: 0 };
  let count = 0;

  const sees = (group: Group, key: string, entity: object): boolean => {
    if (group.entire) return true;
    if (group.ids && !group.ids.has(key)) return false;
    const claims = claimsOf(group.definition.scopeOf(entity, lookup));
    const { district } = group;
    if (district !== null && !claims.some((claim) => isIn(claim, district))) return false;
    return covers(group.scope, claims);
  };

  const shown = (group: Group, key: string, entity: object): Record<string, unknown> => {
    const { name } = group.definition;
    const read = asRead(group.definition, group.onScreen, entity);
    if (!group.picked) return withLatest(latest, name, key, read);
    const values = latest.get(name, key);
    const committed = read as Readonly<Record<string, unknown>>;
    const picked: Record<string, unknown> = {};
    for (const field of group.picked) {
      const value = values && field in values ? values[field] : committed[field];
      if (value !== undefined) picked[field] = value;
    }
    return picked;
  };

  const opJson = (group: Group, op: { readonly key: string; readonly entity: object | null }): string =>
    op.entity === null
      ? `{"op":"delete","key":${JSON.stringify(op.key)}}`
      : `{"op":"put","key":${JSON.stringify(op.key)},"value":${JSON.stringify(shown(group, op.key, op.entity))}}`;

  /** The volatile fields of one entity that the group asked for; '' when there are none. */
  const volatileJson = (group: Group, key: string, values: Readonly<Record<string, unknown>> | undefined): string => {
    if (!values) return '';
    const { picked } = group;
    const wanted = picked ? Object.fromEntries(Object.entries(values).filter(([field]) => picked.includes(field))) : values;
    return Object.keys(wanted).length === 0 ? '' : `{"key":${JSON.stringify(key)},"fields":${JSON.stringify(wanted)}}`;
  };

  /** Values of a hub that is gone are not true any more: a client from before gets what is known now, or what the ledger says instead. */
  const resetVolatile = (group: Group, key: string): Readonly<Record<string, unknown>> => {
    const entity = (ledger.get(group.definition.name, key) ?? {}) as Record<string, unknown>;
    const values = latest.get(group.definition.name, key);
    return Object.fromEntries(group.definition.volatile.map((field) => [field, values?.[field] ?? entity[field] ?? null]));
  };

  const seenKeys = (group: Group): string[] =>
    group.entire ? [...ledger.all(group.definition.name)].map((entity) => group.definition.keyOf(entity)) : [...group.keys];

  function groupOf(definition: AnyCollection, selector: Selector, { scope, screen }: Principal): Group {
    // One group for all where screens get what people get.
    const onScreen = screen !== null && definition.onScreens !== undefined;
    const ids = selector.ids ? [...new Set(selector.ids)].sort() : null;
    const fields = selector.fields ? [...new Set(selector.fields)].sort() : null;
    const name = JSON.stringify([definition.name, ids, selector.district ?? null, fields, scope.districts, scope.groups, onScreen]);
    const known = groups.get(name);
    if (known) return known;
    const group: Group = {
      name,
      definition,
      ids: ids && new Set(ids),
      district: selector.district ?? null,
      picked: fields && pickedFields(definition, fields),
      scope,
      onScreen,
      entire: !ids && selector.district === undefined && isWholeCity(scope),
      keys: new Set(),
      members: new Set(),
    };
    if (group.ids) {
      for (const key of group.ids) {
        const entity = ledger.get(definition.name, key);
        if (entity && sees(group, key, entity)) group.keys.add(key);
      }
    } else if (!group.entire) {
      for (const entity of ledger.all(definition.name)) {
        const key = definition.keyOf(entity);
        if (sees(group, key, entity)) group.keys.add(key);
      }
    }
    groups.set(name, group);
    const siblings = groupsOf.get(definition.name) ?? new Set();
    groupsOf.set(definition.name, siblings.add(group));
    return group;
  }

  function leave(subscription: Subscription): void {
    const { group, connection, id } = subscription;
    if (!group.members.delete(subscription)) return;
    count--;
    byConnection.get(connection)?.delete(id);
    if (group.members.size > 0) return;
    groups.delete(group.name);
    groupsOf.get(group.definition.name)?.delete(group);
  }

  function deliver(subscription: Subscription, event: 'changes' | 'volatile', head: string, tail: SharedText): void {
    const { pending, connection } = subscription;
    if (!pending) connection.send(event, head, tail);
    else if (pending.length < pendingAtMost) pending.push({ event, head, tail });
    else connection.cutOff();
  }

  /** Sends the latest of every value that was kept back. */
  function catchUp(subscription: Subscription): void {
    const { group, heldBack, id } = subscription;
    const late = [...heldBack].map((key) => volatileJson(group, key, latest.get(group.definition.name, key))).filter((json) => json !== '');
    heldBack.clear();
    if (late.length === 0) return;
    deliver(subscription, 'volatile', `{"id":${id},`, new SharedText(`"items":[${late.join(',')}]}`));
    counters.volatileSent++;
  }

  /** What changed for this group since `last`, one operation a key, or null when only a snapshot tells the truth. */
  function delta(group: Group, last: Position): { readonly key: string; readonly entity: object | null }[] | null {
    if (last.epoch > ledger.epoch || last.seq > ledger.seq || ledger.seq - last.seq > deltaCommitsAtMost) return null;
    const commits = ledger.since(last.seq);
    if (commits === 'gap') return null;
    const final = new Map<string, Change>();
    for (const commit of commits)
      for (const change of commit.changes) {
        if (change.collection !== group.definition.name || (group.ids && !group.ids.has(change.key))) continue;
        final.delete(change.key);
        final.set(change.key, change);
      }
    const size = group.entire ? ledger.size(group.definition.name) : group.keys.size;
    if (final.size > size + 100) return null;
    const ops = [...final.values()].map((change) => ({
      key: change.key,
      entity: change.op === 'put' && sees(group, change.key, change.value) ? change.value : null,
    }));
    if (isWholeCity(group.scope)) return ops;
    // Whether something that cannot be seen now was visible then is not known: a limited reader must not learn its key. And what is seen of
    // this collection may have changed with another one.
    return group.definition.scopeFollows !== undefined || ops.some(({ entity }) => entity === null) ? null : ops;
  }

  async function reply(subscription: Subscription, last: Position | undefined): Promise<string> {
    const { group, seq } = subscription;
    const { epoch } = ledger;
    const ops = last && delta(group, last);
    if (ops) {
      const keys = group.definition.volatile.length === 0 ? [] : seenKeys(group);
      const values =
        last.epoch === epoch ? (key: string) => latest.get(group.definition.name, key) : (key: string) => resetVolatile(group, key);
      const opsJson = await sliced.join(ops, (op) => opJson(group, op));
      const volatile = await sliced.join(keys, (key) => volatileJson(group, key, values(key)));
      return `{"kind":"delta","ops":[${opsJson}],"volatile":[${volatile}],"epoch":${epoch},"seq":${seq}}`;
    }
    const entities = group.entire
      ? [...ledger.all(group.definition.name)]
      : [...group.keys].map((key) => ledger.get(group.definition.name, key)!);
    const items = await sliced.join(entities, (entity) => JSON.stringify(shown(group, group.definition.keyOf(entity), entity)));
    return `{"kind":"snapshot","items":[${items}],"epoch":${epoch},"seq":${seq}}`;
  }

  /** What these changes are for a group. */
  function changed(group: Group, changes: readonly Change[]): string[] {
    const ops: string[] = [];
    for (const change of changes) {
      const { key } = change;
      if (change.op === 'put' && sees(group, key, change.value)) {
        if (!group.entire) group.keys.add(key);
        ops.push(opJson(group, { key, entity: change.value }));
      } else if (group.entire || group.keys.delete(key)) {
        ops.push(opJson(group, { key, entity: null }));
      }
    }
    return ops;
  }

  /** What came into a limited reader's sight or went out of it although it did not change itself: what it refers to has moved. */
  function moved(group: Group): string[] {
    if (isWholeCity(group.scope)) return [];
    const ops: string[] = [];
    for (const entity of ledger.all(group.definition.name)) {
      const key = group.definition.keyOf(entity);
      if (sees(group, key, entity) === group.keys.has(key)) continue;
      if (group.keys.delete(key)) ops.push(opJson(group, { key, entity: null }));
      else {
        group.keys.add(key);
        ops.push(opJson(group, { key, entity }));
      }
    }
    return ops;
  }

  const stopCommits = ledger.onCommit((commit: Commit) => {
    const byCollection = new Map<string, Change[]>();
    for (const change of commit.changes) {
      const held = byCollection.get(change.collection);
      if (held) held.push(change);
      else byCollection.set(change.collection, [change]);
    }
    for (const [collection, groupsHere] of groupsOf) {
      const changes = byCollection.get(collection);
      for (const group of groupsHere) {
        const ops = changes ? changed(group, changes) : [];
        const { scopeFollows } = group.definition;
        if (scopeFollows !== undefined && byCollection.has(scopeFollows)) ops.push(...moved(group));
        if (ops.length === 0) continue;
        const rest = new SharedText(`"seq":${commit.seq},"ops":[${ops.join(',')}]}`);
        for (const subscription of group.members) {
          deliver(subscription, 'changes', `{"id":${subscription.id},"epoch":${commit.epoch},"previous":${subscription.seq},`, rest);
          subscription.seq = commit.seq;
          counters.changesSent++;
        }
      }
    }
  });

  const stopFlush = latest.onFlush((updates) => {
    const byCollection = new Map<string, VolatileUpdate[]>();
    for (const update of updates) {
      const held = byCollection.get(update.collection);
      if (held) held.push(update);
      else byCollection.set(update.collection, [update]);
    }
    for (const [collection, groupsHere] of groupsOf) {
      const changed = byCollection.get(collection);
      for (const group of groupsHere) {
        const seen = changed?.filter(({ key }) => (group.entire ? ledger.get(collection, key) !== undefined : group.keys.has(key))) ?? [];
        const items = seen.map(({ key, fields }) => volatileJson(group, key, fields)).filter((json) => json !== '');
        const shared = new SharedText(`"items":[${items.join(',')}]}`);
        for (const subscription of group.members) {
          const { heldBack, id, connection } = subscription;
          if (connection.congested) {
            for (const { key } of seen) heldBack.add(key);
            if (items.length > 0) counters.volatileHeldBack++;
          } else if (heldBack.size > 0) {
            for (const { key } of seen) heldBack.add(key);
            catchUp(subscription);
          } else if (items.length > 0) {
            deliver(subscription, 'volatile', `{"id":${id},`, shared);
            counters.volatileSent++;
          }
        }
      }
    }
  });

  return {
    subscribe(connection, principal, given, answer) {
      const refuse = (error: Problem) => answer(JSON.stringify({ kind: 'refused', error }));
      const checked = check(principal, given);
      if (!checked.ok) return refuse(checked.error);
      const { id, definition, selector, last } = checked.value;
      const mine = byConnection.get(connection) ?? new Map<number, Subscription>();
      byConnection.set(connection, mine);
      const previous = mine.get(id);
      const inWork = building.get(connection) ?? 0;
      if ((!previous && mine.size >= subscriptionsAtMost) || inWork >= subscriptionsAtMost)
        return refuse(problem('too-many-requests', { limit: subscriptionsAtMost }));
      if (previous) leave(previous);

      const group = groupOf(definition, selector, principal);
      const subscription: Subscription = { id, connection, group, seq: ledger.seq, pending: [], heldBack: new Set() };
      group.members.add(subscription);
      mine.set(id, subscription);
      count++;
      building.set(connection, inWork + 1);
      void reply(subscription, last)
        .then((json) => {
          answer(json);
          const waiting = subscription.pending ?? [];
          subscription.pending = null;
          if (group.members.has(subscription)) for (const { event, head, tail } of waiting) connection.send(event, head, tail);
        })
        .finally(() => {
          const left = (building.get(connection) ?? 1) - 1;
          if (left > 0) building.set(connection, left);
          else building.delete(connection);
        });
    },
    unsubscribe(connection, id) {
      const subscription = typeof id === 'number' ? byConnection.get(connection)?.get(id) : undefined;
      if (subscription) leave(subscription);
    },
    relieved(connection) {
      for (const subscription of byConnection.get(connection)?.values() ?? []) if (subscription.heldBack.size > 0) catchUp(subscription);
    },
    narrow(connection, principal) {
      for (const subscription of byConnection.get(connection)?.values() ?? []) {
        const { id, seq, group } = subscription;
        if (readableCollection(principal, group.definition.name).ok) continue;
        leave(subscription);
        // no client is at this position: it takes it for a gap, asks again and is refused
        connection.send('changes', `{"id":${id},"epoch":${ledger.epoch},`, new SharedText(`"previous":-1,"seq":${seq},"ops":[]}`));
      }
    },
    drop(connection) {
      for (const subscription of byConnection.get(connection)?.values() ?? []) leave(subscription);
      byConnection.delete(connection);
    },
    get count() {
      return count;
    },
    get groupCount() {
      return groups.size;
    },
    counters,
    stop() {
      stopCommits();
      stopFlush();
    },
  };
}

function check(
  principal: Principal,
  given: unknown,
): Result<{ id: number; definition: AnyCollection; selector: Selector; last: Position | undefined }, Problem> {
  const parsed = subscribeRequest.safeParse(given);
  if (!parsed.success) return err(problem('malformed', { path: parsed.error.issues[0]!.path.map(String).join('.').slice(0, 128) }));
  const { id, collection, selector, last } = parsed.data;
  const readable = readableCollection(principal, collection);
  if (!readable.ok) return readable;
  const definition = readable.value;
  if (definition.keep === 'paged')
    return err(problem('unknown-collection', { name: collection }, 'read page by page over HTTP, there is no live feed'));
  const known = new Set([...fieldsOf(definition), ...definition.volatile]);
  const strange = selector.fields?.find((field) => !known.has(field));
  if (strange !== undefined) return err(problem('malformed', { path: 'selector.fields', field: strange }));
  const { ids, district, fields } = selector;
  return ok({
    id,
    definition,
    selector: { ...(ids && { ids }), ...(district !== undefined && { district }), ...(fields && { fields }) },
    last,
  });
}

function fieldsOf(definition: AnyCollection): string[] {
  return Object.keys((definition.entity as z.ZodObject).shape);
}

/** The key is always among them: it is the field that `keyOf` reads. */
function pickedFields(definition: AnyCollection, wanted: readonly string[]): string[] {
  const all = [...new Set([...fieldsOf(definition), ...definition.volatile])];
  const key = definition.keyOf(Object.fromEntries(all.map((field) => [field, field])));
  return all.filter((field) => field === key || wanted.includes(field));
}
