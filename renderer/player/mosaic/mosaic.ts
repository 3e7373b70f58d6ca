import type { ErrorCode } from '../../../main/contract/errors.ts';
import type { SubscriptionMode } from '../../../streams/wire/wall-ask.ts';
import type { FromMosaic, MosaicFigures, PainterName, TileFacts, TileFactsOnTheirWay, TilePlace, ToMosaic } from './mosaic-protocol.ts';
import { createSoundPlayer, type SoundPlayer } from './sound-player.ts';

/** The page's side of the one canvas that all pictures of a screen are painted on. Never reactive. */
export interface Mosaic {
  /** A place for one more picture; it is seen once it is placed. */
  open(): MosaicTile;
  readonly figures: MosaicFigures | null;
  /**
   * Lets the tile's sound be heard, instead of any other's; or no more, and another's goes on. Needs a click or a key of a person first, as
   * browsers want it.
   */
  listen(tile: MosaicTile, on: boolean): void;
  /** In CSS pixels of the canvas. */
  resize(width: number, height: number): void;
  dispose(): void;
}

/** One tile of the canvas. */
export interface MosaicTile {
  readonly kind: 'mosaic-tile';
  /** Where it is, in CSS pixels from the canvas' top left; null: nowhere. */
  place(place: Omit<TilePlace, 'tile'> | null): void;
  /** Begins a playback. `onEnded` is called once, when it is over by itself. The function given back ends it. */
  play(socketUrl: string, ticket: string, mode: SubscriptionMode, onEnded: (code: ErrorCode, ticketKept: boolean) => void): () => void;
  setMode(mode: SubscriptionMode): void;
  /** What was last told of its pictures; null before the first time. */
  readonly facts: TileFacts | null;
  onFacts(listener: (facts: TileFacts) => void): () => void;
  /**
   * Told false when it is placed elsewhere, and true once the canvas shows it there: in between another tile's picture may still be seen
   * in its place.
   */
  onPlaced(listener: (isThere: boolean) => void): () => void;
  /** Its latest picture as a file with this watermark; null when there is none. */
  snapshot(mark: string): Promise<Blob | null>;
  /** Gives the place back with everything in it. */
  close(): void;
}

/** The part of a Worker that is used here. */
export type MosaicWorker = Pick<Worker, 'postMessage' | 'terminate' | 'addEventListener'>;

export interface MosaicOptions {
  /** `auto`: whatever is fastest here. */
  readonly painter: PainterName | 'auto';
  /** The hub's clock, milliseconds. */
  hubNow(): number;
  clockKnown(): boolean;
  /** The worker is of no use any more, and all playbacks have ended with `decoder-failed`. The canvas cannot be used again. English, for the log. */
  onDead?(detail: string): void;
  /** For tests. */
  readonly worker?: () => MosaicWorker;
  readonly sound?: SoundPlayer;
}

const lookEveryMs = 1_000;
/**
 * A worker that says nothing for so many looks, although it tells its facts four times a second, hangs. Looks, not time: a page that was
 * stopped for a while, with all of its machine, finds what its worker said only after its timers.
 */
const silentLooks = 10;
const snapshotWithinMs = 5_000;
const maxSnapshots = 8;

/** Moved, and the worker does not know yet. */
const notTold = Number.POSITIVE_INFINITY;
const isSameArea = (a: Omit<TilePlace, 'tile'>, b: Omit<TilePlace, 'tile'>) =>
  a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;

/** Hands the canvas to a worker that decodes and paints. The canvas must be fresh; its size in CSS is the page's to say. */
export function createMosaic(canvas: HTMLCanvasElement, options: MosaicOptions): Mosaic {
  const worker = options.worker?.() ?? new Worker(new URL('./mosaic-worker.ts', import.meta.url), { type: 'module', name: 'mosaic' });
  const sound = options.sound ?? createSoundPlayer();
  const tiles = new Map<number, Tile>();
  const snapshots = new Map<number, (blob: Blob | null) => void>();
  let lastTile = 0;
  let lastPlayback = 0;
  let lastSnapshot = 0;
  let lastPlace = 0;
  let width = 0;
  let height = 0;
  let placing = 0;
  let figures: MosaicFigures | null = null;
  let listened: number | null = null;
  let isOver = false;
  let looksInSilence = 0;

  const say = (message: ToMosaic, transfer: Transferable[] = []) => {
    if (!isOver) worker.postMessage(message, transfer);
  };

  const placeAll = () => {
    placing = 0;
    const ratio = globalThis.devicePixelRatio || 1;
    const edge = (at: number) => Math.round(at * ratio);
    const placed: TilePlace[] = [];
    const id = (lastPlace += 1);
    for (const [tile, one] of tiles) {
      const { at } = one;
      if (at === null) continue;
      if (one.placedWith === notTold) one.placedWith = id;
      // Edges are rounded, not sizes: neighbours then neither overlap nor leave a gap.
      const [x, y] = [edge(at.x), edge(at.y)];
      placed.push({ ...at, tile, x, y, width: edge(at.x + at.width) - x, height: edge(at.y + at.height) - y });
    }
    say({ kind: 'place', id, width: Math.max(1, edge(width)), height: Math.max(1, edge(height)), tiles: placed });
  };
  /** Once for all tiles that move in the same frame. */
  const placeSoon = () => {
    if (!isOver && placing === 0) placing = requestAnimationFrame(placeAll);
  };

  class Tile implements MosaicTile {
    readonly kind = 'mosaic-tile';
    readonly number = (lastTile += 1);
    at: Omit<TilePlace, 'tile'> | null = null;
    /** The count of places by which it moved; null once it is there. */
    placedWith: number | null = null;
    facts: TileFacts | null = null;
    playback: number | null = null;
    #mode: SubscriptionMode | null = null;
    readonly #listeners = new Set<(facts: TileFacts) => void>();
    readonly #onPlaced = new Set<(isThere: boolean) => void>();
    #onEnded: ((code: ErrorCode, ticketKept: boolean) => void) | null = null;

    place(place: Omit<TilePlace, 'tile'> | null): void {
      if (!tiles.has(this.number)) return;
      const before = this.at;
      this.at = place;
      placeSoon();
      if (place === null || (before !== null && isSameArea(before, place))) return;
      this.placedWith = notTold;
      for (const listener of this.#onPlaced) listener(false);
    }

    onPlaced(listener: (isThere: boolean) => void): () => void {
      this.#onPlaced.add(listener);
      return () => this.#onPlaced.delete(listener);
    }

    placed(id: number): void {
      if (this.placedWith === null || this.placedWith > id) return;
      this.placedWith = null;
      for (const listener of this.#onPlaced) listener(true);
    }

    play(socketUrl: string, ticket: string, mode: SubscriptionMode, onEnded: (code: ErrorCode, ticketKept: boolean) => void): () => void {
      const playback = (lastPlayback += 1);
      this.playback = playback;
      this.facts = null;
      this.#mode = mode;
      this.#onEnded = onEnded;
      if (isOver || !tiles.has(this.number)) queueMicrotask(() => this.ended(playback, 'decoder-failed', true));
      else say({ kind: 'play', tile: this.number, playback, socketUrl, ticket, mode });
      return () => {
        if (this.playback !== playback) return;
        this.playback = null;
        this.#onEnded = null;
        say({ kind: 'stop', tile: this.number });
      };
    }

    ended(playback: number | null, code: ErrorCode, ticketKept: boolean): void {
      if (playback === null || this.playback !== playback) return;
      const onEnded = this.#onEnded;
      this.playback = null;
      this.#onEnded = null;
      onEnded?.(code, ticketKept);
    }

    setMode(mode: SubscriptionMode): void {
      if (this.playback === null || mode === this.#mode) return;
      this.#mode = mode;
      say({ kind: 'mode', tile: this.number, mode });
    }

    onFacts(listener: (facts: TileFacts) => void): () => void {
      this.#listeners.add(listener);
      return () => this.#listeners.delete(listener);
    }

    told(facts: TileFacts): void {
      // Of an earlier playback: on its way when this one began.
      if (facts.playback !== this.playback) return;
      this.facts = facts;
      for (const listener of this.#listeners) listener(facts);
    }

    snapshot(mark: string): Promise<Blob | null> {
      if (isOver || snapshots.size >= maxSnapshots) return Promise.resolve(null);
      const id = (lastSnapshot += 1);
      const { promise, resolve } = Promise.withResolvers<Blob | null>();
      const late = setTimeout(() => snapshots.get(id)?.(null), snapshotWithinMs);
      snapshots.set(id, (blob) => {
        clearTimeout(late);
        snapshots.delete(id);
        resolve(blob);
      });
      say({ kind: 'snapshot', id, tile: this.number, mark });
      return promise;
    }

    close(): void {
      if (!tiles.delete(this.number)) return;
      if (this.playback !== null) say({ kind: 'stop', tile: this.number });
      if (listened === this.number) listen(null);
      this.playback = null;
      this.#onEnded = null;
      this.#listeners.clear();
      this.#onPlaced.clear();
      if (this.at !== null) placeSoon();
    }
  }

  function listen(tile: number | null): void {
    if (tile !== null) sound.allow();
    if (tile === listened) return;
    listened = tile;
    sound.mute();
    say({ kind: 'listen', tile });
  }

  function look(): void {
    // A hidden page is let sleep by the browser, and its workers with it.
    looksInSilence = document.hidden ? 0 : looksInSilence + 1;
    if (looksInSilence > silentLooks) dead('the worker has gone silent');
  }

  function tellVisible(): void {
    looksInSilence = 0;
    say({ kind: 'visible', visible: !document.hidden });
  }

  /** From the page's clock to the hub's. While that is unknown nobody can say how old a picture is. */
  function tellFacts(told: readonly TileFactsOnTheirWay[]): void {
    const pageNow = performance.timeOrigin + performance.now();
    const offsetMs = options.hubNow() - pageNow;
    const isKnown = options.clockKnown();
    const hubTime = (at: number | null) => (at === null ? null : at + offsetMs);
    for (const { firstPaintedAt, paintedAt, receivedAt, ...facts } of told)
      tiles.get(facts.tile)?.told({
        ...facts,
        firstPaintedAt: hubTime(firstPaintedAt),
        paintedAt: hubTime(paintedAt),
        paintedAgoMs: paintedAt === null ? null : Math.max(0, pageNow - paintedAt),
        receivedAt: isKnown ? receivedAt : null,
      });
  }

  function heard(message: FromMosaic): void {
    looksInSilence = 0;
    switch (message.kind) {
      case 'facts':
        ({ figures } = message);
        tellFacts(message.tiles);
        return;
      case 'placed':
        for (const tile of tiles.values()) tile.placed(message.id);
        return;
      case 'ended':
        tiles.get(message.tile)?.ended(message.playback, message.code, message.ticketKept);
        return;
      case 'sound':
        if (message.tile === listened) sound.push(message.sampleRate, message.channels);
        return;
      case 'snapshot':
        snapshots.get(message.id)?.(message.blob);
        return;
      case 'failed':
        dead(message.detail);
    }
  }

  function finish(): void {
    isOver = true;
    clearInterval(looking);
    cancelAnimationFrame(placing);
    document.removeEventListener('visibilitychange', tellVisible);
    worker.terminate();
    sound.close();
    for (const answer of snapshots.values()) answer(null);
  }

  function dead(detail: string): void {
    if (isOver) return;
    finish();
    for (const tile of tiles.values()) tile.ended(tile.playback, 'decoder-failed', false);
    options.onDead?.(detail);
  }

  worker.addEventListener('message', ({ data }: MessageEvent<FromMosaic>) => {
    if (!isOver) heard(data);
  });
  worker.addEventListener('messageerror', () => dead('a message of the worker could not be read'));
  worker.addEventListener('error', (event) => dead(event.message || 'the worker could not be started'));
  document.addEventListener('visibilitychange', tellVisible);
  const looking = setInterval(look, lookEveryMs);

  const offscreen = canvas.transferControlToOffscreen();
  say({ kind: 'start', canvas: offscreen, painter: options.painter }, [offscreen]);
  if (document.hidden) tellVisible();

  return {
    open() {
      const tile = new Tile();
      if (!isOver) tiles.set(tile.number, tile);
      return tile;
    },
    get figures() {
      return figures;
    },
    listen(tile, on) {
      for (const [number, one] of tiles) {
        if (one !== tile) continue;
        if (on) listen(number);
        else if (number === listened) listen(null);
      }
    },
    resize(toWidth, toHeight) {
      width = toWidth;
      height = toHeight;
      placeSoon();
    },
    dispose() {
      if (isOver) return;
      finish();
      tiles.clear();
    },
  };
}
