import { randomBytes } from 'node:crypto';
import { problem, type ErrorCode, type Problem } from '../../main/contract/errors.ts';
import type { Log } from '../../main/contract/log.ts';
import { err, ok, type Result } from '../../main/contract/result.ts';
import type { Clock } from '../../main/contract/time.ts';
import type { Profile, SourceSpec } from '../contract.ts';
import type { QuarantineLimits } from '../fleet/quarantine.ts';
import { sourcePlace } from '../fleet/source-place.ts';
import { StartQueue, type StartQueueLimits } from '../fleet/start-queue.ts';
import { refusal } from './answer.ts';
import { HlsOutput, type H264View, type HlsMuxer, type UnitFeed } from './hls-output.ts';
import { idleMs, Leases, type Lease } from './leases.ts';
import type { LeaseOrder, PathReport, PathTrace } from './media-relay.ts';
import { newRelayCounters, type RelayCounters } from './relay-counters.ts';
import type { MediaSource } from './source.ts';
import { StreamPath, type StartTurns } from './stream-path.ts';
import { WallFeed } from './wall/wall-feed.ts';

/** A path is muxed, and made ready for walls, at most twice: as it comes, and for viewers who decode H.264 only. */
export type Rendition = 'as-is' | 'h264';

/** One path with what hangs on it. */
export interface PathEntry {
  readonly path: StreamPath;
  /** Its path is not idle: it counts. */
  isActive: boolean;
  /** What is muxed while somebody plays it, and a little longer. */
  readonly outputs: Map<Rendition, HlsOutput>;
  /** The same as records of the wall socket. */
  readonly feeds: Map<Rendition, WallFeed>;
  /** What those get who decode H.264 only, transcoded once for all of them; null while nobody needs it. */
  view: H264View | null;
  readonly wallPlaybacks: Set<WallPlayback>;
}

interface AnyPlayback {
  readonly id: string;
  readonly lease: Lease;
  readonly entry: PathEntry;
  activeAt: number;
  ended: boolean;
}

/** One viewer playing. Its id is a secret of 128 bits: who knows it may fetch, until it ends. */
export interface Playback extends AnyPlayback {
  readonly output: HlsOutput;
  /** Its requests that wait for an answer. */
  held: number;
}

/** One viewer at a wall socket: it asks for nothing and lives as long as its socket. */
export interface WallPlayback extends AnyPlayback {
  readonly rendition: Rendition;
  readonly shown: WallFeed | HlsOutput;
  readonly listener: WallPlaybackListener;
}

/** What a wall playback tells whoever opened it. */
export interface WallPlaybackListener {
  /** There may be another reason why nothing comes; see `RelayCore.waitingFor`. */
  changed(): void;
  /** It was ended by the relay, or its lease was. */
  ended(): void;
}

export interface RelayCoreOptions {
  readonly lingerMs: number;
  readonly watchdogMs: number;
  readonly maxPaths: number;
  readonly maxLeases: number;
  readonly openSource: (spec: SourceSpec) => MediaSource;
  readonly starts: StartQueueLimits;
  readonly quarantine: QuarantineLimits;
  readonly createHls: () => HlsMuxer;
  /** What viewers get who decode H.264 only; absent: what comes, whatever it is. */
  readonly createH264View?: ((feed: UnitFeed) => H264View) | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** What the core tells whoever connects it to the hub. */
export interface RelayCoreListener {
  /** Something of this path changed: its state, its leases or its viewers. */
  pathChanged(entry: PathEntry): void;
  leaseEnded(leaseId: string, reason: 'idle' | 'closed'): void;
}

/** Playbacks that one lease may have at a time: a page that reloads opens a second before the first is noticed to be gone. */
const playbacksPerLease = 4;
/** How long an HLS output outlives its last playback: a viewer that comes back starts at once. */
const outputLingerMs = 10_000;
/** The same while it is transcoded: others wait for the place. */
const transcodeLingerMs = 2000;
const sweepEveryMs = 1000;
const sourceFailed = problem('source-failed');
const pathStarting = problem('path-starting');
const noKeyPicture = problem('source-no-key-picture');

/**
 * The relay without its doors: paths, leases and playbacks. It has no timers: its owner calls `tick` several times a second.
 */
export class RelayCore {
  readonly counters: RelayCounters = newRelayCounters();
  readonly #options: RelayCoreOptions;
  readonly #paths = new Map<string, PathEntry>();
  readonly #leases: Leases;
  readonly #playbacks = new Map<string, Playback>();
  readonly #wallPlaybacks = new Set<WallPlayback>();
  #listener: RelayCoreListener = { pathChanged() {}, leaseEnded() {} };
  readonly #starts: StartQueue;
  readonly #turns: StartTurns;
  /** Paths that are not idle. */
  #active = 0;
  #sweptAt = Number.NEGATIVE_INFINITY;

  constructor(options: RelayCoreOptions) {
    this.#options = options;
    this.#leases = new Leases(options.maxLeases);
    this.#starts = new StartQueue(options.starts);
    this.#turns = turnsOf(this.#starts, options.clock);
  }

  /** There is one listener: the control door. */
  listen(listener: RelayCoreListener): void {
    this.#listener = listener;
  }

  /** Starts the camera unless it runs already. A lease that exists is only told its source again. */
  open(order: LeaseOrder): Result<void, Problem> {
    const known = this.#leases.get(order.leaseId);
    if (known) {
      if (known.cameraId !== order.cameraId || known.profile !== order.profile)
        return err(problem('malformed', { field: 'leaseId' }, 'this lease is of another camera'));
      this.#paths.get(pathKey(known))!.path.update(order.source);
      return ok(undefined);
    }
    const lease = this.#leases.add(order, this.#now());
    if (!lease.ok) return lease;
    const entry = this.#entryFor(order);
    if (!entry.ok) {
      this.#leases.delete(order.leaseId);
      return entry;
    }
    this.#paths.set(pathKey(order), entry.value);
    entry.value.path.lease(order.source, isWatcher(lease.value));
    this.#listener.pathChanged(entry.value);
    return ok(undefined);
  }

  /** Ends a lease with its playbacks; the camera stops later if nobody else holds it. */
  close(leaseId: string): void {
    const lease = this.#leases.get(leaseId);
    if (lease) this.#end(lease);
  }

  closeAll(): void {
    for (const lease of this.#leases.values()) {
      this.#end(lease);
      this.#listener.leaseEnded(lease.leaseId, 'closed');
    }
  }

  /** A new playback of a lease; `undefined` when there is no such lease. */
  startPlayback(leaseId: string): Result<Playback, Problem> | undefined {
    const begun = this.#beginPlayback(leaseId);
    if (!begun?.ok) return begun;
    const { lease, entry } = begun.value;
    const playback: Playback = { ...begun.value, output: this.#outputOf(entry, this.#renditionOf(lease)), held: 0 };
    this.#playbacks.set(playback.id, playback);
    playback.output.playbacks += 1;
    this.#listener.pathChanged(entry);
    return ok(playback);
  }

  /** The same at a wall socket: access units, or the fMP4 that HLS is made of. */
  startWallPlayback(leaseId: string, format: 'annexb' | 'fmp4', listener: WallPlaybackListener): Result<WallPlayback, Problem> | undefined {
    const begun = this.#beginPlayback(leaseId);
    if (!begun?.ok) return begun;
    const { lease, entry } = begun.value;
    const rendition = this.#renditionOf(lease);
    const shown = format === 'annexb' ? this.#feedOf(entry, rendition) : this.#outputOf(entry, rendition);
    const playback: WallPlayback = { ...begun.value, rendition, shown, listener };
    this.#wallPlaybacks.add(playback);
    entry.wallPlaybacks.add(playback);
    shown.playbacks += 1;
    this.#listener.pathChanged(entry);
    return ok(playback);
  }

  #beginPlayback(leaseId: string): Result<AnyPlayback, Problem> | undefined {
    const lease = this.#leases.get(leaseId);
    if (!lease) return undefined;
    if (lease.playbacks.size >= playbacksPerLease) return err(problem('too-many-requests', { max: playbacksPerLease }));
    const now = this.#now();
    const id = randomBytes(16).toString('base64url');
    lease.playbacks.add(id);
    lease.activeAt = now;
    this.counters.playbacksOpened += 1;
    return ok({ id, lease, entry: this.#paths.get(pathKey(lease))!, activeAt: now, ended: false });
  }

  playback(id: string): Playback | undefined {
    return this.#playbacks.get(id);
  }

  /** The playback asked for something: it is not idle. */
  touch(playback: AnyPlayback): void {
    playback.activeAt = this.#now();
    playback.lease.activeAt = playback.activeAt;
  }

  /** Ends one playback; its lease goes on. Waiting requests of it are told. */
  endPlayback(playback: Playback): void {
    if (playback.ended) return;
    this.#playbacks.delete(playback.id);
    this.#wasPlayed(playback, playback.output);
    playback.output.endPlayback(playback.id, refusal('playback-ended'));
    this.#listener.pathChanged(playback.entry);
  }

  /** The same for one at a wall socket; its listener is told. */
  endWallPlayback(playback: WallPlayback): void {
    if (playback.ended) return;
    this.#wallPlaybacks.delete(playback);
    playback.entry.wallPlaybacks.delete(playback);
    this.#wasPlayed(playback, playback.shown);
    playback.listener.ended();
    this.#listener.pathChanged(playback.entry);
  }

  #wasPlayed(playback: AnyPlayback, shown: HlsOutput | WallFeed): void {
    playback.ended = true;
    playback.lease.playbacks.delete(playback.id);
    shown.playbacks -= 1;
    shown.unplayedSince = this.#now();
  }

  /** Why nothing comes to a wall playback for now, the same object as long as it is the same reason; null when something does. */
  waitingFor({ entry: { path, view }, rendition, shown }: WallPlayback): Problem | null {
    if (path.state === 'failed') return path.failure ?? sourceFailed;
    if (path.state === 'starting') {
      // One that is tried again has failed, until there is a picture.
      const hasReason = path.reason === 'source-queued' || path.failures > 0;
      return (hasReason ? path.failure : null) ?? pathStarting;
    }
    if (rendition === 'h264' && view?.problem) return view.problem;
    return shown instanceof WallFeed && shown.isUnusable ? noKeyPicture : null;
  }

  leases(): readonly Lease[] {
    return [...this.#leases.values()];
  }

  entry(cameraId: string, profile: Profile): PathEntry | undefined {
    return this.#paths.get(pathKey({ cameraId, profile }));
  }

  entries(): readonly PathEntry[] {
    return [...this.#paths.values()];
  }

  /** Sources that wait for their turn to start. */
  get queueLength(): number {
    return this.#starts.length;
  }

  /** Sources being opened. */
  get openingCount(): number {
    return this.#starts.opening;
  }

  get playbackCount(): number {
    return this.#playbacks.size + this.#wallPlaybacks.size;
  }

  /** What the hub is told of a path. */
  report(entry: PathEntry): PathReport {
    const { path } = entry;
    return {
      cameraId: path.cameraId,
      profile: path.profile,
      state: path.state,
      since: path.since,
      reason: path.reason,
      viewers: sumOf(shownOf(entry), ({ playbacks }) => playbacks),
      leases: path.leases,
      ...path.rates(),
      lastUnitAt: path.lastUnitAt,
      codec: path.codec,
      transcoding: entry.view?.transcoding ?? false,
      link: path.link,
    };
  }

  /** How the latest opening of a path went; null when there is no such path. */
  trace(cameraId: string, profile: Profile): PathTrace | null {
    const entry = this.entry(cameraId, profile);
    return entry ? { ...entry.path.trace(), report: this.report(entry) } : null;
  }

  /** The camera is there now, as somebody else noticed: whoever waits for it need not wait longer. */
  wake(cameraId: string): void {
    for (const profile of ['main', 'sub'] as const) this.entry(cameraId, profile)?.path.wake();
  }

  /** What sources failed for is over: whoever waits for one of them need not wait longer. */
  wakeFailedFor(reason: ErrorCode): void {
    for (const { path } of this.entries()) if (path.reason === reason) path.wake();
  }

  /** Does what is due. */
  tick(): void {
    const now = this.#now();
    this.#starts.review(now);
    for (const entry of this.#paths.values()) {
      entry.path.tick();
      for (const output of entry.outputs.values()) output.sweep(now);
    }
    if (now - this.#sweptAt >= sweepEveryMs) {
      this.#sweptAt = now;
      this.#sweep(now);
    }
  }

  #sweep(now: number): void {
    for (const playback of this.#playbacks.values()) {
      if (playback.held > 0) this.touch(playback);
      else if (now - playback.activeAt >= idleMs) this.endPlayback(playback);
    }
    for (const playback of this.#wallPlaybacks) this.touch(playback);
    for (const lease of this.#leases.idle(now)) {
      this.#end(lease);
      this.counters.leasesIdle += 1;
      this.#listener.leaseEnded(lease.leaseId, 'idle');
    }
    for (const [key, entry] of this.#paths) {
      const { path } = entry;
      if (path.state === 'ready') this.#starts.measured(path, path.rates().kbps);
      for (const shown of [entry.outputs, entry.feeds]) this.#sweepShown(entry, shown, now);
      // What a path remembers of a camera is worth keeping, but not without end.
      if (!path.isOver && !(path.isQuiet && this.#paths.size > 2 * this.#options.maxPaths)) continue;
      this.#paths.delete(key);
      this.counters.droppedUnits += entry.path.droppedUnits;
      this.counters.skippedUnits += entry.path.skippedUnits;
      this.counters.sourceRuns += entry.path.runs;
    }
  }

  /** What nobody has played for a while is not made any more. */
  #sweepShown(entry: PathEntry, shown: Map<Rendition, HlsOutput | WallFeed>, now: number): void {
    for (const [rendition, one] of shown) {
      const isTranscoded = rendition === 'h264' && entry.view?.transcoding === true;
      const lingerMs = entry.path.state === 'idle' ? 0 : isTranscoded ? transcodeLingerMs : outputLingerMs;
      if (one.playbacks > 0 || now - one.unplayedSince < lingerMs) continue;
      shown.delete(rendition);
      one.dispose();
      this.#leaveView(entry);
      this.#listener.pathChanged(entry);
    }
  }

  /** Stops every source; resolves when all have ended. */
  async stop(): Promise<void> {
    for (const playback of this.#playbacks.values()) this.endPlayback(playback);
    for (const playback of this.#wallPlaybacks) this.endWallPlayback(playback);
    await Promise.all([...this.#paths.values()].map((entry) => entry.path.stop()));
  }

  #entryFor(order: LeaseOrder): Result<PathEntry, Problem> {
    const known = this.#paths.get(pathKey(order));
    if (!known?.isActive && this.#active >= this.#options.maxPaths) {
      // Lingering cameras make room for one that somebody wants to see now, the one longest unwatched first.
      const lingering = this.entries().filter((entry) => entry.path.state === 'draining');
      if (lingering.length === 0) return err(problem('relay-overloaded', { maxPaths: this.#options.maxPaths }));
      lingering.reduce((oldest, entry) => (entry.path.since < oldest.path.since ? entry : oldest)).path.cutLinger();
    }
    if (known) return ok(known);
    const entry: PathEntry = {
      path: new StreamPath({
        cameraId: order.cameraId,
        profile: order.profile,
        openSource: this.#options.openSource,
        lingerMs: this.#options.lingerMs,
        watchdogMs: this.#options.watchdogMs,
        clock: this.#options.clock,
        log: this.#options.log,
        turns: this.#turns,
        quarantine: this.#options.quarantine,
        counters: this.counters,
        onChange: ({ state }) => {
          const isActive = state !== 'idle';
          if (isActive !== entry.isActive) this.#active += isActive ? 1 : -1;
          entry.isActive = isActive;
          if (state === 'failed' || state === 'starting') for (const feed of entry.feeds.values()) feed.forget();
          for (const output of entry.outputs.values()) output.review();
          for (const playback of entry.wallPlaybacks) playback.listener.changed();
          this.#listener.pathChanged(entry);
        },
      }),
      isActive: false,
      outputs: new Map(),
      feeds: new Map(),
      view: null,
      wallPlaybacks: new Set(),
    };
    return ok(entry);
  }

  #renditionOf(lease: Lease): Rendition {
    return this.#options.createH264View && !lease.decodes.includes('h265') ? 'h264' : 'as-is';
  }

  #outputOf(entry: PathEntry, rendition: Rendition): HlsOutput {
    const known = entry.outputs.get(rendition);
    // One that came to nothing is tried anew: a place among the transcoders, or the worker itself, may be there again.
    if (known && (known.problem === null || known.playbacks > 0)) return known;
    if (known) {
      entry.outputs.delete(rendition);
      known.dispose();
      this.#leaveView(entry);
    }
    const output = new HlsOutput(this.#sourceOf(entry, rendition), this.#options.createHls());
    entry.outputs.set(rendition, output);
    return output;
  }

  #feedOf(entry: PathEntry, rendition: Rendition): WallFeed {
    const known = entry.feeds.get(rendition);
    if (known) return known;
    const feed = new WallFeed(this.#sourceOf(entry, rendition), () => rendition === 'h264' && entry.view?.transcoding === true);
    entry.feeds.set(rendition, feed);
    return feed;
  }

  #sourceOf(entry: PathEntry, rendition: Rendition): StreamPath | H264View {
    if (rendition === 'as-is') return entry.path;
    if (!entry.view) {
      const view = this.#options.createH264View!(entry.path);
      entry.view = view;
      view.onChange(() => {
        if (view.problem) entry.feeds.get('h264')?.forget();
        for (const playback of entry.wallPlaybacks) playback.listener.changed();
        this.#listener.pathChanged(entry);
      });
    }
    return entry.view;
  }

  /** Ends the view when nothing is made of it any more. */
  #leaveView(entry: PathEntry): void {
    if (entry.outputs.has('h264') || entry.feeds.has('h264')) return;
    entry.view?.dispose();
    entry.view = null;
  }

  #end(lease: Lease): void {
    for (const id of lease.playbacks) {
      const playback = this.#playbacks.get(id);
      if (playback) this.endPlayback(playback);
    }
    if (lease.playbacks.size > 0)
      for (const playback of this.#paths.get(pathKey(lease))!.wallPlaybacks) if (playback.lease === lease) this.endWallPlayback(playback);
    this.#leases.delete(lease.leaseId);
    const entry = this.#paths.get(pathKey(lease))!;
    entry.path.release(isWatcher(lease));
    this.#listener.pathChanged(entry);
  }

  #now(): number {
    return this.#options.clock.monotonic();
  }
}

/** A diagnosis wants to know, it does not want to see. */
const isWatcher = (lease: Lease): boolean => lease.purpose !== 'diagnosis';

/** The start queue as paths see it. Sources that open no connection to a camera do not stand in it. */
function turnsOf(starts: StartQueue, clock: Clock): StartTurns {
  return {
    ask(path, source) {
      const place = sourcePlace(source, path.profile);
      const kind = !path.isWatched ? 'diagnosis' : path.failures > 0 ? 'again' : 'fresh';
      if (place) starts.ask(path, place, kind, clock.monotonic());
      else path.begin(0);
    },
    watch: (path) => starts.watch(path),
    withdraw: (path) => starts.withdraw(path),
    answered: (path) => starts.answered(path),
    opened: (path) => starts.opened(path, clock.monotonic()),
    over: (path) => starts.over(path, clock.monotonic()),
    located: (path, address) => starts.located(path, address),
  };
}

/** Everything that is made of a path for its viewers. */
const shownOf = ({ outputs, feeds }: PathEntry): readonly (HlsOutput | WallFeed)[] => [...outputs.values(), ...feeds.values()];

const sumOf = <T>(all: Iterable<T>, of: (one: T) => number): number => {
  let sum = 0;
  for (const one of all) sum += of(one);
  return sum;
};

const pathKey = (of: { readonly cameraId: string; readonly profile: string }): string => `${of.cameraId}/${of.profile}`;
