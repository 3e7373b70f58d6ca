import type { Database } from 'better-sqlite3';
import type { Watch } from '../../contract/audit.ts';
import type { CommandArgs } from '../../contract/catalog.ts';
import { covers, isWholeCity, type Scope, type ScopeClaim } from '../../contract/scope.ts';
import { rowsLookedAt } from './audit-search.ts';

export interface WatchPage {
  readonly watches: readonly Watch[];
  /** `before` of the next page; null when there is none. */
  readonly next: number | null;
}

/** A row of the register as it lies in the database. */
export interface StoredWatch {
  readonly id: number;
  readonly kind: Watch['kind'];
  readonly camera_id: string;
  readonly actor: string;
  readonly address: string;
  readonly workstation: string | null;
  readonly wall_id: string | null;
  readonly screen_id: string | null;
  readonly started_at: number;
  readonly ended_at: number | null;
  readonly audit_seq: number;
}

/**
 * One page of the watch register, those that began last first: every watch that overlaps the period, wherever it began. A camera that is gone
 * belongs to the whole city.
 */
export function searchWatches(database: Database, filter: CommandArgs<'audit.watches'>, scope: Scope, lookAt = rowsLookedAt): WatchPage {
  const { cameraId, actor, from = 0, to = Number.MAX_SAFE_INTEGER, before, limit } = filter;
  const values: Record<string, string | number> = {
    from,
    to,
    ...(cameraId !== undefined && { cameraId }),
    ...(actor !== undefined && { actor }),
  };
  const indexed = ['started_at <= @to'];
  if (cameraId !== undefined) indexed.push('camera_id = @cameraId');
  else if (actor !== undefined) indexed.push('actor = @actor');
  const driving = cameraId !== undefined ? 'watches_of_camera' : actor !== undefined ? 'watches_of_actor' : 'watches_by_time';
  if (before !== undefined) {
    const at = database.prepare('SELECT started_at FROM watches WHERE id = ?').pluck().get(before) as number | undefined;
    // It was removed for its age meanwhile, and all that began before it with it.
    if (at === undefined) return { watches: [], next: null };
    values['before'] = before;
    values['beforeAt'] = at;
    indexed.push('(started_at, id) < (@beforeAt, @before)');
  }
  const order = `FROM watches INDEXED BY ${driving} WHERE ${indexed.join(' AND ')}`;
  const newestFirst = 'ORDER BY started_at DESC, id DESC';

  const end = database.prepare(`SELECT id, started_at AS at ${order} ${newestFirst} LIMIT 1 OFFSET ${lookAt - 1}`).get(values) as
    | { readonly id: number; readonly at: number }
    | undefined;
  if (end) {
    values['end'] = end.id;
    values['endAt'] = end.at;
  }
  const conditions = ['(ended_at IS NULL OR ended_at >= @from)', ...(end ? ['(started_at, id) >= (@endAt, @end)'] : [])];
  if (cameraId !== undefined && actor !== undefined) conditions.push('actor = @actor');
  const found = database.prepare(`SELECT * ${order} AND ${conditions.join(' AND ')} ${newestFirst}`).iterate(values);

  const claimOf = cameraClaims(database);
  const watches: Watch[] = [];
  for (const row of found as IterableIterator<StoredWatch>) {
    if (!isWholeCity(scope) && !covers(scope, [claimOf(row.camera_id)])) continue;
    watches.push(shownWatch(row));
    if (watches.length === limit) return { watches, next: row.id };
  }
  return { watches, next: end?.id ?? null };
}

/** What cameras are in scope terms, each read once. */
function cameraClaims(database: Database): (id: string) => ScopeClaim {
  const read = database.prepare("SELECT body FROM entities WHERE collection = 'cameras' AND key = ?").pluck();
  const known = new Map<string, ScopeClaim>();
  return (id) => {
    const before = known.get(id);
    if (before !== undefined) return before;
    const body = read.get(id) as string | undefined;
    const camera = body === undefined ? null : (JSON.parse(body) as { readonly district: string; readonly groups: readonly string[] });
    const claim = camera === null ? 'city' : { district: camera.district, groups: camera.groups };
    known.set(id, claim);
    return claim;
  };
}

function shownWatch(row: StoredWatch): Watch {
  const { wall_id: wallId, screen_id: screenId } = row;
  return {
    id: row.id,
    kind: row.kind,
    cameraId: row.camera_id as Watch['cameraId'],
    actor: row.actor,
    address: row.address,
    workstation: row.workstation,
    screen: wallId !== null && screenId !== null ? { wallId, screenId } : null,
    from: row.started_at,
    until: row.ended_at,
    auditSeq: row.audit_seq,
  };
}
