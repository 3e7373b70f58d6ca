import type { Problem } from '../../main/contract/errors.ts';
import type { HlsStream } from './hls/hls-stream.ts';
import type { Answer } from './answer.ts';
import type { AccessUnitSink } from './source.ts';

/** What the output needs of the HLS muxer. */
export type HlsMuxer = Pick<
  HlsStream,
  | 'push'
  | 'master'
  | 'media'
  | 'ready'
  | 'position'
  | 'has'
  | 'resource'
  | 'onAdvance'
  | 'heldBytes'
  | 'fragment'
  | 'lastIndependent'
  | 'described'
>;

/** Where an output's units come from: a path, or a view of one. `subscribe` begins with what is kept. */
export interface UnitFeed {
  subscribe(sink: AccessUnitSink): () => void;
}

/** A path's pictures for viewers who decode H.264 only: as they come, or transcoded. */
export interface H264View extends UnitFeed {
  /** Why nothing can be handed out; null when something can. */
  readonly problem: Problem | null;
  /** Whether pictures are being transcoded. */
  readonly transcoding: boolean;
  /** Problem or transcoding changed. */
  onChange(listener: () => void): () => void;
  dispose(): void;
}

/** A request that waits for something which does not exist yet. */
export interface HeldRequest {
  /** Whose request it is: ended together with it. */
  readonly playbackId: string;
  /** On the monotonic clock. */
  readonly deadline: number;
  /** The answer as soon as there is one. */
  check(): Answer | null;
  /** The answer when the deadline has passed. */
  late(): Answer;
  reply(answer: Answer): void;
}

/**
 * One path's HLS, muxed once for all its playbacks, and the requests that wait for its next parts. They are looked at when a
 * part appears, when the path's state changes, when their playback ends and when their time is up: no timer of their own.
 */
export class HlsOutput {
  readonly stream: HlsMuxer;
  readonly #held = new Set<HeldRequest>();
  readonly #view: H264View | null;
  readonly #stops: readonly (() => void)[];
  /** How many play it now. */
  playbacks = 0;
  /** When the last playback ended, on the monotonic clock. */
  unplayedSince = 0;
  #playlist = '';
  #playlistBytes: Uint8Array = new Uint8Array();

  /** `feed` is told apart from a view, because only views know problems and transcoding of their own. */
  constructor(feed: UnitFeed | H264View, stream: HlsMuxer) {
    this.stream = stream;
    this.#view = 'transcoding' in feed ? feed : null;
    // Listening begins after the burst of kept pictures: nobody waits yet.
    const unsubscribe = feed.subscribe(stream);
    const view = this.#view;
    this.#stops = [unsubscribe, stream.onAdvance(() => this.review()), ...(view ? [view.onChange(() => this.review())] : [])];
  }

  /** Why it has nothing to show although its path has pictures; null when it has. */
  get problem(): Problem | null {
    return this.#view?.problem ?? null;
  }

  get transcoding(): boolean {
    return this.#view?.transcoding ?? false;
  }

  /** The media playlist; encoded once however many ask. */
  playlist(): Uint8Array {
    const text = this.stream.media();
    if (text !== this.#playlist) {
      this.#playlist = text;
      this.#playlistBytes = Buffer.from(text);
    }
    return this.#playlistBytes;
  }

  /** Whole seconds, as the playlist says. */
  targetDurationSeconds(): number {
    return Number(/#EXT-X-TARGETDURATION:(\d+)/.exec(this.stream.media())?.[1] ?? 2);
  }

  /** Answers now if there is an answer, else when there is one. The function given back withdraws the request. */
  hold(request: HeldRequest): () => void {
    const answer = request.check();
    if (answer) {
      request.reply(answer);
      return () => {};
    }
    this.#held.add(request);
    return () => this.#held.delete(request);
  }

  get held(): number {
    return this.#held.size;
  }

  /** Something changed: whoever can be answered now is. */
  review(): void {
    for (const request of this.#held) {
      const answer = request.check();
      if (answer) this.#answer(request, answer);
    }
  }

  /** Answers whose time is up. */
  sweep(now: number): void {
    for (const request of this.#held) {
      if (now >= request.deadline) this.#answer(request, request.check() ?? request.late());
    }
  }

  /** Answers every waiting request of one playback. */
  endPlayback(playbackId: string, answer: Answer): void {
    for (const request of this.#held) {
      if (request.playbackId === playbackId) this.#answer(request, answer);
    }
  }

  #answer(request: HeldRequest, answer: Answer): void {
    // Answering one may withdraw or end others.
    if (this.#held.delete(request)) request.reply(answer);
  }

  /** Stops muxing; a view of its feed is its owner's to end. Playbacks must have ended before. */
  dispose(): void {
    for (const stop of this.#stops) stop();
  }
}
