import type { ShownReport } from '../../layouts/contract.ts';
import type { MosaicFigures, TileFacts } from '../../renderer/player/mosaic/mosaic-protocol.ts';

/** What a wall page lets itself be asked: `WallFacts` of the wall's entry, which compiles for browsers only. */
export interface WallPageFacts {
  readonly taoduWall: {
    readonly players: number;
    readonly openSockets: number;
    readonly report: ShownReport | null;
    readonly figures: MosaicFigures | null;
    readonly tiles: Readonly<Record<string, TileFacts | null>>;
  };
}
