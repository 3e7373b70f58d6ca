import type { Scene, Screen, SpanningTile } from '../../../layouts/contract.ts';
import { controlTour, type TourAction } from '../../../layouts/tour-control.ts';
import { problem, type Problem } from '../../../main/contract/errors.ts';
import { FakeHub, twoScreenWall } from './fake-hub.ts';

type Args = Record<string, never>;
interface FakeWall {
  screens: Screen[];
  spanning: readonly SpanningTile[];
  revision: number;
  changedBy?: string;
  changedAt?: number;
}
interface Kept {
  readonly id: string;
  readonly screens: readonly { readonly screenId: string; readonly scene: Scene }[];
  readonly spanning: readonly SpanningTile[] | null;
}

/** A hub that does with its wall what it is told, revision by revision, as the real one does. Other commands go to `others`. */
export class ObedientHub extends FakeHub {
  wall = structuredClone(twoScreenWall()) as unknown as FakeWall;
  /** Who is said to have changed what this desk changes. */
  me = 'wang';
  presets: readonly Kept[] = [];
  /** Screens that a recall passes over, with who holds them. */
  heldBy: Record<string, string> = {};
  others: (name: string, args: Args) => unknown = () => ({});
  override answer = (name: string, args: object): unknown => this.#answer(name, args as Args);

  screen(id: string): Screen {
    return this.wall.screens.find((screen) => screen.id === id)!;
  }
  /** Somebody, of another desk, changes a screen. */
  changedBy(by: string, screenId: string, scene: Scene): void {
    this.#put(screenId, { scene, layout: null }, by);
  }
  spannedBy(by: string, tiles: readonly SpanningTile[]): void {
    this.wall = { ...this.wall, spanning: tiles, revision: this.wall.revision + 1, changedBy: by, changedAt: this.now };
    this.#publish();
  }

  #publish(): void {
    this.change('walls', { main: this.wall as never });
  }
  #put(screenId: string, shows: Pick<Screen, 'scene' | 'layout'>, by: string): number {
    const revision = this.screen(screenId).revision + 1;
    const screens = this.wall.screens.map((screen) =>
      screen.id === screenId ? { ...screen, ...shows, revision, changedBy: by, changedAt: this.now } : screen,
    );
    this.wall = { ...this.wall, screens };
    this.#publish();
    return revision;
  }
  #conflict(base: number | undefined, now: { revision: number; changedBy?: string | null; changedAt?: number | null }): Problem | null {
    if (base === undefined || base === now.revision) return null;
    return problem('revision-conflict', { by: now.changedBy ?? null, at: now.changedAt ?? null, revision: now.revision });
  }
  #answer(name: string, args: Args): unknown {
    const { screenId, baseRevision } = args as unknown as { screenId: string; baseRevision?: number };
    switch (name) {
      case 'wall.show': {
        const { scene, layout = null } = args as unknown as { scene: Scene; layout?: Screen['layout'] };
        const refusal = this.#conflict(baseRevision, this.screen(screenId));
        if (refusal) return refusal;
        const started: Scene = scene.kind === 'tour' ? { ...scene, startedAt: this.now } : scene;
        return { revision: this.#put(screenId, { scene: started, layout }, this.me) };
      }
      case 'wall.span': {
        const refusal = this.#conflict(baseRevision, this.wall);
        if (refusal) return refusal;
        this.spannedBy(this.me, (args as unknown as { tiles: SpanningTile[] }).tiles);
        return { revision: this.wall.revision };
      }
      case 'tour.control': {
        const { scene, layout } = this.screen(screenId);
        const refusal = this.#conflict(baseRevision, this.screen(screenId));
        if (refusal) return refusal;
        if (scene.kind !== 'tour') return problem('tour-absent');
        const next = controlTour(scene, (args as unknown as { action: TourAction }).action, this.now);
        return { revision: this.#put(screenId, { scene: next, layout }, this.me), step: 1, paused: next.pausedAt !== undefined };
      }
      case 'preset.recall': {
        const preset = this.presets.find(({ id }) => id === (args as { presetId?: string }).presetId)!;
        const free = preset.screens.filter(({ screenId: id }) => this.heldBy[id] === undefined);
        const screens = free.map(({ screenId: id, scene }) => ({
          screenId: id,
          revision: this.#put(id, { scene, layout: null }, this.me),
        }));
        if (preset.spanning) this.spannedBy(this.me, preset.spanning);
        const skipped = Object.entries(this.heldBy).map(([id, by]) => ({ screenId: id, code: 'wall-held', by }));
        return { screens, skipped, missing: [], spanning: preset.spanning !== null };
      }
      default:
        return this.others(name, args);
    }
  }
}
