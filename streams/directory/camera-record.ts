import type { SecretWrite } from '../../main/contract/define-command.ts';
import { problem, type Problem } from '../../main/contract/errors.ts';
import type { CameraId } from '../../main/contract/ids.ts';
import type { Change } from '../../main/contract/ledger.ts';
import { err, ok, type Result } from '../../main/contract/result.ts';
import { statusUnknown, type Camera, type CameraInput, type SourceInput, type SourceShown } from '../contract.ts';
import { checkSource } from './check-source.ts';
import { isPushed, makePublishKey } from './publish-keys.ts';
import { alternatesSecretKey, sourceSecretKey } from './source-of.ts';

/** A camera ready to be committed, and the secrets that go with it. */
export interface CameraRecord {
  readonly camera: Camera;
  readonly secrets: readonly SecretWrite[];
  /** The key that it is to push with, when that is written anew. */
  readonly publishKey: string | null;
}

interface Kept {
  readonly shown: readonly SourceShown[];
  readonly secret: SecretWrite | null;
}

/**
 * Makes the record of a camera from what somebody said of it. A source that equals what was shown of the one before keeps the
 * credentials kept before: a list that was exported, edited and imported again does not lose them.
 * A camera that pushes and brings no key keeps the one it has, or gets a new one.
 * A position of exactly 0, 0 is what registers write for "not measured" and is kept as unknown.
 */
export function cameraRecord(id: CameraId, input: CameraInput, before: Camera | undefined): Result<CameraRecord, Problem> {
  if (input.alternates.some(isPushed)) return err(problem('source-invalid', { field: 'alternates', reason: 'pushed' }));
  const given = withPublishKey(input.source, before?.source);
  const source = keep([given], before ? [before.source] : [], (all) => ({
    key: sourceSecretKey(id),
    value: JSON.stringify(all[0]),
  }));
  if (!source.ok) return source;
  const alternates = keep(input.alternates, before?.alternates ?? [], (all) => ({
    key: alternatesSecretKey(id),
    value: JSON.stringify(all),
  }));
  if (!alternates.ok) return alternates;
  const unmeasured = input.lat === 0 && input.lon === 0;
  const lat = unmeasured ? null : (input.lat ?? null);
  const lon = unmeasured ? null : (input.lon ?? null);
  if (lat === null && lon !== null) return err(problem('coordinates-invalid', { field: 'lat' }));
  if (lon === null && lat !== null) return err(problem('coordinates-invalid', { field: 'lon' }));
  const camera: Camera = {
    id,
    number: input.number,
    name: input.name,
    district: input.district,
    groups: [...new Set(input.groups)],
    lat,
    lon,
    datum: input.datum,
    aliases: input.aliases,
    source: source.value.shown[0] as SourceShown,
    alternates: [...alternates.value.shown],
    status: statusUnknown,
    link: null,
    simulated: input.simulated,
    drill: input.drill,
  };
  const publishKey = given.kind === 'rtmp' ? (given.publishKey ?? null) : null;
  return ok({ camera, publishKey, secrets: [source.value.secret, alternates.value.secret].filter((secret) => secret !== null) });
}

/** A pushing source with a key, unless its camera has one already. */
function withPublishKey(source: SourceInput, before: SourceShown | undefined): SourceInput {
  if (source.kind !== 'rtmp' || !isPushed(source) || source.publishKey !== undefined) return source;
  return before && isPushed(before) && before.hasSecret ? source : { ...source, publishKey: makePublishKey() };
}

/** What removing a camera changes. */
export function cameraRemoval(camera: Camera): { changes: readonly Change[]; secrets: readonly SecretWrite[] } {
  const secrets: SecretWrite[] = [];
  if (camera.source.hasSecret) secrets.push({ key: sourceSecretKey(camera.id), value: null });
  if (camera.alternates.some((alternate) => alternate.hasSecret)) secrets.push({ key: alternatesSecretKey(camera.id), value: null });
  return { changes: [{ collection: 'cameras', op: 'delete', key: camera.id }], secrets };
}

/** Checks a list of sources and decides what becomes of its secret: written, forgotten, or left as it is (`null`). */
function keep(
  inputs: readonly SourceInput[],
  before: readonly SourceShown[],
  write: (inputs: readonly SourceInput[]) => { readonly key: string; readonly value: string },
): Result<Kept, Problem> {
  const shown: SourceShown[] = [];
  for (const input of inputs) {
    const checked = checkSource(input);
    if (!checked.ok) return checked;
    shown.push(checked.value);
  }
  if (shown.some((source) => source.hasSecret)) return ok({ shown, secret: write(inputs) });
  if (!before.some((source) => source.hasSecret)) return ok({ shown, secret: null });
  if (withoutMarks(shown) === withoutMarks(before)) return ok({ shown: before, secret: null });
  return ok({ shown, secret: { key: write(inputs).key, value: null } });
}

function withoutMarks(sources: readonly SourceShown[]): string {
  return JSON.stringify(
    sources.map(({ kind, url, subUrl, phaseMs, deviceId, channelId }) => [kind, url, subUrl, phaseMs, deviceId, channelId]),
  );
}
