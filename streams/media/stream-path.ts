import { problem, ProblemError, type ErrorCode, type ErrorParams, type Problem } from '../../main/contract/errors.ts';
import type { Log } from '../../main/contract/log.ts';
import type { Clock, EpochMs } from '../../main/contract/time.ts';
import type { AccessUnit, LinkQuality, PathState, Profile, SourceSpec, SourceStep, VideoCodec } from '../contract.ts';
import { Quarantine, type QuarantineLimits, type Sentence } from '../fleet/quarantine.ts';
import { retryDelayMs } from '../fleet/retry-delay.ts';
import { GopRing } from './gop-ring.ts';
import { nextPathState, type PathEvent } from './path-state.ts';
import type { PathTrace } from './media-relay.ts';
import type { AccessUnitSink, MediaSource, SourceReport } from './source.ts';
import type { RelayCounters } from './relay-counters.ts';
import { StreamMeter } from './stream-meter.ts';

/** Who decides when the sources of a relay may begin; see `fleet/start-queue.ts`. */
export interface StartTurns {
  /** The path wants to start `source`: answered by its `begin` or `wait`, at once or later. */
  ask(path: StreamPath, source: SourceSpec): void;
  /** Somebody waits for its picture now, who did not before. */
  watch(path: StreamPath): void;
  withdraw(path: StreamPath): void;
  /** The other end answered. */
  answered(path: StreamPath): void;
  /** It sends, or is about to: what it now waits for is the camera's next key picture. */
  opened(path: StreamPath): void;
  /** Its run is over, its connection closed. */
  over(path: StreamPath): void;
  /** Where the host of its source was found; a reason why it must not go on there. */
  located(path: StreamPath, address: string): Problem | null;
}

/** Everybody begins at once. */
const noTurns: StartTurns = {
  ask: (path) => path.begin(0),
  watch() {},
  withdraw() {},
  answered() {},
  opened() {},
  over() {},
  located: () => null,
};

export interface StreamPathOptions {
  readonly cameraId: string;
  readonly profile: Profile;
  readonly openSource: (spec: SourceSpec) => MediaSource;
  /** How long the source stays open after the last lease left. */
  readonly lingerMs: number;
  /** No picture for this long: the source has stalled. */
  readonly watchdogMs: number;
  readonly clock: Clock;
  readonly log: Log;
  /** The state, or its reason, changed. */
  readonly onChange: (path: StreamPath) => void;
  /** Absent: every source begins when it is wanted. */
  readonly turns?: StartTurns;
  /** Absent: nothing is put in quarantine. */
  readonly quarantine?: QuarantineLimits;
  readonly counters?: Pick<RelayCounters, 'budgetsRefused' | 'packetsLost' | 'loginsRefused' | 'quarantines'>;
  /** Between 0 and 1, for the jitter of retries. */
  readonly random?: () => number;
}

/** Packets that no picture can be made of for this long: the camera sends no key picture. */
const noPictureMs = 20_000;
/** Reasons of a path that waits for its turn: nothing is wrong with its source. */
const waitingCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['source-queued', 'source-budget']);
/** A source that showed pictures for this long begins its backoff anew when it fails. */
const stableMs = 5000;
/** A source that does not end within this after its abort is left behind. */
const leaveMs = 2000;
/** A source opens in nine steps; redirects repeat some. */
const maxSteps = 64;
const ringLimits = { maxBytes: 8 * 1024 * 1024, maxMs: 8000 };

const neverQuarantined: QuarantineLimits = { breaks: Number.POSITIVE_INFINITY, withinMs: 1, forMs: 1 };

/** One run of the source, from its start to the settling of its promise. */
interface Run {
  readonly abort: AbortController;
  readonly startedAt: number;
  /** When the latest picture was; before the first, the latest step or packet. */
  alive: number;
  /** After this moment its end is no longer waited for; set when it is told to end. */
  waitUntil: number;
  /** Waited for its turn to start. */
  readonly queuedMs: number;
  readonly steps: { readonly step: SourceStep; readonly atMs: number; readonly params: ErrorParams }[];
  link: LinkQuality | null;
  failedAtMs: number | null;
}

/**
 * One camera profile: a single upstream however many watch. The first lease starts the source; when the last one leaves, it
 * lingers and then stops; while somebody holds a lease a failed source is tried again. Viewers get units from the first key
 * picture of a run on, and begin with the GOPs kept.
 *
 * It has no timers: whoever owns it calls `tick` several times a second. All its decisions are taken on the monotonic clock.
 */
export class StreamPath {
  readonly cameraId: string;
  readonly profile: Profile;
  readonly #options: StreamPathOptions;
  readonly #clock: Clock;
  readonly #turns: StartTurns;
  readonly #ring = new GopRing(ringLimits);
  readonly #meter = new StreamMeter();

  #state: PathState = 'idle';
  #since: EpochMs;
  #failure: Problem | null = null;
  #leases = 0;
  /** Leases of those who watch, not only ask what is wrong. */
  #watchers = 0;
  #source: SourceSpec | null = null;
  #sourceText = '';

  #run: Run | null = null;
  #ended: Promise<void> = Promise.resolve();
  #leaving: Run | null = null;
  /** A run is wanted but the one before has not ended yet. */
  #startWanted = false;
  #hasPicture = false;
  /** A break lies between what viewers got last and what comes next. */
  #broken = false;
  #pictureSince = 0;
  #failures = 0;
  #refusedLogins = 0;
  readonly #quarantine: Quarantine;
  /** Until when (monotonic) it is not to be tried again, and why: that outlives its leases. */
  #barred: { readonly until: number; readonly failure: Problem } | null = null;
  /** It waits for its turn to start. */
  #turnWanted = false;
  #askedAt = 0;
  #deadline = Number.POSITIVE_INFINITY;
  #lastUnitAt: EpochMs | null = null;
  #codec: VideoCodec | null = null;
  /** The latest run, ended or not: what is told of how the opening went. */
  #latest: Run | null = null;
  #runs = 0;
  #skipped = 0;
  #sinks: readonly AccessUnitSink[] = [];

  constructor(options: StreamPathOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.cameraId = options.cameraId;
    this.profile = options.profile;
    this.#since = options.clock.now();
    this.#turns = options.turns ?? noTurns;
    this.#quarantine = new Quarantine(options.quarantine ?? neverQuarantined);
  }

  get state(): PathState {
    return this.#state;
  }

  /** When this state began. */
  get since(): EpochMs {
    return this.#since;
  }

  /** Why there is no picture; the latest failure stays until pictures come again. */
  get reason(): ErrorCode | null {
    return this.#failure?.code ?? null;
  }

  /** The same with its parameters; null while there are pictures. */
  get failure(): Problem | null {
    return this.#failure;
  }

  get leases(): number {
    return this.#leases;
  }

  /** When the latest picture was received. */
  get lastUnitAt(): EpochMs | null {
    return this.#lastUnitAt;
  }

  /** Somebody waits for its picture, not only a diagnosis. */
  get isWatched(): boolean {
    return this.#watchers > 0;
  }

  /** How often it has failed since it last showed pictures for a while. */
  get failures(): number {
    return this.#failures;
  }

  /** It is left alone for a while because it flaps. */
  get isQuarantined(): boolean {
    return this.#barred?.failure.code === 'source-quarantined' && this.#clock.monotonic() < this.#barred.until;
  }

  /** Nothing runs, nothing is leaving, nobody wants it. */
  get isQuiet(): boolean {
    return this.#state === 'idle' && this.#run === null && this.#leaving === null;
  }

  /** The same, and nothing needs to be remembered of it: it can be forgotten. */
  get isOver(): boolean {
    return this.isQuiet && (this.#barred === null || this.#clock.monotonic() >= this.#barred.until);
  }

  /** How often the source was started. */
  get runs(): number {
    return this.#runs;
  }

  /** Units not kept for later viewers, because their GOP was too long or too large. */
  get droppedUnits(): number {
    return this.#ring.dropped;
  }

  /** Units before the first key picture of a run: nobody could decode them. */
  get skippedUnits(): number {
    return this.#skipped;
  }

  /** The latest key picture that is kept; null while there is none. */
  get latestKey(): AccessUnit | null {
    return this.#ring.latestKey;
  }

  get heldBytes(): number {
    return this.#ring.heldBytes;
  }

  /** Of the pictures that come; null before the first. */
  get codec(): VideoCodec | null {
    return this.#codec;
  }

  /** How the packets of the latest run come; null when its source does not tell. */
  get link(): LinkQuality | null {
    return this.#latest?.link ?? null;
  }

  /** How the latest opening went. */
  trace(): Omit<PathTrace, 'report'> {
    const run = this.#turnWanted ? null : this.#latest;
    return {
      state: this.#state,
      queuedMs: this.#turnWanted ? Math.round(this.#clock.monotonic() - this.#askedAt) : (run?.queuedMs ?? 0),
      steps: run ? [...run.steps] : [],
      failure: this.#failure,
      failedAtMs: run?.failedAtMs ?? null,
    };
  }

  /** Pictures and kilobits a second, and the distance of key pictures. */
  rates(): { readonly fps: number; readonly kbps: number; readonly gopMs: number | null } {
    return this.#meter.read(this.#clock.monotonic());
  }

  /**
   * One more lease. A source other than the one in use replaces it: the camera was changed. `isWatcher`: somebody waits for the
   * picture; say the same when it is released.
   */
  lease(source: SourceSpec, isWatcher = true): void {
    this.#leases += 1;
    if (isWatcher) this.#watchers += 1;
    if (isWatcher && this.#watchers === 1 && this.#turnWanted) this.#turns.watch(this);
    const wasDraining = this.#state === 'draining';
    const first = this.#leases === 1;
    const changed = this.#setSource(source);
    if (first) this.#step('leased');
    if (first && !wasDraining) this.#start();
    else if (changed) this.#restart();
  }

  /** A lease that is already counted says again what its source is. */
  update(source: SourceSpec): void {
    if (this.#setSource(source)) this.#restart();
  }

  /** One lease less. */
  release(isWatcher = true): void {
    if (this.#leases === 0) throw new Error('released more often than leased');
    this.#leases -= 1;
    if (isWatcher) this.#watchers -= 1;
    if (this.#leases > 0) return;
    this.#step('left');
    this.#deadline = this.#state === 'draining' ? this.#clock.monotonic() + this.#options.lingerMs : Number.POSITIVE_INFINITY;
    if (this.#state === 'idle') {
      // It failed, and waited for room or for its source to end.
      this.#startWanted = false;
      this.#leave();
      // Only pictures are worth lingering with: what is still being opened gives its place to others.
    } else if (!this.#hasPicture) this.#expire();
    else if (this.#options.lingerMs === 0) this.tick();
  }

  /** From now on `sink` gets every unit; first it gets what is kept, beginning with a key picture. */
  subscribe(sink: AccessUnitSink): () => void {
    for (const unit of this.#ring.units) sink.push(unit);
    this.#sinks = [...this.#sinks, sink];
    return () => {
      this.#sinks = this.#sinks.filter((one) => one !== sink);
    };
  }

  /** Nobody wants it any more, and it still shows pictures in case somebody comes back. */
  get isLingering(): boolean {
    return this.#state === 'draining';
  }

  /** Ends the lingering at once, to make room for another camera. */
  cutLinger(): void {
    if (this.#state === 'draining') this.#expire();
  }

  /** Something happened that a failed source was waiting for: it is tried now. One that is left alone on purpose still is. */
  wake(): void {
    if (this.#state !== 'failed' || this.#turnWanted || this.#barred !== null) return;
    this.#deadline = this.#clock.monotonic();
    this.tick();
  }

  /** Does what is due. */
  tick(): void {
    const now = this.#clock.monotonic();
    if (this.#leaving && now >= this.#leaving.waitUntil) {
      this.#options.log.warn({ cameraId: this.cameraId, profile: this.profile }, 'source does not end when told to, left behind');
      this.#leaving = null;
      this.#turns.over(this);
      if (this.#startWanted) this.#start();
    }
    if (this.#run) {
      const stall = this.#stallOf(this.#run, now);
      if (stall) {
        const run = this.#run;
        this.#leave();
        this.#fail(stall, run);
      }
    }
    if (now < this.#deadline) return;
    if (this.#state === 'draining') this.#expire();
    else if (this.#state === 'failed') {
      this.#step('retry');
      this.#start();
    }
  }

  /** What the watchdog sees: nothing comes, or nothing that a picture can be made of. */
  #stallOf(run: Run, now: number): Problem | null {
    if (now - run.alive > this.#options.watchdogMs) return problem('source-stalled');
    return !this.#hasPicture && now - run.startedAt > noPictureMs ? problem('source-no-key-picture') : null;
  }

  /** Ends the source for good; resolves when it has ended. */
  async stop(): Promise<void> {
    this.#leases = 0;
    this.#watchers = 0;
    this.#startWanted = false;
    this.#sinks = [];
    this.#leave();
    this.#deadline = Number.POSITIVE_INFINITY;
    this.#state = 'idle';
    await this.#ended;
  }

  /** One unit from the source; called once a frame, so it makes nothing new. */
  #push(unit: AccessUnit, run: Run): void {
    const now = this.#clock.monotonic();
    const isVideo = unit.codec === 'h264' || unit.codec === 'h265';
    if (isVideo) {
      run.alive = now;
      this.#lastUnitAt = unit.receivedAtMs;
      this.#meter.count(unit, now);
      if (!this.#hasPicture) this.#seen(run, unit.key);
      if (this.#codec !== unit.codec) {
        this.#codec = unit.codec;
        if (this.#hasPicture) this.#options.onChange(this);
      }
    }
    const isKey = isVideo && unit.key;
    if (!this.#hasPicture) {
      if (!isKey) {
        this.#skipped += 1;
        return;
      }
      this.#hasPicture = true;
      this.#pictureSince = now;
      this.#failure = null;
      this.#refusedLogins = 0;
      this.#step('picture');
      this.#turns.opened(this);
    }
    let passed = unit;
    if (this.#broken) {
      this.#broken = false;
      if (!unit.discontinuity) passed = { ...unit, discontinuity: true };
    }
    this.#ring.add(passed, isKey);
    for (const sink of this.#sinks) sink.push(passed);
  }

  #setSource(source: SourceSpec): boolean {
    const text = JSON.stringify(source);
    if (text === this.#sourceText) return false;
    const changed = this.#source !== null;
    this.#source = source;
    this.#sourceText = text;
    if (changed) {
      // Another camera, another address or another password: nothing that was learnt holds.
      this.#barred = null;
      this.#refusedLogins = 0;
      this.#failures = 0;
      this.#quarantine.lift();
    }
    return changed;
  }

  #restart(): void {
    if (this.#state === 'idle' || this.#state === 'draining') return;
    this.#leave();
    this.#forgetPicture();
    this.#step('changed');
    this.#start();
  }

  #start(): void {
    this.#deadline = Number.POSITIVE_INFINITY;
    // Single flight: a run that is still ending keeps its place.
    this.#startWanted = this.#leaving !== null;
    if (this.#startWanted) return;
    if (this.#barred && this.#clock.monotonic() < this.#barred.until) return this.#refuse(this.#barred.failure, this.#barred.until);
    this.#barred = null;
    this.#turnWanted = true;
    this.#askedAt = this.#clock.monotonic();
    this.#turns.ask(this, this.#source!);
  }

  /** Its turn has come, after so many milliseconds. */
  begin(queuedMs: number): void {
    if (!this.#turnWanted) throw new Error('a turn for a path that did not ask for one');
    this.#turnWanted = false;
    if (this.#failure !== null && waitingCodes.has(this.#failure.code)) this.#failure = null;
    if (this.#state === 'failed') this.#step('retry');
    const now = this.#clock.monotonic();
    const run: Run = {
      abort: new AbortController(),
      startedAt: now,
      alive: now,
      waitUntil: Number.POSITIVE_INFINITY,
      queuedMs,
      steps: [],
      link: null,
      failedAtMs: null,
    };
    this.#run = run;
    this.#latest = run;
    this.#runs += 1;
    // A source that was left behind may still push: only the current run is heard.
    const sink: AccessUnitSink = {
      push: (unit) => {
        if (this.#run === run) this.#push(unit, run);
      },
    };
    const report: SourceReport = {
      step: (step, params = {}) => {
        if (this.#run !== run) return;
        this.#note(run, step, params);
        if (step === 'connect') this.#turns.answered(this);
        // A camera that makes a key picture every four seconds must not keep its place for so long.
        if (step === 'play' || step === 'first-packet') this.#turns.opened(this);
        const address = step === 'resolve' ? params['address'] : undefined;
        if (typeof address === 'string') this.#locate(run, address);
      },
      link: (quality) => {
        if (this.#run !== run) return;
        if (this.#options.counters) this.#options.counters.packetsLost += Math.max(0, quality.lost - (run.link?.lost ?? 0));
        // Before the first picture packets are a sign of life; after it only pictures are.
        if (!this.#hasPicture && quality.packets > (run.link?.packets ?? 0)) run.alive = this.#clock.monotonic();
        run.link = quality;
      },
    };
    this.#ended = this.#work(run, sink, report, this.#source!);
  }

  async #work(run: Run, sink: AccessUnitSink, report: SourceReport, spec: SourceSpec): Promise<void> {
    let failure = problem('source-ended');
    try {
      await this.#options.openSource(spec).run(this.profile, sink, run.abort.signal, report);
    } catch (error) {
      failure = error instanceof ProblemError ? error.problem : problem('source-failed');
      if (!(error instanceof ProblemError) && this.#run === run)
        this.#options.log.error({ cameraId: this.cameraId, profile: this.profile, error: withoutCredentials(error) }, 'source broke');
    }
    if (this.#leaving === run) {
      this.#leaving = null;
      this.#turns.over(this);
      if (this.#startWanted) this.#start();
    } else if (this.#run === run) {
      this.#run = null;
      this.#turns.over(this);
      this.#fail(failure, run);
    }
  }

  /** The name of its host turned out to lead to a line that is full. */
  #locate(run: Run, address: string): void {
    const refusal = this.#turns.located(this, address);
    if (!refusal) return;
    run.failedAtMs = Math.round(this.#clock.monotonic() - run.startedAt);
    this.#leave();
    if (this.#options.counters) this.#options.counters.budgetsRefused += 1;
    this.#refuse(refusal, Number.POSITIVE_INFINITY);
    this.#startWanted = this.#state === 'failed';
  }

  /** It does not begin, or not go on, though nothing failed. */
  #refuse(reason: Problem, until: number): void {
    this.#forgetPicture();
    this.#failure = reason;
    this.#deadline = until;
    if (this.#state === 'failed') this.#options.onChange(this);
    else this.#step('failed');
    if (this.#state === 'idle') this.#deadline = Number.POSITIVE_INFINITY;
  }

  /** Its turn has not come: `source-queued` soon will, `source-budget` when there is room. */
  wait(reason: Problem): void {
    if (!this.#turnWanted) throw new Error('a path that did not ask for a turn cannot wait for one');
    if (reason.code !== 'source-queued') {
      if (this.#options.counters) this.#options.counters.budgetsRefused += 1;
      return this.#refuse(reason, Number.POSITIVE_INFINITY);
    }
    this.#failure = reason;
    if (this.#state === 'failed') this.#step('retry');
    else this.#options.onChange(this);
  }

  /** Sources of files and workers tell no such steps by themselves: the pictures do. */
  #seen(run: Run, isKey: boolean): void {
    const isKnown = (step: SourceStep) => run.steps.some((one) => one.step === step);
    if (!isKnown('first-packet')) this.#note(run, 'first-packet', {});
    if (isKey && !isKnown('key-picture')) this.#note(run, 'key-picture', {});
  }

  /** A step of the opening is done. */
  #note(run: Run, step: SourceStep, params: ErrorParams): void {
    if (run.steps.length >= maxSteps) return;
    run.alive = this.#clock.monotonic();
    run.steps.push({ step, atMs: Math.round(this.#clock.monotonic() - run.startedAt), params });
  }

  #fail(failure: Problem, run: Run): void {
    const now = this.#clock.monotonic();
    run.failedAtMs = Math.round(now - run.startedAt);
    if (this.#hasPicture && now - this.#pictureSince >= stableMs) this.#failures = 0;
    const sentence = this.#judge(failure, now);
    this.#forgetPicture();
    const isNews = this.#failure?.code !== failure.code;
    this.#failure = failure;
    if (failure.code === 'source-login-refused') {
      this.#refusedLogins += 1;
      if (this.#options.counters) this.#options.counters.loginsRefused += 1;
    }
    this.#deadline = now + retryDelayMs(failure.code, this.#failures, this.#refusedLogins, this.#options.random);
    this.#failures += 1;
    if (sentence) this.#condemn(sentence, now);
    // Leaving and coming back must not make a camera lock the account sooner.
    else if (failure.code === 'source-login-refused' && this.#refusedLogins > 1) this.#barred = { until: this.#deadline, failure };
    this.#step('failed');
    if (this.#state === 'idle') this.#deadline = Number.POSITIVE_INFINITY;
    // Tried again every two seconds at most: only the first of a kind is worth a line.
    if (isNews) {
      const ranMs = Math.round(now - run.startedAt);
      const { code: reason, params } = failure;
      this.#options.log.info({ cameraId: this.cameraId, profile: this.profile, reason, params, ranMs }, 'source failed');
    }
  }

  /** Whether it flaps. A worker of ours that died is not the camera's fault. */
  #judge(failure: Problem, now: number): Sentence | null {
    if (failure.code === 'worker-unavailable') return null;
    return this.#hasPicture ? this.#quarantine.broke(now, now - this.#pictureSince) : this.#quarantine.failed();
  }

  #condemn({ forMs, breaks }: Sentence, now: number): void {
    const failure = problem('source-quarantined', { until: this.#clock.now() + forMs, breaks });
    this.#failure = failure;
    this.#deadline = now + forMs;
    this.#barred = { until: this.#deadline, failure };
    if (this.#options.counters) this.#options.counters.quarantines += 1;
    this.#options.log.warn({ cameraId: this.cameraId, profile: this.profile, breaks, forMs }, 'source flaps, left alone for a while');
  }

  #expire(): void {
    this.#leave();
    this.#forgetPicture();
    this.#startWanted = false;
    this.#deadline = Number.POSITIVE_INFINITY;
    this.#failures = 0;
    this.#step('expired');
  }

  #leave(): void {
    if (this.#turnWanted) {
      this.#turnWanted = false;
      this.#turns.withdraw(this);
    }
    if (!this.#run) return;
    this.#leaving = this.#run;
    this.#run = null;
    this.#leaving.waitUntil = this.#clock.monotonic() + leaveMs;
    this.#leaving.abort.abort();
  }

  #forgetPicture(): void {
    this.#ring.clear();
    this.#meter.reset();
    this.#codec = null;
    this.#broken ||= this.#hasPicture && this.#sinks.length > 0;
    this.#hasPicture = false;
  }

  #step(event: PathEvent): void {
    const next = nextPathState(this.#state, event, this.#hasPicture);
    if (next === null) throw new Error(`${event} cannot happen to a path that is ${this.#state}`);
    if (next !== this.#state) {
      this.#state = next;
      this.#since = this.#clock.now();
    }
    this.#options.onChange(this);
  }
}

/** The text of an unexpected error; URLs in it lose their user and password. */
function withoutCredentials(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return text.replaceAll(/\/\/[^/@\s]*@/g, '//');
}
