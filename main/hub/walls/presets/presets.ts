import { randomUUID } from 'node:crypto';
import type { Scene, Wall } from '../../../../layouts/contract.ts';
import type { Preset } from '../../../../layouts/control-contract.ts';
import type { CommandResult, Handlers } from '../../../contract/catalog.ts';
import type { ScopeLookup } from '../../../contract/define-command.ts';
import { problem, type Problem } from '../../../contract/errors.ts';
import type { CameraId, PresetId, ScreenId } from '../../../contract/ids.ts';
import type { Change, Ledger } from '../../../contract/ledger.ts';
import { err, ok, type Result } from '../../../contract/result.ts';
import type { EpochMs } from '../../../contract/time.ts';
import { checkScene } from '../check-scene.ts';
import type { HoldGuard } from '../holds/holds.ts';
import { recallNumberProblem } from '../recall-numbers.ts';
import { changedBy, revisionConflict } from '../revision-conflict.ts';
import { storedScene } from '../stored-scene.ts';
import { putWall, wallShowing } from '../wall-showing.ts';
import { spanningWithoutGone, withoutGone } from '../without-gone.ts';

export const maxPresets = 500;
/** The most tiles that all screens of a preset hold together, tiles over them included. */
export const maxPresetTiles = 10_000;

export interface PresetsDeps {
  readonly ledger: Pick<Ledger, 'get' | 'all' | 'size'>;
  readonly holds: HoldGuard;
  readonly lookup: Pick<ScopeLookup, 'layout' | 'preset'>;
  /** A kept scene as it is when it is shown now; a Problem when there is nothing to show. */
  toShow(scene: Scene, now: EpochMs): Result<Scene, Problem>;
}

/** What several screens of a wall show together, kept under a name and a number. */
export interface Presets {
  readonly handlers: Handlers<'preset.save' | 'preset.recall' | 'preset.remove'>;
}

type Recalled = CommandResult<'preset.recall'>;

/** A preset is put on its wall in one commit: nobody ever sees half of it, except for what somebody else holds and what is gone. */
export function createPresets({ ledger, holds, lookup, toShow }: PresetsDeps): Presets {
  const presetOf = (id: string) => ledger.get('presets', id) as Preset | undefined;
  const wallOf = (id: string) => ledger.get('walls', id) as Wall | undefined;
  const cameraExists = (id: string) => ledger.get('cameras', id) !== undefined;

  return {
    handlers: {
      'preset.save': ({ presetId, name, number, wallId, screenIds, spanning, baseRevision }, context) => {
        if (!context.principal) return err(problem('login-required'));
        const { scope } = context.principal;
        const id = presetId ?? (randomUUID() as string as PresetId);
        const before = presetOf(id);
        // Who changes a revision of it means the preset that somebody has removed, not a new one.
        if (!before && baseRevision) return err(problem('preset-unknown', { presetId: id }));
        const wall = wallOf(wallId);
        if (!wall) return err(problem('wall-unknown', { wallId }));
        const wanted = new Set<string>(screenIds ?? wall.screens.map((screen) => screen.id));
        const screens = wall.screens.filter((screen) => wanted.has(screen.id));
        const unknown = [...wanted].find((screenId) => !screens.some((screen) => screen.id === screenId));
        const kept = number === undefined ? (before?.number ?? null) : number;
        const preset: Preset = {
          id,
          name,
          number: kept,
          wallId,
          screens: screens.map((screen) => ({ screenId: screen.id, scene: storedScene(screen.scene, null) })),
          spanning: spanning ? wall.spanning : null,
          revision: (before?.revision ?? 0) + 1,
          ...changedBy(context),
          simulated: before?.simulated ?? false,
          drill: before?.drill ?? false,
        };
        const tiles = tilesOf(preset);
        const refusal =
          revisionConflict(baseRevision, before) ??
          (unknown === undefined ? null : problem('screen-unknown', { wallId, screenId: unknown })) ??
          recallNumberProblem(ledger, kept, { collection: 'presets', id }, { scope, lookup }) ??
          (tiles > maxPresetTiles ? problem('too-many-tiles', { tiles, max: maxPresetTiles }) : null) ??
          (!before && ledger.size('presets') >= maxPresets
            ? problem('field-invalid', { field: 'presetId', reason: 'too-many', max: maxPresets })
            : null);
        if (refusal) return err(refusal);
        return ok({
          result: { presetId: id, revision: preset.revision },
          changes: [{ collection: 'presets', op: 'put', key: id, value: preset }],
          before: before ? summary(before) : null,
          after: summary(preset),
        });
      },

      'preset.recall': ({ presetId }, context) => {
        holds.settle();
        const preset = presetOf(presetId);
        if (!preset) return err(problem('preset-unknown', { presetId }));
        const before = wallOf(preset.wallId);
        if (!before) return err(problem('wall-unknown', { wallId: preset.wallId }));
        const mark = changedBy(context);
        const missing = new Set<CameraId>();
        const screens: Recalled['screens'] = [];
        const skipped: Recalled['skipped'] = [];
        const holdChanges: Change[] = [];
        let wall = before;

        /** The wall with one more part of the preset on it, or why not. */
        const admitted = (next: Wall): Problem | null => {
          const answer = holds.admit(wall, next, context.principal);
          if (!answer.ok) return answer.error;
          holdChanges.push(...answer.value);
          wall = next;
          return null;
        };
        const putOn = (screenId: ScreenId, scene: Scene): Problem | null => {
          const screen = wall.screens.find(({ id }) => id === screenId);
          if (!screen) return problem('screen-unknown', { wallId: wall.id, screenId });
          const remaining = withoutGone(scene, cameraExists);
          const shown = toShow(remaining.left, context.now);
          if (!shown.ok) return shown.error;
          const refusal =
            checkScene(shown.value, { cameraExists, screen: screen.rect }) ??
            admitted(wallShowing(wall, screenId, { scene: shown.value, layout: null }, mark));
          if (refusal) return refusal;
          for (const camera of remaining.missing) missing.add(camera);
          screens.push({ screenId, revision: screen.revision + 1 });
          return null;
        };

        for (const { screenId, scene } of preset.screens) {
          const refusal = putOn(screenId, scene);
          if (refusal) skipped.push({ screenId, code: refusal.code, by: (refusal.params['by'] as string | undefined) ?? null });
        }
        let spanning = false;
        if (preset.spanning !== null) {
          const remaining = spanningWithoutGone(preset.spanning, cameraExists);
          spanning = admitted({ ...wall, spanning: remaining.left, revision: wall.revision + 1, ...mark }) === null;
          if (spanning) for (const camera of remaining.missing) missing.add(camera);
        }
        const result: Recalled = { screens, skipped, missing: [...missing], spanning };
        return ok({
          result,
          changes: wall === before ? [] : [putWall(wall), ...holdChanges],
          before: Object.fromEntries(before.screens.map((screen) => [screen.id, screen.revision])),
          after: { name: preset.name, ...result },
        });
      },

      'preset.remove': ({ presetId }) => {
        const before = presetOf(presetId);
        if (!before) return err(problem('preset-unknown', { presetId }));
        return ok({
          result: {},
          changes: [{ collection: 'presets', op: 'delete', key: presetId }],
          before: summary(before),
          after: null,
        });
      },
    },
  };
}

function tilesOf({ screens, spanning }: Preset): number {
  const tilesIn = (scene: Scene): number =>
    scene.kind === 'tour' ? scene.steps.reduce((sum, step) => sum + step.scene.tiles.length, 0) : scene.tiles.length;
  return screens.reduce((sum, { scene }) => sum + tilesIn(scene), spanning?.length ?? 0);
}

/** What the audit says of a preset; which cameras it shows stands in the preset itself. */
const summary = (preset: Preset) => ({
  revision: preset.revision,
  name: preset.name,
  number: preset.number,
  screens: preset.screens.map(({ screenId }) => screenId),
  tiles: tilesOf(preset),
});
