import type { Handlers } from '../../main/contract/catalog.ts';
import { problem, type Problem } from '../../main/contract/errors.ts';
import type { Ledger } from '../../main/contract/ledger.ts';
import type { Principal } from '../../main/contract/principal.ts';
import { err, ok, type Result } from '../../main/contract/result.ts';
import type { Clock } from '../../main/contract/time.ts';
import type { Camera, PathState, Profile, SourceSpec } from '../contract.ts';
import { sourceOf } from '../directory/source-of.ts';
import { profileOf, type ShowsCamera } from '../leases/stream-leases.ts';
import type { MediaRelay, PathTrace } from '../media/media-relay.ts';
import { markText } from '../watermark/mark-text.ts';
import { borrowPath } from './borrowed-path.ts';
import { diagnosisSteps, type DiagnosisFacts } from './diagnosis-steps.ts';
import type { ShowingTile } from './showing-tile.ts';

/** Diagnoses and snapshots under way at once, of each: they open cameras that perhaps nobody watches. */
export const diagnosesAtOnce = 8;
export const snapshotsAtOnce = 8;
/** Of these, how many one session may have under way: nobody keeps the others from asking. */
export const ofOneSession = 3;
/** A camera that shows no picture in this time will not: the slowest key-picture intervals are 10 s. */
export const pictureWithinMs = 12_000;
/** How long packets are counted once pictures come. */
export const countingMs = 1500;

export interface DiagnosisDeps {
  readonly ledger: Ledger;
  /** `null`: this hub has no relay. */
  readonly relay: MediaRelay | null;
  readonly clock: Clock;
  /** The city's, IANA name: watermarks tell the time in it. */
  readonly timeZone: string;
  camera(id: string): Camera | undefined;
  /** Whether this camera is to be seen on that screen; a screen looks at no other. Absent: all are. */
  readonly showsCamera?: ShowsCamera | undefined;
  /** Tiles of walls that show the camera now. */
  showing(cameraId: string): readonly ShowingTile[];
}

export type DiagnosisHandlers = Handlers<'camera.diagnose' | 'camera.snapshot'>;

/** The commands that open a camera to look at it once: why there is no picture, and a picture as a file. */
export function createDiagnosis({ ledger, relay, clock, timeZone, camera, showsCamera, showing }: DiagnosisDeps): DiagnosisHandlers {
  const diagnoses = new Places(diagnosesAtOnce);
  const snapshots = new Places(snapshotsAtOnce);

  const isKept = ({ screen }: Principal, cameraId: string) => screen !== null && showsCamera?.(screen, cameraId) === false;

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
      if (isKept(principal, cameraId)) return err(problem('out-of-scope'));
      const place = diagnoses.take(principal.sessionId);
      if (!place.ok) return place;
      const at = clock.now();
      const startedAt = clock.monotonic();
      try {
        const { failed, steps } = diagnosisSteps(await facts(cameraId, profile, principal.name, signal));
        const result = { cameraId, profile, at, tookMs: Math.round(clock.monotonic() - startedAt), failed, steps: [...steps] };
        return ok({ result, after: { failed, reason: steps.find(({ outcome }) => outcome === 'failed')?.reason ?? null } });
      } finally {
        diagnoses.give(principal.sessionId);
      }
    },

    'camera.snapshot': async ({ cameraId, profile: wanted }, { principal, from, signal }) => {
      if (!principal) return err(problem('login-required'));
      if (isKept(principal, cameraId)) return err(problem('out-of-scope'));
      const way = wayTo(cameraId, wanted);
      if (!way.ok) return way;
      if (!relay || relay.baseUrl() === null) return err(problem('relay-unavailable'));
      const place = snapshots.take(principal.sessionId);
      if (!place.ok) return place;
      const { source, profile } = way.value;
      try {
        const seen = await borrowPath({ relay, clock }, { cameraId, profile, source, purpose: 'watch' }, signal, async (path) => {
          await path.until(isSettled, pictureWithinMs);
          const trace = await traceOf(relay, cameraId, profile);
          if (trace && trace.state !== 'ready' && trace.failure) return err(trace.failure);
          // Nobody who asks has a say in it: who it is and where is what the hub knows of the session.
          const mark = markText({ ...from, login: principal.name, at: clock.now(), timeZone, camera: way.value.camera.number });
          return relay.snapshot(cameraId, profile, mark);
        });
        if (!seen.ok) return seen;
        if (!seen.value.ok) return seen.value;
        const { at, width, height, jpeg } = seen.value.value;
        const result = { at, width, height, jpeg: Buffer.from(jpeg).toString('base64') };
        return ok({ result, after: { at, width, height, bytes: jpeg.length } });
      } finally {
        snapshots.give(principal.sessionId);
      }
    },
  };
}

/** Places for work that is dear: so many in all, and so many of them for one session. */
class Places {
  readonly #max: number;
  readonly #taken = new Map<string, number>();

  constructor(max: number) {
    this.#max = max;
  }

  /** Whoever gets one gives it back. */
  take(session: string): Result<void, Problem> {
    const mine = this.#taken.get(session) ?? 0;
    if (mine >= ofOneSession) return err(problem('too-many-requests', { max: ofOneSession }));
    const all = [...this.#taken.values()].reduce((sum, some) => sum + some, 0);
    if (all >= this.#max) return err(problem('too-many-requests', { max: this.#max }));
    this.#taken.set(session, mine + 1);
    return ok(undefined);
  }

  give(session: string): void {
    const left = (this.#taken.get(session) ?? 1) - 1;
    if (left === 0) this.#taken.delete(session);
    else this.#taken.set(session, left);
  }
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
