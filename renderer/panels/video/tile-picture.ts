import { assumedLoad } from '../../../layouts/decode-plan.ts';
import type { Profile } from '../../../streams/contract.ts';
import type { PlannedStream } from '../../../layouts/contract.ts';
import { createCameraPlayer, type CameraPlayer } from '../../player/camera-player.ts';
import type { PictureReading } from '../../player/frame-watch.ts';
import { markedPicture } from '../../player/marked-picture.ts';
import type { Mosaic } from '../../player/mosaic/mosaic.ts';
import type { TileFacts, TilePlace } from '../../player/mosaic/mosaic-protocol.ts';
import type { PlayerEngine, PlayerTarget } from '../../player/player-engine.ts';
import { StillPace } from '../../player/still-pace.ts';
import type { Pictures } from './pictures.ts';
import type { ReadyPicture } from './ready-picture.ts';

/** One tile's moving picture, whatever plays it. */
export interface TilePicture {
  /** Another stream of the same camera; the picture before stays until the new one comes. */
  play(profile: Profile, stream: PlannedStream): void;
  /** Where it is seen, on the page's canvas. A picture with an element of its own lies where its element lies. */
  place(place: Omit<TilePlace, 'tile'>): void;
  /** At its own size, as PNG with this watermark; null when there is none. */
  snapshot(mark: string): Promise<Blob | null>;
  /** Lets its sound be heard, or not. */
  hear(on: boolean): void;
  /** What the mosaic tells of it; null for an element, and before the first time. */
  readonly facts: TileFacts | null;
  end(): void;
}

export interface TilePictureOptions {
  readonly pictures: Pick<Pictures, 'engines' | 'leases' | 'decodes' | 'watch' | 'hubNow'>;
  readonly cameraId: string;
  readonly profile: Profile;
  readonly stream: PlannedStream;
  onReading(reading: PictureReading): void;
  /** Whether its place on the page's canvas is its own by now, and not another tile's still; told for the canvas only. */
  onPlaced(isThere: boolean): void;
}

/** Plays a camera on the page's canvas, or goes on with what plays there already. */
export function mosaicTilePicture(options: TilePictureOptions, mosaic: Mosaic, ready: ReadyPicture | null = null): TilePicture {
  const tile = ready?.tile ?? mosaic.open();
  const playing = keepPlaying(options, options.pictures.engines.mosaic, tile, ready);
  let pace: StillPace | null = null;
  const unplace = tile.onPlaced(options.onPlaced);
  const unhear = tile.onFacts(({ painted }) => {
    if (playing.stream !== 'still') pace = null;
    else tile.setMode((pace ??= new StillPace()).mode(painted, performance.now()));
  });
  return {
    play: playing.play,
    place: (place) => tile.place(place),
    snapshot: (mark) => tile.snapshot(mark),
    hear: (on) => mosaic.listen(tile, on),
    get facts() {
      return tile.facts;
    },
    end() {
      unhear();
      unplace();
      playing.end();
      tile.close();
    },
  };
}

/** Plays a camera into an element of its own. */
export function elementTilePicture(
  options: TilePictureOptions,
  engine: PlayerEngine<HTMLVideoElement>,
  video: HTMLVideoElement,
): TilePicture {
  const playing = keepPlaying(options, engine, video);
  return {
    play: playing.play,
    place() {},
    snapshot: (mark) => snapshotOf(video, mark),
    hear(on) {
      video.muted = !on;
    },
    facts: null,
    end: playing.end,
  };
}

/** One player after another for the same place: a camera's large picture comes from another player than its small one. */
function keepPlaying<T extends PlayerTarget>(
  options: TilePictureOptions,
  engine: PlayerEngine<T>,
  target: T,
  ready: ReadyPicture | null = null,
) {
  const { pictures, cameraId, onReading } = options;
  let { profile, stream } = ready ?? options;
  const begin = (): CameraPlayer =>
    createCameraPlayer({
      hub: pictures,
      leases: pictures.leases,
      engine,
      target,
      cameraId,
      profile,
      stream,
      decodes: pictures.decodes,
    });
  let player = ready?.player ?? begin();
  const unwatch = pictures.watch.watch({
    target,
    get player() {
      return player;
    },
    nominalDelayMs: engine.nominalDelayMs,
    paceMs: () => (engine.name === 'mosaic' && (stream === 'key-only' || stream === 'still') ? 1000 / assumedLoad[stream].fps : null),
    onReading,
  });
  const play = (nextProfile: Profile, nextStream: PlannedStream) => {
    stream = nextStream;
    if (nextProfile === profile) {
      player.setStream(stream);
      return;
    }
    profile = nextProfile;
    player.dispose();
    player = begin();
  };
  // What was made ready may have been less than is to be shown.
  if (ready) play(options.profile, options.stream);
  return {
    get stream() {
      return stream;
    },
    play,
    end() {
      unwatch();
      player.dispose();
    },
  };
}

/** What an element shows, at its own size. */
async function snapshotOf(video: HTMLVideoElement, mark: string): Promise<Blob | null> {
  return video.readyState < 2 ? null : markedPicture(video.videoWidth, video.videoHeight, mark, (paint) => paint.drawImage(video, 0, 0));
}
