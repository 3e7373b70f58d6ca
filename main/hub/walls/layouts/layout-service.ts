import { randomUUID } from 'node:crypto';
import type { LayoutDoc } from '../../../../layouts/contract.ts';
import type { Handlers } from '../../../contract/catalog.ts';
import { problem } from '../../../contract/errors.ts';
import type { LayoutId } from '../../../contract/ids.ts';
import type { Ledger } from '../../../contract/ledger.ts';
import { err, ok } from '../../../contract/result.ts';
import { checkScene } from '../check-scene.ts';
import { changedBy, revisionConflict } from '../revision-conflict.ts';
import { sceneSummary, storedScene } from '../stored-scene.ts';

export const maxLayouts = 1000;

export interface LayoutsDeps {
  readonly ledger: Ledger;
}

/** The saved layouts. */
export interface Layouts {
  readonly handlers: Handlers<'layout.save' | 'layout.remove'>;
}

/** Keeps scenes under names; what was published last is the layout. */
export function createLayouts({ ledger }: LayoutsDeps): Layouts {
  const layoutOf = (id: string) => ledger.get('layouts', id) as LayoutDoc | undefined;
  const cameraExists = (id: string) => ledger.get('cameras', id) !== undefined;

  return {
    handlers: {
      'layout.save': ({ layoutId, name, number, scene, baseRevision }, context) => {
        const id = layoutId ?? (randomUUID() as string as LayoutId);
        const before = layoutOf(id);
        // Who changes a revision of it means the layout that somebody has removed, not a new one.
        if (!before && baseRevision) return err(problem('layout-unknown', { layoutId: id }));
        const refusal =
          revisionConflict(baseRevision, before) ??
          checkScene(scene, { cameraExists, screen: null }) ??
          (!before && ledger.size('layouts') >= maxLayouts
            ? problem('field-invalid', { field: 'layoutId', reason: 'too-many', max: maxLayouts })
            : null);
        if (refusal) return err(refusal);
        const layout: LayoutDoc = {
          id,
          name,
          number: number === undefined ? (before?.number ?? null) : number,
          scene: storedScene(scene, null),
          formatVersion: 1,
          revision: (before?.revision ?? 0) + 1,
          ...changedBy(context),
          simulated: before?.simulated ?? false,
          drill: before?.drill ?? false,
        };
        return ok({
          result: { layoutId: id, revision: layout.revision },
          changes: [{ collection: 'layouts', op: 'put', key: id, value: layout }],
          before: before ? { revision: before.revision, name: before.name, ...sceneSummary(before.scene) } : null,
          after: { revision: layout.revision, name, ...sceneSummary(scene) },
        });
      },

      'layout.remove': ({ layoutId }) => {
        const before = layoutOf(layoutId);
        if (!before) return err(problem('layout-unknown', { layoutId }));
        return ok({
          result: {},
          changes: [{ collection: 'layouts', op: 'delete', key: layoutId }],
          before: { revision: before.revision, name: before.name, ...sceneSummary(before.scene) },
          after: null,
        });
      },
    },
  };
}
