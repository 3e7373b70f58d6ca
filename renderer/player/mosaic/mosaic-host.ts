import type { EpochMs } from '../../../main/contract/time.ts';
import type { SubscriptionMode } from '../../../streams/wire/wall-ask.ts';
import { sampleHeight, sampleWidth } from '../picture-look.ts';
import type { FromMosaic, TilePlace, ToMosaic } from './mosaic-protocol.ts';
import { LineLateness } from './line-lateness.ts';
import { tilesToThin } from './overload.ts';
import type { ChosenPainter } from './painter-probe.ts';
import { SoundDecoder, type SoundPorts } from './sound-decoder.ts';
import type { DecoderPorts } from './tile-decoder.ts';
import { TilePlayback } from './tile-playback.ts';
import type { WallLinks } from './wall-link.ts';

/** What the worker lends the mosaic. */
export interface MosaicHostPorts {
  readonly links: WallLinks;
  readonly decoders: DecoderPorts;
  readonly sound: SoundPorts;
  /** Whether the machine has a decoder of its own for large pictures. */
  readonly hardware: boolean;
  readonly painter: ChosenPainter;
  /** Milliseconds, monotonic. */
  now(): number;
  /** When `now` was zero, milliseconds since 1970 on this machine's clock. */
  readonly timeOrigin: number;
  say(message: FromMosaic, transfer?: Transferable[]): void;
}

/** Everything of the mosaic but the worker around it. */
export interface MosaicHost {
  take(message: Exclude<ToMosaic, { kind: 'start' }>): void;
  /** The screen wants a picture: paints when it is time to. */
  frame(): void;
  /** Looks after decoders and load, and tells the facts. */
  tick(): void;
  dispose(): void;
}

/** How often a host is to be ticked. */
export const tickEveryMs = 250;
/** Cameras send 25 pictures a second at most; what the processor has to draw is drawn no oftener than this. */
const paintEveryMs = 33;
/** To show a new canvas costs the same however little of it is new, so many tiles share one: their pictures come all the time anyway. */
const densePaintEveryMs = 50;
const denseFromTiles = 80;
/** The screen's frames are not quite regular: one that comes a little early still counts. */
const earlyMs = 4;
/** After a pass over the canvas everything else gets at least this share of the time that it took. */
const restShare = 0.25;
const sampleEveryMs = 2_000;
/** To look at a picture costs about as much as to paint it: a few at a time. */
const samplesAtOnce = 3;
/** Who is not on the canvas comes last. */
const unplacedRank = 1_000_000;
const figuresEveryMs = 1_000;
/** Browsers give a lost canvas back within a second or two, or never: after too many losses they stop. */
const lostForMs = 5_000;

interface Tile {
  place: TilePlace | null;
  mode: SubscriptionMode;
  playing: TilePlayback | null;
  /** The latest picture of a tile that has no place yet: it is seen as soon as there is one. */
  waiting: VideoFrame | null;
}

/** All tiles of one canvas: their playbacks, the painter that they share, the sound of one of them, and what is told of it all. */
export function createMosaicHost(ports: MosaicHostPorts): MosaicHost {
  const { links, now, say } = ports;
  const { painter } = ports.painter;
  const line = new LineLateness();
  const tiles = new Map<number, Tile>();
  let visible = true;
  let listened: number | null = null;
  let sound: SoundDecoder | null = null;
  let paintedAt = Number.NEGATIVE_INFINITY;
  let restUntil = Number.NEGATIVE_INFINITY;
  let contextsLost = 0;
  let lostSince: number | null = null;
  /** Which places are drawn; were drawn before the last frame, which brought them to the page; were told of. */
  let drawnPlaces = 0;
  let shownPlaces = 0;
  let toldPlaces = 0;
  /** Of playbacks that are over. */
  let strays = 0;
  let busyMs = 0;
  let paintedPictures = 0;
  let measuredAt = now();
  let busy = 0;
  let paintedPerSecond = 0;

  // The painter draws anew by itself, each tile with its next picture.
  painter.onLost(() => (contextsLost += 1));

  const pageTime = (at: number): EpochMs => ports.timeOrigin + at;
  const tileOf = (number: number): Tile => {
    const known = tiles.get(number);
    if (known) return known;
    const tile: Tile = { place: null, mode: 'full', playing: null, waiting: null };
    tiles.set(number, tile);
    return tile;
  };
  const forgetIfUnused = (number: number, tile: Tile) => {
    if (tile.place === null && tile.playing === null) tiles.delete(number);
  };
  /** What nobody sees is not asked for; the sound may be heard all the same. */
  const modeNow = (number: number, tile: Tile): SubscriptionMode => (visible || number === listened ? tile.mode : 'off');
  const rankOf = (tile: Tile) => tile.place?.rank ?? unplacedRank;
  const set = (number: number, tile: Tile) => tile.playing?.set(modeNow(number, tile), number === listened, rankOf(tile));
  const setAll = () => {
    for (const [number, tile] of tiles) set(number, tile);
  };
  const letWait = (tile: Tile, picture: VideoFrame | null) => {
    tile.waiting?.close();
    tile.waiting = picture;
  };
  const over = (number: number, tile: Tile) => {
    strays += tile.playing?.strays ?? 0;
    tile.playing = null;
    letWait(tile, null);
    forgetIfUnused(number, tile);
  };

  function play(message: Extract<ToMosaic, { kind: 'play' }>): void {
    const { tile: number, playback, mode, socketUrl, ticket } = message;
    const tile = tileOf(number);
    tile.playing?.end();
    tile.mode = mode;
    tile.playing = new TilePlayback({
      tile: number,
      playback,
      mode,
      rank: rankOf(tile),
      decoders: ports.decoders,
      hardware: ports.hardware,
      line,
      now,
      subscribe: (listener) =>
        links.subscribe(
          socketUrl,
          { ticket, mode: modeNow(number, tile), format: 'annexb', audio: number === listened, rank: rankOf(tile) },
          listener,
        ),
      show: (picture) => {
        if (!visible) picture.close();
        else if (tile.place === null) letWait(tile, picture);
        else painter.show(number, picture);
        return visible;
      },
      sound: (record) => {
        if (number === listened) sound?.push(record);
      },
      worked: (ms) => (busyMs += ms),
      ended: (code, ticketKept) => {
        over(number, tile);
        say({ kind: 'ended', tile: number, playback, code, ticketKept });
      },
    });
  }

  function place(message: Extract<ToMosaic, { kind: 'place' }>): void {
    const placed = new Map(message.tiles.map((one) => [one.tile, one]));
    for (const [number, tile] of tiles) {
      tile.place = placed.get(number) ?? null;
      forgetIfUnused(number, tile);
    }
    for (const one of message.tiles) tileOf(one.tile).place = one;
    setAll();
    painter.place(message.width, message.height, message.tiles);
    for (const one of message.tiles) showWaiting(one.tile);
    drawnPlaces = message.id;
  }

  /** With the frame that brings its place to the page, so that nobody sees it empty. */
  function showWaiting(number: number): void {
    const tile = tiles.get(number);
    if (!tile?.waiting) return;
    painter.show(number, tile.waiting);
    tile.waiting = null;
    paintedAt = restUntil = Number.NEGATIVE_INFINITY;
  }

  function tellPlaced(): void {
    if (shownPlaces !== toldPlaces) say({ kind: 'placed', id: shownPlaces });
    toldPlaces = shownPlaces;
    shownPlaces = drawnPlaces;
  }

  function listen(number: number | null): void {
    sound?.close();
    listened = number;
    sound =
      number === null
        ? null
        : new SoundDecoder(ports.sound, (sampleRate, channels, ptsUs) =>
            say(
              { kind: 'sound', tile: number, sampleRate, channels, ptsUs },
              channels.map(({ buffer }) => buffer),
            ),
          );
    setAll();
  }

  function snapshot(id: number, number: number, mark: string): void {
    painter.snapshot(number, mark).then(
      (blob) => say({ kind: 'snapshot', id, blob }),
      () => say({ kind: 'snapshot', id, blob: null }),
    );
  }

  function samplePictures(at: number): void {
    let left = samplesAtOnce;
    for (const [number, { playing }] of tiles) {
      if (!playing?.isToBeSampled(at, sampleEveryMs)) continue;
      const rgba = painter.sample(number, sampleWidth, sampleHeight);
      if (rgba) playing.sample(at, rgba);
      left -= 1;
      if (left === 0) return;
    }
  }

  function measure(at: number): void {
    if (at - measuredAt < figuresEveryMs) return;
    busy = Math.min(1, busyMs / (at - measuredAt));
    paintedPerSecond = (paintedPictures * 1000) / (at - measuredAt);
    busyMs = 0;
    paintedPictures = 0;
    measuredAt = at;
  }

  /** A canvas that does not come back is of no use: the page makes another one. */
  function lookAfterCanvas(at: number): void {
    if (!painter.isLost || !visible) lostSince = null;
    else if (at - (lostSince ??= at) >= lostForMs) {
      lostSince = Number.POSITIVE_INFINITY;
      say({ kind: 'failed', detail: `the canvas of the ${painter.name} painter was lost and did not come back` });
    }
  }

  function tellFacts(at: number, playing: readonly TilePlayback[]): void {
    say({
      kind: 'facts',
      tiles: playing.map((one) => one.facts(at, pageTime)),
      figures: {
        painter: painter.name,
        painterReason: ports.painter.reason,
        decoders: playing.filter((one) => one.hasDecoder).length,
        sockets: links.open,
        busy,
        paintedPerSecond,
        strays: playing.reduce((sum, one) => sum + one.strays, links.strays + strays),
        contextsLost,
      },
    });
  }

  const playingTiles = () => [...tiles.values()].flatMap(({ playing }) => playing ?? []);

  return {
    take(message) {
      switch (message.kind) {
        case 'place':
          return place(message);
        case 'play':
          return play(message);
        case 'mode': {
          const tile = tiles.get(message.tile);
          if (!tile) return;
          tile.mode = message.mode;
          set(message.tile, tile);
          return;
        }
        case 'stop': {
          const tile = tiles.get(message.tile);
          tile?.playing?.end();
          if (tile) over(message.tile, tile);
          return;
        }
        case 'listen':
          return listen(message.tile);
        case 'snapshot':
          return snapshot(message.id, message.tile, message.mark);
        case 'visible':
          ({ visible } = message);
          // What still waits would be old when the page is shown again: it goes to the canvas now, and nobody is told that it was seen.
          if (!visible) {
            painter.paint();
            for (const tile of tiles.values()) letWait(tile, null);
          }
          setAll();
      }
    },

    frame() {
      tellPlaced();
      const at = now();
      const everyMs = painter.name === 'webgl2' ? 0 : tiles.size < denseFromTiles ? paintEveryMs : densePaintEveryMs;
      if (!visible || at < paintedAt + everyMs - earlyMs || at < restUntil) return;
      const painted = painter.paint();
      if (painted.length === 0) return;
      paintedAt = at;
      const done = now();
      restUntil = done + (done - at) * restShare;
      paintedPictures += painted.length;
      for (const number of painted) tiles.get(number)?.playing?.painted(done);
      samplePictures(done);
      busyMs += now() - at;
    },

    tick() {
      const at = now();
      measure(at);
      lookAfterCanvas(at);
      const playing = playingTiles();
      for (const one of playing) one.tick(at);
      for (const one of tilesToThin(playing)) one.thin(at);
      tellFacts(at, playingTiles());
    },

    dispose() {
      sound?.close();
      for (const one of playingTiles()) one.end();
      for (const tile of tiles.values()) letWait(tile, null);
      tiles.clear();
      links.close();
      painter.dispose();
    },
  };
}
