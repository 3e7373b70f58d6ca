import { problem, type ErrorCode } from '../../main/contract/errors.ts';
import type { Commit, Ledger } from '../../main/contract/ledger.ts';
import type { Log } from '../../main/contract/log.ts';
import type { LatestValues } from '../../main/contract/readings.ts';
import { err } from '../../main/contract/result.ts';
import type { Clock } from '../../main/contract/time.ts';
import type { Camera, CameraStatus, SourceShown } from '../contract.ts';
import { sourceOf } from '../directory/source-of.ts';
import type { MediaRelay, ProbeMethod, ProbeTarget } from '../media/media-relay.ts';
import { hostOf, isAskable } from './askable-camera.ts';
import { ProbePlan, roundsKnown, type ProbeTurn } from './probe-plan.ts';

/** Turns are taken this often: a second's worth of questions is spread over the second. */
export const tickMs = 250;
/** Old knowledge is looked for so many times a round. */
const reviewsPerRound = 20;
/** The most that one call may ask (`MediaRelay.probe`). */
const batchAtMost = 256;
/** A call ends with its slowest camera, so calls are small, but no more than about this many a second. */
const callsPerSecond = 32;

export interface ProberDeps {
  readonly ledger: Ledger;
  readonly latest: LatestValues;
  readonly relay: MediaRelay;
  readonly clock: Clock;
  readonly log: Log;
  /** The `prober` part of the configuration. */
  readonly settings: ProberSettings;
  /** The relay has this camera open and knows better. */
  knownByRelay(cameraId: string): boolean;
}

export interface ProberSettings {
  readonly roundMs: number;
  readonly method: ProbeMethod;
  readonly atOnce: number;
}

/** What the prober says about itself. */
export interface ProberFigures {
  readonly cameras: number;
  /** Answers since the start, by what they said. */
  readonly answered: Readonly<Record<CameraStatus['state'], number>>;
  /** Questions that the relay could not ask; they are asked again. */
  readonly unanswered: number;
  readonly underWay: number;
  /** Cameras whose turn is late, and the longest wait of all: the round cannot be kept when it exceeds `roundMs`. */
  readonly overdue: number;
  readonly longestMs: number;
}

/**
 * Learns of cameras that nobody watches whether they are there, without pulling video: each is asked once a round through the relay.
 * Its answers are camera status `by: 'prober'`. While the relay is down nothing is asked and nothing new is claimed; an answer older
 * than two rounds becomes unknown, which is not offline. At a start nothing is claimed either: what was known is known until it is old.
 */
export class Prober {
  readonly #deps: ProberDeps;
  readonly #plan: ProbePlan;
  readonly #answered = { online: 0, offline: 0, unknown: 0 };
  /** Where each camera that is asked was found, as the directory shows it. */
  readonly #sources = new Map<string, SourceShown>();
  #unanswered = 0;
  #wake: () => void = () => {};

  constructor(deps: ProberDeps) {
    this.#deps = deps;
    this.#plan = new ProbePlan(deps.settings);
  }

  get figures(): ProberFigures {
    return {
      cameras: this.#plan.size,
      answered: { ...this.#answered },
      unanswered: this.#unanswered,
      underWay: this.#plan.underWay,
      ...this.#plan.lateness(this.#deps.clock.monotonic()),
    };
  }

  /** Asks until the signal aborts. Questions still under way then end by themselves, and their answers count for nothing. */
  async run(signal: AbortSignal): Promise<void> {
    const { ledger, clock, relay } = this.#deps;
    const cameras = [...ledger.all('cameras')].filter((value) => isAskable(value as Camera)) as Camera[];
    for (const { id, source } of cameras) this.#sources.set(id, source);
    this.#plan.begin(cameras.flatMap(asTurn), clock.monotonic());
    const stopFollowing = ledger.onCommit((commit) => this.#follow(commit));
    const stopListening = relay.on((event) => {
      if (event.kind === 'up') this.#askForgotten();
      if (event.kind === 'path' && event.path.state === 'idle') this.#takeOver(event.path.cameraId);
    });
    const wake = () => this.#wake();
    signal.addEventListener('abort', wake);
    try {
      await this.#ask(signal);
    } finally {
      signal.removeEventListener('abort', wake);
      stopFollowing();
      stopListening();
    }
  }

  async #ask(signal: AbortSignal): Promise<void> {
    const { clock, relay, settings } = this.#deps;
    let reviewedAt = clock.monotonic();
    while (!signal.aborted) {
      // Without cameras there is no timer either.
      if (this.#plan.size === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
      try {
        await clock.sleep(tickMs, signal);
      } catch {
        return; // stopped
      }
      const now = clock.monotonic();
      if (now - reviewedAt >= settings.roundMs / reviewsPerRound) {
        reviewedAt = now;
        this.#plan.outdated(now).forEach((id) => this.#forget(id, ['prober', 'relay']));
      }
      if (relay.baseUrl() === null) continue;
      const turns = this.#plan.take(now);
      const size = Math.min(batchAtMost, Math.ceil((this.#plan.size * 1000) / settings.roundMs / callsPerSecond));
      for (let start = 0; start < turns.length; start += size) void this.#askBatch(turns.slice(start, start + size), signal);
    }
  }

  /** Never rejects: what cannot be asked is asked again. */
  async #askBatch(turns: readonly ProbeTurn[], signal: AbortSignal): Promise<void> {
    const { relay, clock, settings, log } = this.#deps;
    const open = new Map(turns.map((turn) => [turn.cameraId, turn]));
    const end = (turn: ProbeTurn, answered: boolean) => {
      open.delete(turn.cameraId);
      this.#plan.settle(turn, clock.monotonic(), answered);
    };
    // Sources are read, and their passwords decrypted, only for those who are asked now.
    const targets = turns.flatMap((turn) => this.#targetOf(turn) ?? (end(turn, true), []));
    if (targets.length === 0) return;
    const answer = await relay.probe(targets, settings.method).catch((cause: unknown) => {
      log.error({ err: cause }, 'cameras could not be asked');
      return err(problem('internal-error'));
    });
    if (answer.ok && !signal.aborted) {
      for (const { cameraId, state, reason } of answer.value) {
        const turn = open.get(cameraId);
        if (!turn) continue;
        this.#answered[state] += 1;
        if (this.#plan.isCurrent(turn)) this.#learn(cameraId, state, reason);
        end(turn, true);
      }
    }
    this.#unanswered += open.size;
    for (const turn of open.values()) end(turn, false);
  }

  /** `null`: there is nothing to ask, and why is already said. */
  #targetOf(turn: ProbeTurn): ProbeTarget | null {
    const { ledger, knownByRelay } = this.#deps;
    const camera = ledger.get('cameras', turn.cameraId) as Camera | undefined;
    if (!camera || !this.#plan.isCurrent(turn) || knownByRelay(turn.cameraId)) return null;
    const source = sourceOf(camera, ledger);
    if (source) return { cameraId: turn.cameraId, source };
    this.#learn(turn.cameraId, 'unknown', 'source-invalid');
    return null;
  }

  /** That a camera cannot be asked does not refute what was found out lately, by whomever: it only gets older. */
  #learn(cameraId: string, state: CameraStatus['state'], reason: ErrorCode | null): void {
    const { latest, clock, settings } = this.#deps;
    const before = latest.get('cameras', cameraId)?.['status'] as CameraStatus | undefined;
    const isKnown = before !== undefined && before.state !== 'unknown' && before.at !== null;
    if (state === 'unknown' && isKnown && clock.now() - before.at! <= roundsKnown * settings.roundMs) return;
    this.#tell(cameraId, state, reason);
  }

  #tell(cameraId: string, state: CameraStatus['state'], reason: ErrorCode | null): void {
    const { latest, clock, knownByRelay } = this.#deps;
    if (knownByRelay(cameraId)) return;
    const status: CameraStatus = { state, at: clock.now(), by: 'prober', reason };
    latest.set({ collection: 'cameras', key: cameraId, fields: { status } });
  }

  /** Nobody knows any more. What these said is taken back; what the relay says of a camera that it has open never is. */
  #forget(cameraId: string, whoseWord: readonly CameraStatus['by'][] = ['prober']): void {
    const status = this.#deps.latest.get('cameras', cameraId)?.['status'] as CameraStatus | undefined;
    if (status && whoseWord.includes(status.by) && status.state !== 'unknown') this.#tell(cameraId, 'unknown', null);
  }

  #follow(commit: Commit): void {
    for (const change of commit.changes) {
      if (change.collection !== 'cameras') continue;
      if (change.op === 'put') this.#hear(change.value as Camera);
      else this.#drop(change.key);
    }
    if (this.#plan.size > 0) this.#wake();
  }

  #hear(camera: Camera): void {
    const before = this.#sources.get(camera.id);
    const [turn] = asTurn(camera);
    if (!turn) {
      if (before) this.#forget(camera.id);
      this.#drop(camera.id);
    } else if (before && JSON.stringify(before) === JSON.stringify(camera.source)) {
      // Its password may be another one, which is not shown here; what was known stays known until it was asked.
      this.#plan.soon(camera.id);
    } else {
      this.#forget(camera.id);
      this.#sources.set(camera.id, camera.source);
      this.#plan.put(turn, this.#deps.clock.monotonic());
    }
  }

  #drop(cameraId: string): void {
    this.#plan.delete(cameraId);
    this.#sources.delete(cameraId);
  }

  /** The relay closed a camera, and what it had to say told nothing: it was waiting for its turn, or the camera was changed meanwhile. */
  #takeOver(cameraId: string): void {
    const status = this.#deps.latest.get('cameras', cameraId)?.['status'] as CameraStatus | undefined;
    if (status === undefined || status.state === 'unknown') this.#plan.soon(cameraId);
  }

  /** The relay was lost, and with it what it said of cameras that it had open: they are asked soon. */
  #askForgotten(): void {
    const { ledger, latest } = this.#deps;
    for (const value of ledger.all('cameras')) {
      const { id } = value as Camera;
      const status = latest.get('cameras', id)?.['status'] as CameraStatus | undefined;
      if (status?.by === 'relay' && status.state === 'unknown') this.#plan.soon(id);
    }
  }
}

function asTurn(camera: Camera): ProbeTurn[] {
  return isAskable(camera) ? [{ cameraId: camera.id, host: hostOf(camera) }] : [];
}
