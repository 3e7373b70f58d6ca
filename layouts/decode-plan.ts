import type { ErrorCode } from '../main/contract/errors.ts';
import type { DecodeCapacity, PlannedStream } from './contract.ts';

/** A video tile as the plan sees it. */
export interface TileToPlan {
  readonly tileId: string;
  /** In pixels of the display. */
  readonly width: number;
  readonly height: number;
  /** Which picture the scene asks for; `auto` leaves it to the plan. */
  readonly profile: 'auto' | 'main' | 'sub';
  readonly focus: boolean;
  readonly alarm: boolean;
}

/** What is decided for a tile. */
export interface PlannedTile {
  readonly tileId: string;
  readonly stream: PlannedStream;
  /** Why it is less than the scene or the tile's size would have; null when nothing is held back. */
  readonly reason: Extract<ErrorCode, 'decode-budget' | 'picture-too-large'> | null;
}

/** What a stream is taken to need before anybody measured it. Luma samples a picture, pictures a second. */
export const assumedLoad = {
  main: { width: 1920, height: 1080, fps: 25 },
  sub: { width: 640, height: 360, fps: 15 },
  /** One key picture every two seconds. */
  'key-only': { width: 640, height: 360, fps: 0.5 },
  /** One key picture every ten seconds, its decoder closed in between. */
  still: { width: 640, height: 360, fps: 0.1 },
} as const satisfies Record<PlannedStream, { width: number; height: number; fps: number }>;

/** Megapixels a second of a stream; `known` is what was measured of this camera, when it was. */
export type LoadOf = (tileId: string, stream: PlannedStream) => number;

/**
 * Plans how each video tile of a screen is decoded, so that what is shown together is within `capacity`. (Contract; see the tests for the
 * table of decisions.)
 */
export type PlanDecoding = (tiles: readonly TileToPlan[], capacity: DecodeCapacity, loadOf?: LoadOf) => readonly PlannedTile[];
