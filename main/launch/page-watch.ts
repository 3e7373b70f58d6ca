import { readFileSync } from 'node:fs';
import type { Clock } from '../contract/time.ts';
import { askToRefresh, beginsWithinMs, hasNotBegun, memoryAtMostMb, pageLoss, type PageSigns } from '../supervision/page-signs.ts';
import type { DevtoolsPipe } from './devtools-pipe.ts';
import { keepInPlace, type WindowPlace } from './window-place.ts';

const lookEveryMs = 5000;
const memoryEveryLooks = 6;
/** A window that cannot be put where it belongs, because its display is off, is moved less and less often: each time it flickers. */
const moveAtLeastEveryLooks = 12;
/** A page that does not answer within this time does not paint either. */
const answerWithinMs = 10_000;

/** Whatever should have taken less by so much: this computer slept, or this process was stopped, and what is seen at first says nothing of the page. */
const standstillMs = 5000;

/** A browser that answers, and has had no page for so long, shows nothing. One that never answers may have been built or told to have no such pipe. */
const startsWithinMs = 120_000;

/**
 * What the page of a wall says of itself: how long ago it painted; null while it is no wall (not loaded yet, waits to be let in). The browser's own
 * page about a server that does not answer says so, and so does a page whose script was not there: nobody is there to load it again.
 */
const paintedAgo = `globalThis.taoduWall?.paintedAt == null
  ? location.protocol === "chrome-error:" ? "none" : ${hasNotBegun} ? "empty" : null
  : performance.now() - globalThis.taoduWall.paintedAt`;

/** The hub did not answer when the page was loaded: no fault of the page. */
export const hubAway = 'the hub does not answer';

/** What the browser is asked with, besides its pipe. */
export interface PageWatchOptions {
  readonly clock: Clock;
  /** Ends the watch. */
  readonly over: AbortSignal;
  /** Where its window belongs on the desktop just now; null while its display is away: then the window is put away, and nobody asks whether it paints. */
  place(): WindowPlace | null;
  /** The page is lost: called once at most. */
  lose(why: string): void;
  /** What a process holds, in MB; null when it cannot be told. */
  memoryOf?(pid: number): number | null;
}

/**
 * Watches the one page of a kiosk browser until `over`: that its renderer lives, that it answers, that it paints, that it does not grow beyond
 * measure, and that its window is where it belongs. A browser stays up when its page crashes, and would show that for ever.
 */
export function watchPage(pipe: DevtoolsPipe, { clock, over, place, lose, memoryOf = pssMb }: PageWatchOptions): void {
  const openedAt = clock.monotonic();
  let signs: PageSigns = { loadedAt: openedAt, heartbeatAt: null, memoryMb: null };
  let session: string | null = null;
  let attachedAt = openedAt;
  let target = '';
  const lost = new AbortController();
  const ended = AbortSignal.any([over, lost.signal]);
  const loseOnce = (why: string) => {
    if (ended.aborted) return;
    lost.abort();
    lose(why);
  };
  const ask = async (method: string, params: object, sessionId?: string) => {
    const askedAt = clock.monotonic();
    const enough = new AbortController();
    const late = clock.sleep(answerWithinMs, enough.signal).then(
      () => enough.abort(),
      () => {},
    );
    try {
      return await pipe.send(method, params, AbortSignal.any([over, enough.signal]), sessionId);
    } catch (cause) {
      if (clock.monotonic() - askedAt > answerWithinMs + standstillMs) throw new Error('nobody could have heard an answer', { cause });
      throw cause;
    } finally {
      enough.abort();
      await late;
    }
  };
  const attach = async () => {
    const { targetInfos } = (await ask('Target.getTargets', {})) as { targetInfos?: readonly { targetId: string; type: string }[] };
    const page = targetInfos?.find(({ type }) => type === 'page');
    if (!page) return;
    const { sessionId } = await ask('Target.attachToTarget', { targetId: page.targetId, flatten: true });
    session = String(sessionId);
    target = page.targetId;
    await ask('Inspector.enable', {}, session);
  };
  const memory = async () => {
    const { processInfo } = (await ask('SystemInfo.getProcessInfo', {})) as { processInfo?: readonly { id: number }[] };
    const parts = (processInfo ?? []).map(({ id }) => memoryOf(id));
    const known = parts.filter((part) => part !== null);
    signs = { ...signs, memoryMb: known.length === 0 ? null : known.reduce((sum, part) => sum + part, 0) };
  };
  /** A page that makes itself anew does so unseen; one that cannot, or is of a version that does not know how, is lost at once. */
  const ease = async (page: string) => {
    const { result } = (await ask('Runtime.evaluate', { expression: askToRefresh, returnByValue: true }, page)) as {
      result?: { value?: unknown };
    };
    if (result?.value === true) signs = { ...signs, refreshAskedAt: clock.monotonic() };
    else loseOnce('memory');
  };
  let nextMove = 0;
  let movedInVain = 0;
  let where = place();
  const lookForPlace = () => {
    const now = place();
    if (now === where) return;
    // What was out of sight has to paint again first.
    if (where === null) signs = { ...signs, loadedAt: clock.monotonic() };
    where = now;
    nextMove = 0;
    movedInVain = 0;
  };
  const putInPlace = async (round: number) => {
    if (round < nextMove) return;
    movedInVain = (await keepInPlace(ask, target, where)) ? 0 : movedInVain + 1;
    nextMove = round + Math.min(moveAtLeastEveryLooks, 2 ** Math.max(0, movedInVain - 1));
  };
  let looksWithoutHub = 0;
  let looksAtNothing = 0;
  const look = async (round: number) => {
    lookForPlace();
    if (session === null) await attach();
    if (session === null) {
      if (clock.monotonic() - attachedAt > startsWithinMs) loseOnce('no page');
      return;
    }
    attachedAt = clock.monotonic();
    const { result } = (await ask('Runtime.evaluate', { expression: paintedAgo, returnByValue: true }, session)) as {
      result?: { value?: unknown };
    };
    const ago = result?.value;
    looksWithoutHub = ago === 'none' ? looksWithoutHub + 1 : 0;
    // The browser may just be trying again by itself.
    if (looksWithoutHub > 1) return loseOnce(hubAway);
    looksAtNothing = ago === 'empty' ? looksAtNothing + 1 : 0;
    if (looksAtNothing * lookEveryMs > beginsWithinMs) return loseOnce('the page never began');
    signs = { ...signs, heartbeatAt: typeof ago === 'number' && where !== null ? clock.monotonic() - ago : null };
    if (round % memoryEveryLooks === 0) await memory();
    // A browser that cannot say where its window is shows a dead page all the same.
    const why = pageLoss(signs, clock.monotonic());
    if (why === 'too large') await ease(session);
    else if (why !== null) loseOnce(why);
    else await putInPlace(round);
    // Whatever it was asked for is done; should it grow again it is asked again.
    if (why === null && signs.memoryMb !== null && signs.memoryMb <= memoryAtMostMb) signs = { ...signs, refreshAskedAt: null };
  };
  const stop = pipe.onEvent(({ method, sessionId }) => {
    if (sessionId !== session) return;
    if (method === 'Inspector.targetCrashed') loseOnce('renderer crashed');
    // Another page took its place in the same window: attached to anew.
    else if (method === 'Inspector.detached') session = null;
  });
  void (async () => {
    for (let round = 1; !ended.aborted; round += 1) {
      const restsFrom = clock.monotonic();
      await clock.sleep(lookEveryMs, ended).catch(() => {});
      if (ended.aborted) break;
      // After a sleep its last picture is old, and it has had no time yet to paint another.
      if (clock.monotonic() - restsFrom > lookEveryMs + standstillMs) continue;
      await look(round).catch((error: unknown) => {
        // Before the page was ever attached the browser may still be starting; its end is heard elsewhere.
        if (session !== null && String(error).includes('does not answer')) loseOnce('unresponsive');
      });
    }
    stop();
  })();
}

/** Proportional set size of a process, Linux only. */
function pssMb(pid: number): number | null {
  try {
    const kb = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1];
    return kb === undefined ? null : Number(kb) / 1024;
  } catch {
    return null;
  }
}
