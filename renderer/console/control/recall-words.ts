import type { PanelRef, Scene } from '../../../layouts/contract.ts';
import type { Preset } from '../../../layouts/control-contract.ts';
import type { CommandResult } from '../../../main/contract/catalog.ts';
import { text } from '../../i18n/index.ts';
import { problemText } from '../../i18n/problem-text.ts';
import type { WallView } from '../wall-view.ts';

/** So many places are named; of the others the count is said. */
const placesAtMost = 6;

/** What a recall passed over and why, and where cameras are missing: a line each, none when all of it is on the wall. */
export function skippedLines(preset: Preset, recalled: CommandResult<'preset.recall'>, view: WallView | undefined): string[] {
  const nameOf = (screenId: string) => view?.screens.find(({ screen }) => screen.id === screenId)?.screen.name ?? screenId;
  const lines = recalled.skipped.map(({ screenId, code, by }) =>
    code === 'wall-held' && by !== null
      ? text('control.preset.skippedHeld', { screen: nameOf(screenId), by })
      : text('control.preset.skipped', { screen: nameOf(screenId), why: problemText({ code }) }),
  );
  if (!recalled.spanning && (preset.spanning?.length ?? 0) > 0) lines.push(text('control.preset.skippedSpanning'));
  const missing = new Set<string>(recalled.missing);
  if (missing.size > 0) {
    const places = preset.screens.flatMap(({ screenId, scene }) =>
      tilesOf(scene, missing).map((n) => text('console.facts.onWallAt', { screen: nameOf(screenId), n })),
    );
    const n = missing.size;
    const named = places.slice(0, placesAtMost).join(' · ');
    lines.push(
      text('control.preset.missing', { n }, n) +
        (named === '' ? '' : text('control.preset.missingAt', { places: places.length > placesAtMost ? `${named} …` : named })),
    );
  }
  return lines;
}

/** The numbers, from 1, of the tiles that show one of these cameras; of a tour none, for its steps have no place. */
function tilesOf(scene: Scene, cameras: ReadonlySet<string>): number[] {
  if (scene.kind === 'tour') return [];
  const panels: readonly (PanelRef | null)[] = scene.kind === 'free' ? scene.tiles.map(({ panel }) => panel) : scene.tiles;
  return panels.flatMap((panel, index) => (panel?.panel === 'video' && cameras.has(panel.cameraId) ? [index + 1] : []));
}
