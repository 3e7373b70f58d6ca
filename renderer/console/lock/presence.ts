/** Whether somebody is at this desk: tells the hub, and ends what is shown by itself when nobody has been there for too long. */
export interface Presence {
  /** A real key, or a real move of the pointer. */
  touch(): void;
  stop(): void;
}

/** The hub hears of it at most once in so long. */
export const tellEveryMs = 30_000;

/** What the pages of one session in one browser tell each other. */
export type PageChannel = Pick<BroadcastChannel, 'postMessage' | 'addEventListener' | 'removeEventListener'>;

export interface PresenceDeps {
  /** Milliseconds that also pass while the machine sleeps. */
  now(): number;
  /**
   * Tells the hub; answers after how long without anybody it locks, or null where it does not. `unheard` when the hub could not be asked: then
   * its last answer holds.
   */
  tell(): Promise<{ readonly lockAfterMs: number | null } | 'unheard'>;
  /** Nobody has been here for too long. Called once. */
  onIdle(): void;
  readonly others?: PageChannel | undefined;
}

/**
 * Begins to watch. Whoever opened the page is taken to be there, and the hub is told at once, which is also how the page learns when to
 * lock. The page counts by itself from then on, so that it locks in time when the hub is gone.
 */
export function startPresence({ now, tell, onIdle, others }: PresenceDeps): Presence {
  let touchedAt = now();
  let toldAt = touchedAt;
  let lockAfterMs: number | null = null;
  let telling = false;
  let ended = false;
  let lockTimer: ReturnType<typeof setTimeout> | undefined;
  let tellTimer: ReturnType<typeof setTimeout> | undefined;

  /** Locks when it is time, else looks again when it would be. */
  const check = () => {
    clearTimeout(lockTimer);
    if (ended || lockAfterMs === null) return;
    // A clock that was set back must not keep the desk open longer than one who sits there could.
    touchedAt = Math.min(touchedAt, now());
    const leftMs = touchedAt + lockAfterMs - now();
    if (leftMs > 0) {
      lockTimer = setTimeout(check, leftMs);
      return;
    }
    stop();
    onIdle();
  };

  /** Somebody is there, unless it is too late for that: a machine that slept past the moment must not wake up open. */
  const see = () => {
    if (lockAfterMs !== null && now() >= touchedAt + lockAfterMs) check();
    else touchedAt = now();
  };

  const say = async () => {
    tellTimer = undefined;
    telling = true;
    toldAt = now();
    others?.postMessage('here');
    const answer = await tell();
    telling = false;
    if (ended) return;
    if (answer !== 'unheard') lockAfterMs = answer.lockAfterMs;
    check();
    if (touchedAt > toldAt) sayInTurn();
  };
  /** At once when the hub was not told for long enough, else at the end of that pause. */
  const sayInTurn = () => {
    if (ended || telling || tellTimer !== undefined) return;
    tellTimer = setTimeout(() => void say(), Math.max(0, toldAt + tellEveryMs - now()));
  };

  const hear = (event: Event) => {
    if ((event as MessageEvent<unknown>).data === 'here') see();
  };
  others?.addEventListener('message', hear);

  function stop(): void {
    ended = true;
    clearTimeout(lockTimer);
    clearTimeout(tellTimer);
    others?.removeEventListener('message', hear);
  }

  void say();
  return {
    touch() {
      see();
      sayInTurn();
    },
    stop,
  };
}
