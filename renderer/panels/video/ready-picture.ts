import type { PlannedStream } from '../../../layouts/contract.ts';
import type { Profile } from '../../../streams/contract.ts';
import { createCameraPlayer, type CameraPlayer } from '../../player/camera-player.ts';
import type { Mosaic, MosaicTile } from '../../player/mosaic/mosaic.ts';
import type { Pictures } from './pictures.ts';

/** A camera that plays already and is seen nowhere: whoever shows it next begins with its picture. */
export interface ReadyPicture {
  readonly cameraId: string;
  readonly mosaic: Mosaic;
  readonly tile: MosaicTile;
  readonly player: CameraPlayer;
  readonly profile: Profile;
  readonly stream: PlannedStream;
  /** More or less of the same picture of the camera. */
  setStream(stream: PlannedStream): void;
  /** Whether there is a picture to begin with. */
  readonly hasPicture: boolean;
  /** Gives everything back; for one that nobody took over. */
  end(): void;
}

export interface ReadyPictureOptions {
  readonly pictures: Pick<Pictures, 'engines' | 'leases' | 'decodes' | 'hubNow'>;
  readonly mosaic: Mosaic;
  readonly cameraId: string;
  readonly profile: Profile;
  readonly stream: PlannedStream;
}

/** Begins to play a camera on the page's canvas without a place there. */
export function readyPicture({ pictures, mosaic, cameraId, profile, stream }: ReadyPictureOptions): ReadyPicture {
  const tile = mosaic.open();
  const { leases, decodes } = pictures;
  const player = createCameraPlayer({
    hub: pictures,
    leases,
    engine: pictures.engines.mosaic,
    target: tile,
    cameraId,
    profile,
    stream,
    decodes,
  });
  let now = stream;
  return {
    cameraId,
    mosaic,
    tile,
    player,
    profile,
    get stream() {
      return now;
    },
    setStream(next) {
      now = next;
      player.setStream(next);
    },
    get hasPicture() {
      return (tile.facts?.width ?? 0) > 0;
    },
    end() {
      player.dispose();
      tile.close();
    },
  };
}
