import type { WatchListener } from '../../../../streams/index.ts';

/** The most cameras that one session may look at through previews: the fullest screens of a large wall. */
export const maxLooksPerSession = 4096;

interface Look {
  lastAt: number;
  /** The answer with which it began is on record. */
  begun: boolean;
}

/** Cameras whose look begins with an answer that is on its way. */
export interface BeginningLooks {
  readonly cameras: readonly string[];
  /** The answer is on record: they have begun. */
  onRecord(): void;
}

/**
 * Who looks at which cameras by pictures of whole screens, told to the watch register like leases: one beginning a session and camera, and one
 * end, some time after the last look. What could not be written down has not begun: it begins with the next answer.
 */
export class PreviewLooks {
  readonly #watching: Pick<WatchListener, 'given' | 'ended'>;
  readonly #perSession: number;
  readonly #bySession = new Map<string, Map<string, Look>>();

  constructor(watching: Pick<WatchListener, 'given' | 'ended'>, perSession = maxLooksPerSession) {
    this.#watching = watching;
    this.#perSession = perSession;
  }

  /** Looks that go on, each session and camera apart. */
  get size(): number {
    let size = 0;
    for (const looks of this.#bySession.values()) size += looks.size;
    return size;
  }

  /**
   * A session is given a picture of these cameras at `now` (monotonic, milliseconds) by a command. Answers which looks begin with it; null when
   * it looks at too many, and then nothing has changed.
   */
  look(sessionId: string, cameras: readonly string[], commandId: string, now: number): BeginningLooks | null {
    const looks = this.#bySession.get(sessionId) ?? new Map<string, Look>();
    const beginning = [...new Set(cameras)].filter((cameraId) => !looks.get(cameraId)?.begun);
    const more = beginning.filter((cameraId) => !looks.has(cameraId)).length;
    if (looks.size + more > this.#perSession) return null;
    for (const cameraId of cameras) {
      const look = looks.get(cameraId);
      if (look) look.lastAt = now;
    }
    const begun: Look[] = [];
    for (const cameraId of beginning) {
      // An earlier answer was not written down: for the register it has never been given.
      if (looks.has(cameraId)) this.#watching.ended({ sessionId, cameraId });
      this.#watching.given({ sessionId, cameraId }, commandId);
      const look: Look = { lastAt: now, begun: false };
      looks.set(cameraId, look);
      begun.push(look);
    }
    if (looks.size > 0) this.#bySession.set(sessionId, looks);
    return { cameras: beginning, onRecord: () => begun.forEach((look) => (look.begun = true)) };
  }

  /** Ends what nobody has looked at since `since`. */
  sweep(since: number): void {
    for (const [sessionId, looks] of this.#bySession) {
      for (const [cameraId, { lastAt }] of looks) {
        if (lastAt >= since) continue;
        looks.delete(cameraId);
        this.#watching.ended({ sessionId, cameraId });
      }
      if (looks.size === 0) this.#bySession.delete(sessionId);
    }
  }

  /** Ends all looks of a session. */
  endSession(sessionId: string): void {
    const looks = this.#bySession.get(sessionId);
    this.#bySession.delete(sessionId);
    for (const cameraId of looks?.keys() ?? []) this.#watching.ended({ sessionId, cameraId });
  }

  /** Ends them all. */
  endAll(): void {
    for (const sessionId of this.#bySession.keys()) this.endSession(sessionId);
  }
}
