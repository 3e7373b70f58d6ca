import { problem, type Problem } from '../../main/contract/errors.ts';
import type { Clock } from '../../main/contract/time.ts';
import { content, refusal, type Answer } from './answer.ts';
import type { HlsOutput } from './hls-output.ts';
import type { Playback, RelayCore } from './relay-core.ts';
import type { TicketGate } from './ticket-gate.ts';
import type { Ticket } from './ticket.ts';

/** Low-latency HLS for whoever has a ticket: the same resources over HTTP and over the socket. */
export interface HlsDoor {
  /**
   * Answers `target` (origin-relative, with its query) now or when it can be answered. `reply` is called exactly once,
   * unless the function given back withdraws the request first.
   */
  get(target: string, reply: (answer: Answer) => void): () => void;
  /** Requests that wait. */
  readonly held: number;
}

export interface HlsDoorOptions {
  readonly core: RelayCore;
  readonly tickets: TicketGate;
  readonly clock: Clock;
}

/** How long the opening of a cold camera may take. */
const openWaitMs = 10_000;
const heldPerPlayback = 8;
const heldInAll = 16_384;
const playlistType = 'application/vnd.apple.mpegurl';
const nothing = () => {};

/** See `HlsDoor`. Clause numbers are of draft-pantos-hls-rfc8216bis. */
export function createHlsDoor({ core, tickets, clock }: HlsDoorOptions): HlsDoor {
  let held = 0;

  /** Waits for `check`, within the bounds of how much may wait. */
  const hold = (playback: Playback, waitMs: number, check: () => Answer | null, late: () => Answer, reply: (answer: Answer) => void) => {
    const now = check();
    if (now || playback.held >= heldPerPlayback || held >= heldInAll) {
      if (!now) core.counters.heldRefused += 1;
      reply(now ?? refusal(held >= heldInAll ? 'relay-overloaded' : 'too-many-requests', { max: heldPerPlayback }));
      return nothing;
    }
    held += 1;
    playback.held += 1;
    let waits = true;
    const settle = () => {
      if (!waits) return false;
      waits = false;
      held -= 1;
      playback.held -= 1;
      core.touch(playback);
      return true;
    };
    const withdraw = playback.output.hold({
      playbackId: playback.id,
      deadline: clock.monotonic() + waitMs,
      check,
      late,
      reply: (answer) => {
        if (settle()) reply(answer);
      },
    });
    return () => {
      withdraw();
      settle();
    };
  };

  const open = (query: URLSearchParams, reply: (answer: Answer) => void) => {
    const refuse = ({ code, params }: Problem) => {
      reply(refusal(code, params));
      return nothing;
    };
    const ticket = tickets.take(query.get('ticket') ?? '');
    if (!ticket.ok) return refuse(ticket.error);
    const started = core.startPlayback(ticket.value.leaseId);
    if (!started?.ok) {
      tickets.giveBack(ticket.value);
      return refuse(started ? started.error : tickets.refuse('lease-ended'));
    }
    return openPlayback(started.value, ticket.value, reply);
  };

  const openPlayback = (playback: Playback, ticket: Ticket, reply: (answer: Answer) => void) => {
    const { output, entry } = playback;
    const cameToNothing = () => {
      tickets.giveBack(ticket);
      core.endPlayback(playback);
    };
    let answered = false;
    const withdraw = hold(
      playback,
      openWaitMs,
      () => {
        const refused = refusalOf(playback);
        if (refused) return refused;
        // Ready is a key picture and a part that begins with it: a player can start.
        if (entry.path.state === 'starting' || !output.stream.ready) return null;
        return content(playlistType, Buffer.from(output.stream.master(`/hls/p/${playback.id}/media.m3u8`)));
      },
      () => stillStarting(playback),
      (answer) => {
        answered = true;
        if (answer.problem !== null) cameToNothing();
        reply(answer);
      },
    );
    return () => {
      if (answered) return;
      withdraw();
      cameToNothing();
    };
  };

  /** §6.2.5.2: holds the request until the playlist has what the directives ask for. */
  const media = (playback: Playback, query: URLSearchParams, reply: (answer: Answer) => void) => {
    const { output } = playback;
    const msn = directive(query, '_HLS_msn');
    const part = directive(query, '_HLS_part');
    const bad = msn === 'bad' || part === 'bad' || (msn === null && part !== null);
    if (bad || (msn !== null && isTooFar(output, msn))) {
      reply(refusal('malformed', { field: msn === null || msn === 'bad' || part !== 'bad' ? '_HLS_msn' : '_HLS_part' }));
      return nothing;
    }
    return hold(
      playback,
      3000 * output.targetDurationSeconds(),
      () => {
        const refused = refusalOf(playback);
        if (refused) return refused;
        if (!(msn === null ? output.stream.ready : hasReached(output, msn, part))) return null;
        return content(playlistType, output.playlist());
      },
      () => overdue(playback),
      reply,
    );
  };

  const resource = (playback: Playback, name: string, reply: (answer: Answer) => void) => {
    const { output } = playback;
    const there = () => {
      const found = output.stream.resource(name);
      return found ? content(found.contentType, found.bytes) : null;
    };
    const found = there();
    const hinted = /^p(\d{1,15})\.(\d{1,9})\.m4s$/.exec(name);
    if (found || !hinted) {
      reply(found ?? refusal('not-found'));
      return nothing;
    }
    // §4.4.5.3 and §6.2.6: a hinted part is waited for; one that the stream passed by will never be.
    const [msn, part] = [Number(hinted[1]), Number(hinted[2])];
    const isNext = () => {
      const next = output.stream.position();
      return (msn === next.msn && part === next.part) || (msn === next.msn + 1 && part === 0);
    };
    return hold(
      playback,
      3000 * output.targetDurationSeconds(),
      () => {
        const now = there();
        if (now) return now;
        if (!isNext()) return refusal('not-found');
        return refusalOf(playback);
      },
      () => overdue(playback),
      reply,
    );
  };

  return {
    get(target, reply) {
      core.counters.requests += 1;
      const questionMark = target.indexOf('?');
      const path = questionMark < 0 ? target : target.slice(0, questionMark);
      const query = new URLSearchParams(questionMark < 0 ? '' : target.slice(questionMark + 1));
      if (path === '/hls/open.m3u8') return open(query, reply);
      const match = /^\/hls\/p\/([A-Za-z0-9_-]{1,64})\/([A-Za-z0-9._-]{1,64})$/.exec(path);
      if (!match) {
        reply(refusal('not-found'));
        return nothing;
      }
      // An id that never was is not told from one that ended.
      const playback = core.playback(match[1]!);
      if (!playback) {
        reply(refusal('playback-ended'));
        return nothing;
      }
      core.touch(playback);
      return match[2] === 'media.m3u8' ? media(playback, query, reply) : resource(playback, match[2]!, reply);
    },
    get held() {
      return held;
    },
  };
}

function directive(query: URLSearchParams, name: string): number | null | 'bad' {
  const text = query.get(name);
  if (text === null) return null;
  return /^\d{1,15}$/.test(text) ? Number(text) : 'bad';
}

/** More than two segments after the last complete one: such a playlist is not near, the request is an error (§6.2.5.2). */
const isTooFar = (output: HlsOutput, msn: number): boolean => msn > output.stream.position().msn - 1 + 2;

/** The playlist contains this segment, or this part, or something later; a part beyond a segment's last is the next one's first. */
function hasReached(output: HlsOutput, msn: number, part: number | null): boolean {
  const next = output.stream.position();
  if (part === null || next.msn > msn + 1) return next.msn > msn;
  if (next.msn === msn + 1) return next.part > 0 || output.stream.has(msn, part);
  return next.msn === msn && next.part > part;
}

/** Why nothing will come, for now; null while something may. */
function refusalOf({ entry: { path }, output }: Playback): Answer | null {
  const failure = path.state === 'failed' ? (path.failure ?? problem('source-failed')) : output.problem;
  return failure && refusal(failure.code, failure.params);
}

/** A camera that has not had its turn yet is not slow. */
const stillStarting = ({ entry: { path } }: Playback): Answer =>
  refusal(path.reason === 'source-queued' ? 'source-queued' : 'path-starting');

const overdue = (playback: Playback): Answer =>
  playback.entry.path.state === 'ready' ? refusal('source-stalled') : stillStarting(playback);
