import type { PanelRef } from '../../../layouts/contract.ts';
import type { CollectionName } from '../../../main/contract/catalog.ts';
import type { Connection } from '../../hub-client/connection.ts';
import type { Locale } from '../../i18n/locale.ts';

/** A panel in its place, in CSS pixels of the page. */
export interface TrialTile {
  readonly panel: PanelRef;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** What panels have that must be given back. */
export interface Left {
  readonly observers: number;
  readonly charts: number;
  /** Subscriptions. */
  readonly held: number;
}

/** Panels over a hub that says what the test wants: what the page of `panel-page.ts` lets a test call. */
export interface PanelTrial {
  /** `han`: the least size of Chinese for the farthest seat, in CSS pixels; it stays for those that follow. */
  show(tiles: readonly TrialTile[], han?: number): void;
  put(name: CollectionName, key: string, value: object | null): void;
  /** What the hub kept of a value, by `<assetId> <quantity>` or `<system>/<indicator>`: so many ms ago. */
  history(kept: Readonly<Record<string, readonly (readonly [agoMs: number, value: number])[]>>): void;
  connection(connection: Connection): void;
  locale(locale: Locale): void;
  /** Shows and takes away so often, waiting until each chart has been drawn. */
  churn(tiles: readonly TrialTile[], times: number): Promise<void>;
  left(): Left;
}
