import type { InjectionKey } from 'vue';
import type { EpochMs } from '../../../main/contract/time.ts';
import type { Camera, VideoCodec } from '../../../streams/contract.ts';
import type { LeaseDesk } from '../../player/lease-desk.ts';
import type { PictureReading } from '../../player/frame-watch.ts';
import type { Mosaic, MosaicTile } from '../../player/mosaic/mosaic.ts';
import type { PictureWatch } from '../../player/picture-watch.ts';
import type { PlayerEngine } from '../../player/player-engine.ts';
import type { PanelTile } from '../panel.ts';
import type { ReadyPicture } from './ready-picture.ts';
import type { TilePicture } from './tile-picture.ts';

/** What of a camera a tile shows. */
export type ShownCamera = Pick<Camera, 'id' | 'number' | 'name' | 'status' | 'simulated'> & Partial<Pick<Camera, 'link'>>;

/** A tile that shows a camera, and where it lies on the page's canvas. */
export interface VideoTile extends PanelTile {
  /** In CSS pixels from the canvas' top left. */
  readonly left: number;
  readonly top: number;
  /** Who goes on when not all can: a lower number is served first. */
  readonly rank: number;
}

/** What video panels need of the page they are on. */
export interface Pictures {
  readonly engines: {
    readonly mosaic: PlayerEngine<MosaicTile>;
    readonly mse: PlayerEngine<HTMLVideoElement>;
    readonly hls: PlayerEngine<HTMLVideoElement>;
  };
  readonly leases: LeaseDesk;
  /** What this browser can decode. */
  readonly decodes: readonly VideoCodec[];
  readonly watch: PictureWatch;
  /** Reactive: the page's canvas for tiles; null while there is none. */
  mosaic(): Mosaic | null;
  /** A picture of this camera that plays on the page's canvas already, to be taken over; null when there is none. Absent: there never is one. */
  takeReady?(cameraId: string): ReadyPicture | null;
  /** Reactive: the camera, as far as the page knows it by now. */
  camera(cameraId: string): ShownCamera | undefined;
  /** A tile says what its picture is; null when it is gone. */
  read(tileId: string, reading: PictureReading | null): void;
  /** A tile hands out its picture, and takes it back: by then another tile may have handed out its own under this id. */
  hold(tileId: string, picture: TilePicture): void;
  letGo(tileId: string, picture: TilePicture): void;
  hubNow(): EpochMs;
}

/** Where video panels find them: `provide(picturesKey, …)`. */
export const picturesKey: InjectionKey<Pictures> = Symbol('pictures');
