import type { Component } from 'vue';
import type { PanelRef } from '../../layouts/contract.ts';
import type { PanelKind } from '../../layouts/panels.ts';

/** The reference of one kind of panel. */
export type PanelOf<K extends PanelKind> = Extract<PanelRef, { panel: K }>;

/**
 * How a panel kind is drawn. Its component gets `{ tile, panel }`: a `PanelTile` and the panel's own reference. Components are part of
 * the page, not fetched when first shown: a wall must be able to show any panel while the hub is away. What draws charts alone is fetched with the first one, because it is
 * as large as the rest of the page; until then the value stands there without its line.
 */
export interface PanelDefinition<K extends PanelKind = PanelKind> {
  readonly kind: K;
  readonly component: Component;
}

/** What a panel knows of the tile it is in. */
export interface PanelTile {
  readonly tileId: string;
  /** Size in CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** CSS pixels per wall pixel. */
  readonly scale: number;
  /** Least font sizes, in CSS pixels, that the farthest seat can read; for signs and digits, and for Chinese. */
  readonly signPx: number;
  readonly hanPx: number;
}
