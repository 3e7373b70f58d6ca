import type { InjectionKey } from 'vue';
import type { EpochMs } from '../../../main/contract/time.ts';
import type { Camera, VideoCodec } from '../../../streams/contract.ts';
import type { LeaseDesk } from '../../player/lease-desk.ts';
import type { PictureReading } from '../../player/frame-watch.ts';
import type { PictureWatch } from '../../player/picture-watch.ts';
import type { PlayerEngine } from '../../player/player-engine.ts';

/** What of a camera a tile shows. */
export type ShownCamera = Pick<Camera, 'id' | 'number' | 'name' | 'status' | 'simulated'> & Partial<Pick<Camera, 'link'>>;

/** What video panels need of the page they are on. */
export interface Pictures {
  readonly engine: PlayerEngine<HTMLVideoElement>;
  readonly leases: LeaseDesk;
  /** What this browser can decode. */
  readonly decodes: readonly VideoCodec[];
  readonly watch: PictureWatch;
  /** Reactive: the camera, as far as the page knows it by now. */
  camera(cameraId: string): ShownCamera | undefined;
  /** Reactive: false for tiles beyond what this screen can decode. */
  mayDecode(tileId: string): boolean;
  /** A tile says what its picture is; null when it is gone. */
  read(tileId: string, reading: PictureReading | null): void;
  hubNow(): EpochMs;
}

/** Where video panels find them: `provide(picturesKey, …)`. */
export const picturesKey: InjectionKey<Pictures> = Symbol('pictures');
