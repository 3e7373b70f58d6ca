import { randomBytes } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Handlers } from '../../main/contract/catalog.ts';
import type { SecretWrite } from '../../main/contract/define-command.ts';
import { problem } from '../../main/contract/errors.ts';
import type { CameraId } from '../../main/contract/ids.ts';
import type { Change, Ledger } from '../../main/contract/ledger.ts';
import type { LatestValues } from '../../main/contract/readings.ts';
import { err, ok } from '../../main/contract/result.ts';
import { covers, type Scope, type ScopeClaim } from '../../main/contract/scope.ts';
import { statusUnknown, type Camera, type CameraInput, type CameraStatus, type SourceShown } from '../contract.ts';
import { CameraLookup } from '../lookup/camera-lookup.ts';
import { cameraRecord, cameraRemoval } from './camera-record.ts';
import { decodeImport, importRows } from './import-rows.ts';
import { isPushed, PublishKeys } from './publish-keys.ts';
import { sourceOf } from './source-of.ts';

/** Rows of one import. */
export const maxImportRows = 200_000;
/** Rejected rows that an import names; the rest are counted. */
export const maxRejectedNamed = 1000;
/** Cameras of one commit of an import, between which everything else in the hub gets its turn. */
const importChunk = 250;
/** Numbers given an id whose commit has not been seen yet. */
const maxReserved = 10_000;

/** The camera directory: who has which number, search, and the commands that change it. */
export interface Directory {
  readonly handlers: Handlers<'camera.upsert' | 'camera.import' | 'camera.remove' | 'camera.remove-many' | 'camera.search'>;
  camera(id: string): Camera | undefined;
  /** Which camera pushes with which key. */
  readonly publishKeys: PublishKeys;
  /** Told when a camera was given another source than it had. Answers the end. */
  onSourceChange(listener: (id: CameraId) => void): () => void;
  /** The camera's place for scope checks; `undefined` when there is no such camera. */
  scopeOf(id: string): ScopeClaim | undefined;
  stop(): void;
}

/** Builds the directory over what the ledger holds, and follows every commit. */
export function createDirectory(deps: { readonly ledger: Ledger; readonly latest: LatestValues }): Directory {
  const { ledger, latest } = deps;
  const lookup = new CameraLookup();
  const idOfNumber = new Map<string, CameraId>();
  const numberOfId = new Map<string, string>();
  /** Two commands for the same new number may run before either is committed: both must mean one camera. */
  const reserved = new Map<string, CameraId>();
  const publishKeys = new PublishKeys();
  const sources = new Map<string, SourceShown>();
  const sourceListeners = new Set<(id: CameraId) => void>();

  const camera = (id: string) => ledger.get('cameras', id) as Camera | undefined;

  const noteSource = ({ id, source }: Camera) => {
    const before = sources.get(id);
    sources.set(id, source);
    if (before && JSON.stringify(before) !== JSON.stringify(source)) for (const listener of sourceListeners) listener(id);
  };

  const remember = (value: Camera) => {
    noteSource(value);
    idOfNumber.set(value.number, value.id);
    numberOfId.set(value.id, value.number);
    reserved.delete(value.number);
    const source = isPushed(value.source) ? sourceOf(value, ledger) : undefined;
    publishKeys.put(value.id, source?.kind === 'rtmp' ? (source.publishKey ?? null) : null);
    lookup.put({ id: value.id, number: value.number, name: value.name, aliases: value.aliases.map((alias) => alias.value) });
  };

  const forget = (id: string) => {
    const number = numberOfId.get(id);
    if (number !== undefined) idOfNumber.delete(number);
    numberOfId.delete(id);
    sources.delete(id);
    publishKeys.put(id as CameraId, null);
    lookup.delete(id);
    latest.forget('cameras', id);
  };

  for (const value of ledger.all('cameras')) remember(value as Camera);
  const stopFollowing = ledger.onCommit((commit) => {
    for (const change of commit.changes) {
      if (change.collection !== 'cameras') continue;
      if (change.op === 'put') remember(change.value as Camera);
      else forget(change.key);
    }
  });

  const idFor = (number: string): CameraId => {
    const known = idOfNumber.get(number) ?? reserved.get(number);
    if (known) return known;
    const id = randomBytes(12).toString('hex') as CameraId;
    reserved.set(number, id);
    if (reserved.size > maxReserved) reserved.delete(reserved.keys().next().value as string);
    return id;
  };

  /** The record of a camera, the changes that are really needed for it, and the camera before. */
  const prepare = (input: CameraInput) => {
    const id = idFor(input.number);
    const before = camera(id);
    const record = cameraRecord(id, input, before);
    if (!record.ok) return record;
    const { secrets, publishKey } = record.value;
    if (publishKey !== null && !publishKeys.claim(publishKey, id))
      return err(problem('source-invalid', { field: 'publishKey', reason: 'duplicate' }));
    const same =
      before !== undefined &&
      JSON.stringify(before) === JSON.stringify(record.value.camera) &&
      secrets.every(({ key, value }) => ledger.secret(key) === (value ?? undefined));
    const change: Change = { collection: 'cameras', op: 'put', key: id, value: record.value.camera };
    return ok({ id, before, changes: same ? [] : [change], secrets: same ? [] : secrets });
  };

  const shown = (value: Camera): Camera => {
    const status = latest.get('cameras', value.id)?.['status'] as CameraStatus | undefined;
    return { ...value, status: status ?? statusUnknown };
  };

  return {
    camera,
    publishKeys,
    onSourceChange(listener) {
      sourceListeners.add(listener);
      return () => void sourceListeners.delete(listener);
    },
    scopeOf: (id) => claimOf(camera(id)),
    stop: stopFollowing,
    handlers: {
      'camera.upsert': (input, { principal }) => {
        const id = idOfNumber.get(input.number);
        const claim = id === undefined ? undefined : claimOf(camera(id));
        // The gateway checked where the camera goes; this is where it is now.
        if (claim && !inScope(principal?.scope, claim)) return err(problem('out-of-scope'));
        const prepared = prepare(input);
        if (!prepared.ok) return prepared;
        const { changes, secrets, before } = prepared.value;
        return ok({
          result: { cameraId: prepared.value.id },
          changes,
          secrets,
          before: before ?? null,
          after: changes[0] ?? before ?? null,
        });
      },

      'camera.remove': ({ cameraId }) => {
        const before = camera(cameraId);
        if (!before) return err(problem('camera-unknown', { cameraId }));
        return ok({ result: {}, ...cameraRemoval(before), before });
      },

      'camera.remove-many': ({ cameraIds }) => {
        // Those that are gone already are what was asked for.
        const found = [...new Set<string>(cameraIds)].flatMap((id) => camera(id) ?? []);
        const removals = found.map(cameraRemoval);
        return ok({
          result: { removed: found.length },
          changes: removals.flatMap(({ changes }) => changes),
          secrets: removals.flatMap(({ secrets }) => secrets),
          before: { numbers: found.map(({ number }) => number) },
          after: { removed: found.length },
        });
      },

      'camera.search': ({ text, limit }, { principal }) => {
        const scope = principal?.scope;
        if (!scope) return ok({ result: { cameras: [], total: 0 } });
        const everything = scope.districts === '*' && scope.groups === '*';
        const allowed = (id: string) => inScope(scope, claimOf(camera(id)));
        const { ids, total } = lookup.search(text, limit, everything ? undefined : allowed);
        return ok({ result: { cameras: ids.flatMap((id) => camera(id) ?? []).map(shown), total } });
      },

      'camera.import': async ({ format, text, bytes }, { commitPart, signal }) => {
        const decoded = text === undefined ? decodeImport(bytes ?? '') : ok(text);
        if (!decoded.ok) return decoded;
        const rows = importRows(format, decoded.value);
        if (!rows.ok) return rows;

        const rejected: {
          line: number;
          code: ReturnType<typeof problem>['code'];
          params: Record<string, string | number | boolean | null>;
        }[] = [];
        let rejectedTotal = 0;
        let imported = 0;
        let read = 0;
        const lineOfNumber = new Map<string, number>();
        let changes: Change[] = [];
        let secrets: SecretWrite[] = [];
        const reject = (line: number, { code, params }: ReturnType<typeof problem>) => {
          rejectedTotal += 1;
          if (rejected.length < maxRejectedNamed) rejected.push({ line, code, params: { ...params } });
        };
        const commit = () => {
          if (changes.length > 0) commitPart(changes, secrets);
          changes = [];
          secrets = [];
        };

        for (const row of rows.value) {
          if (read === maxImportRows) {
            // The rest is not read: this row stands for it.
            reject(row.line, problem('payload-too-large', { maxRows: maxImportRows }));
            break;
          }
          read += 1;
          if (read % importChunk === 0) {
            commit();
            await nextTurn();
            if (signal.aborted) return err(problem('deadline-exceeded', { imported }));
          }
          if (!row.camera.ok) {
            reject(row.line, row.camera.error);
            continue;
          }
          const { number } = row.camera.value;
          const firstLine = lineOfNumber.get(number);
          if (firstLine !== undefined) {
            reject(row.line, problem('number-duplicate', { number, firstLine }));
            continue;
          }
          const prepared = prepare(row.camera.value);
          if (!prepared.ok) {
            reject(row.line, prepared.error);
            continue;
          }
          lineOfNumber.set(number, row.line);
          imported += 1;
          changes.push(...prepared.value.changes);
          secrets.push(...prepared.value.secrets);
        }
        commit();
        return ok({ result: { imported, rejected, rejectedTotal }, after: { imported, rejectedTotal } });
      },
    },
  };
}

function claimOf(camera: Camera | undefined): ScopeClaim | undefined {
  return camera && { district: camera.district, groups: camera.groups };
}

/** Nobody's scope covers nothing. */
function inScope(scope: Scope | undefined, claim: ScopeClaim | undefined): boolean {
  return scope !== undefined && claim !== undefined && covers(scope, [claim]);
}
