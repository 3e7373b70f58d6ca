import type { PlannedWall } from '../../layouts/planned-wall.ts';
import type { Config } from '../config/config.ts';
import type { DemoStory } from '../contract/demo-city.ts';

/** What the launcher tells the hub process when it starts. */
export interface HubStart {
  readonly config: Config;
  readonly dataFolder: string;
  /** Run the demo city: seeded cameras, a one-time login link, everything marked as simulated. */
  readonly demo: boolean;
  /** A story that the demo city begins with. Absent or null: its everyday life; `none`: its systems say nothing. */
  readonly story?: DemoStory | 'none' | null;
  /**
   * Where the media relay listens for the hub, how pages reach it (absent: the same way), and the key (32 bytes, base64) that both share;
   * null runs without pictures.
   */
  readonly relay: { readonly url: string; readonly pageUrl?: string; readonly key: string } | null;
  /** The built pages. */
  readonly rendererFolder: string;
  /** The bundled clips that sources `clip:<name>` mean. */
  readonly clipsFolder: string;
  /** Password of the first administrator, used at the first start only; null generates one. */
  readonly adminPassword: string | null;
  /** A new city is made as somebody chose, or made anew where an earlier first start was cut off. Absent or null: an ordinary start. */
  readonly firstStart?: { readonly wall: PlannedWall } | null;
  readonly version: string;
}
