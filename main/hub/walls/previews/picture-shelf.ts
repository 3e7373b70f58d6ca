import type { EpochMs } from '../../../contract/time.ts';

/** The last picture of one screen. */
export interface KeptPicture {
  readonly at: EpochMs;
  /** Of the scene that it shows. */
  readonly revision: number;
  /** Whose pictures are in it. */
  readonly cameras: readonly string[];
  /** In base64: whoever asks gets it as it came. */
  readonly jpeg: string;
  /** Of the page that made it. */
  readonly sessionId: string;
}

/** What the pictures of all screens may take together, in characters, which are bytes. */
export const shelfBytes = 64 * 1024 * 1024;

/**
 * The last picture of each screen that somebody asked for, in memory alone. Bounded in bytes: the screen that was asked for longest ago loses
 * its picture first.
 */
export class PictureShelf {
  readonly #bytesAtMost: number;
  /** Screens in the order in which they were last asked for, each with the time. */
  readonly #asked = new Map<string, number>();
  readonly #kept = new Map<string, { readonly picture: KeptPicture; readonly since: number }>();
  #bytes = 0;
  #dropped = 0;

  constructor(bytesAtMost = shelfBytes) {
    this.#bytesAtMost = bytesAtMost;
  }

  get size(): number {
    return this.#kept.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Pictures that had to go for want of room. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Somebody asks for this screen at `now` (monotonic, milliseconds). */
  ask(screen: string, now: number): KeptPicture | undefined {
    this.#asked.delete(screen);
    this.#asked.set(screen, now);
    return this.#kept.get(screen)?.picture;
  }

  /** Whether somebody has asked for the screen since `since`. */
  isAskedFor(screen: string, since: number): boolean {
    return (this.#asked.get(screen) ?? Number.NEGATIVE_INFINITY) >= since;
  }

  /** Keeps it from `now` on in place of the one before; answers false when nobody has asked for this screen, or there is no room for it. */
  keep(screen: string, picture: KeptPicture, now: number): boolean {
    if (!this.#asked.has(screen)) return false;
    this.#forget(screen);
    this.#kept.set(screen, { picture, since: now });
    this.#bytes += picture.jpeg.length;
    for (const oldest of this.#asked.keys()) {
      if (this.#bytes <= this.#bytesAtMost) break;
      if (this.#forget(oldest)) this.#dropped += 1;
    }
    return this.#kept.has(screen);
  }

  /** Forgets what a session made: its display is nobody's any more. */
  forgetOf(sessionId: string): void {
    for (const [screen, { picture }] of this.#kept) if (picture.sessionId === sessionId) this.#forget(screen);
  }

  /** Forgets screens that nobody has asked for since then (monotonic), and pictures that no newer one has followed since then. */
  sweep(since: number): void {
    for (const [screen, at] of this.#asked) {
      if (at >= since) break;
      this.#asked.delete(screen);
      this.#forget(screen);
    }
    for (const [screen, kept] of this.#kept) if (kept.since < since) this.#forget(screen);
  }

  #forget(screen: string): boolean {
    const kept = this.#kept.get(screen);
    if (!kept) return false;
    this.#kept.delete(screen);
    this.#bytes -= kept.picture.jpeg.length;
    return true;
  }
}
