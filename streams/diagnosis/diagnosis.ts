import type { Handlers } from '../../main/contract/catalog.ts';
import { problem, type Problem } from '../../main/contract/errors.ts';
import type { Ledger } from '../../main/contract/ledger.ts';
import { err, ok, type Result } from '../../main/contract/result.ts';
import type { Clock } from '../../main/contract/time.ts';
import type { Camera, PathState, Profile, SourceSpec } from '../contract.ts';
import { sourceOf } from '../directory/source-of.ts';
import { profileOf } from '../leases/stream-leases.ts';
import type { MediaRelay, PathTrace } from '../media/media-relay.ts';
import { borrowPath } from './borrowed-path.ts';
import { diagnosisSteps, type DiagnosisFacts } from './diagnosis-steps.ts';
import type { ShowingTile } from './showing-tile.ts';

/** Diagnoses and snapshots under way at once, of each: they open cameras that perhaps nobody watches. */
export const diagnosesAtOnce = 8;
export const snapshotsAtOnce = 8;
/** A camera that shows no picture in this time will not: the slowest key-picture intervals are 10 s. */
export const pictureWithinMs = 12_000;
/** How long packets are counted once pictures come. */
export const countingMs = 1500;

export interface DiagnosisDeps {
  readonly ledger: Ledger;
  /** `null`: this hub has no relay. */
  readonly relay: MediaRelay | null;
  readonly clock: Clock;
  camera(id: string): Camera | undefined;
  /** Tiles of walls that show the camera now. */
  showing(cameraId: string): readonly ShowingTile[];
}

export type DiagnosisHandlers = Handlers<'camera.diagnose' | 'camera.snapshot'>;

/** The commands that open a camera to look at it once: why there is no picture, and a picture as a file. */
export function createDiagnosis({ ledger, relay, clock, camera, showing }: DiagnosisDeps): DiagnosisHandlers {
  const underWay = { diagnoses: 0, snapshots: 0 };

  /** What leads to the camera, or why nothing does. */
  const wayTo = (cameraId: string, wanted: Profile): Result<{ camera: Camera; source: SourceSpec; profile: Profile }, Problem> => {
    const found = camera(cameraId);
    if (!found) return err(problem('camera-unknown', { cameraId }));
    const source = sourceOf(found, ledger);
    if (!source) return err(problem('source-invalid', { field: 'source', reason: 'secret-lost' }));
    return ok({ camera: found, source, profile: profileOf(source, wanted) });
  };

  const facts = async (cameraId: string, wanted: Profile, user: string, signal: AbortSignal): Promise<DiagnosisFacts> => {
    const way = wayTo(cameraId, wanted);
    const nothing = { user, lease: null, trace: null, waitedMs: 0, tiles: [] };
    if (!way.ok) return { ...nothing, camera: way.error };
    const { source, profile } = way.value;
    const shown = way.value.camera.source;
    const known = { ...nothing, camera: { number: way.value.camera.number, source: shown, address: addressOf(shown, profile) } };
    const refused = (reason: Problem, ms: number) => ({ ...known, lease: { ms, problem: reason, viewers: 0 } });
    if (!relay || relay.baseUrl() === null) return refused(problem('relay-unavailable'), 0);

    const startedAt = clock.monotonic();
    const seen = await borrowPath({ relay, clock }, { cameraId, profile, source, purpose: 'diagnosis' }, signal, async (path) => {
      const waitedMs = await path.until(isSettled, pictureWithinMs);
      const first = await traceOf(relay, cameraId, profile);
      if (first?.state !== 'ready' || shown.kind === 'file') return { path, waitedMs, trace: first };
      await path.until((state) => state === 'failed', countingMs);
      return { path, waitedMs, trace: await traceOf(relay, cameraId, profile) };
    });
    if (!seen.ok) return refused(seen.error, clock.monotonic() - startedAt);
    const { path, waitedMs, trace } = seen.value;
    return {
      ...known,
      lease: { ms: path.openedMs, problem: null, viewers: path.viewers },
      trace,
      waitedMs,
      tiles: showing(cameraId),
    };
  };

  return {
    'camera.diagnose': async ({ cameraId, profile }, { principal, signal }) => {
      if (!principal) return err(problem('login-required'));
      if (underWay.diagnoses >= diagnosesAtOnce) return err(problem('too-many-requests', { max: diagnosesAtOnce }));
      const at = clock.now();
      const startedAt = clock.monotonic();
      underWay.diagnoses += 1;
      try {
        const { failed, steps } = diagnosisSteps(await facts(cameraId, profile, principal.name, signal));
        const result = { cameraId, profile, at, tookMs: Math.round(clock.monotonic() - startedAt), failed, steps: [...steps] };
        return ok({ result, after: { failed, reason: steps.find(({ outcome }) => outcome === 'failed')?.reason ?? null } });
      } finally {
        underWay.diagnoses -= 1;
      }
    },

    'camera.snapshot': async ({ cameraId, profile: wanted }, { signal }) => {
      const way = wayTo(cameraId, wanted);
      if (!way.ok) return way;
      if (!relay || relay.baseUrl() === null) return err(problem('relay-unavailable'));
      if (underWay.snapshots >= snapshotsAtOnce) return err(problem('too-many-requests', { max: snapshotsAtOnce }));
      const { source, profile } = way.value;
      underWay.snapshots += 1;
      try {
        const seen = await borrowPath({ relay, clock }, { cameraId, profile, source, purpose: 'watch' }, signal, async (path) => {
          await path.until(isSettled, pictureWithinMs);
          const trace = await traceOf(relay, cameraId, profile);
          if (trace && trace.state !== 'ready' && trace.failure) return err(trace.failure);
          return relay.snapshot(cameraId, profile);
        });
        if (!seen.ok) return seen;
        if (!seen.value.ok) return seen.value;
        const { at, width, height, jpeg } = seen.value.value;
        const result = { at, width, height, jpeg: Buffer.from(jpeg).toString('base64') };
        return ok({ result, after: { at, width, height, bytes: jpeg.length } });
      } finally {
        underWay.snapshots -= 1;
      }
    },
  };
}

const isSettled = (state: PathState) => state === 'ready' || state === 'failed';

async function traceOf(relay: MediaRelay, cameraId: string, profile: Profile): Promise<PathTrace | null> {
  const answer = await relay.trace(cameraId, profile);
  return answer.ok ? answer.value : null;
}

/** Host and port as far as the directory shows them; never credentials. */
function addressOf({ url, subUrl }: Camera['source'], profile: Profile): string | null {
  const host = URL.parse((profile === 'sub' ? subUrl : undefined) ?? url ?? '')?.host;
  return host === undefined || host === '' ? null : host;
}
