import { randomUUID } from 'node:crypto';
import { sceneClaims, type LayoutDoc } from '../../../../layouts/contract.ts';
import type { Handlers } from '../../../contract/catalog.ts';
import type { CommandContext, ScopeLookup } from '../../../contract/define-command.ts';
import { problem } from '../../../contract/errors.ts';
import type { LayoutId } from '../../../contract/ids.ts';
import type { Change } from '../../../contract/ledger.ts';
import { err, ok } from '../../../contract/result.ts';
import { covers } from '../../../contract/scope.ts';
import type { SqliteLedger } from '../../ledger/open-ledger.ts';
import { checkScene } from '../check-scene.ts';
import { recallNumberProblem } from '../recall-numbers.ts';
import { changedBy, revisionConflict } from '../revision-conflict.ts';
import { sceneSummary, storedScene } from '../stored-scene.ts';
import { withoutGone } from '../without-gone.ts';
import { createLayoutVersions } from './layout-versions.ts';

export const maxLayouts = 1000;

export interface LayoutsDeps {
  readonly ledger: SqliteLedger;
  readonly lookup: ScopeLookup;
}

/** The saved layouts. */
export interface Layouts {
  readonly handlers: Handlers<'layout.save' | 'layout.remove' | 'layout.versions' | 'layout.version' | 'layout.roll-back'>;
}

/** Keeps scenes under names: what was published last is the layout, what was published before is a version of it. */
export function createLayouts({ ledger, lookup }: LayoutsDeps): Layouts {
  const versions = createLayoutVersions(ledger);
  const layoutOf = (id: string) => ledger.get('layouts', id) as LayoutDoc | undefined;
  const cameraExists = (id: string) => ledger.get('cameras', id) !== undefined;
  const summary = ({ revision, name, scene }: LayoutDoc) => ({ revision, name, ...sceneSummary(scene) });

  return {
    handlers: {
      'layout.save': ({ layoutId, name, number: asked, scene, note, baseRevision }, context) => {
        if (!context.principal) return err(problem('login-required'));
        const { scope } = context.principal;
        const id = layoutId ?? (randomUUID() as string as LayoutId);
        const before = layoutOf(id);
        // Who changes a revision of it means the layout that somebody has removed, not a new one.
        if (!before && baseRevision) return err(problem('layout-unknown', { layoutId: id }));
        const number = asked === undefined ? (before?.number ?? null) : asked;
        const refusal =
          revisionConflict(baseRevision, before) ??
          checkScene(scene, { cameraExists, screen: null }) ??
          recallNumberProblem(ledger, number, { collection: 'layouts', id }, { scope, lookup }) ??
          (!before && ledger.size('layouts') >= maxLayouts
            ? problem('field-invalid', { field: 'layoutId', reason: 'too-many', max: maxLayouts })
            : null);
        if (refusal) return err(refusal);
        const layout: LayoutDoc = {
          id,
          name,
          number,
          scene: storedScene(scene, null),
          formatVersion: 1,
          revision: (before?.revision ?? 0) + 1,
          ...changedBy(context),
          simulated: before?.simulated ?? false,
          drill: before?.drill ?? false,
        };
        return ok({
          result: { layoutId: id, revision: layout.revision },
          changes: [putLayout(layout)],
          before: before ? summary(before) : null,
          after: summary(layout),
          alongside: () => versions.publish(before, layout, note ?? null),
        });
      },

      'layout.remove': ({ layoutId }) => {
        const before = layoutOf(layoutId);
        if (!before) return err(problem('layout-unknown', { layoutId }));
        return ok({
          result: {},
          changes: [{ collection: 'layouts', op: 'delete', key: layoutId }],
          before: summary(before),
          after: null,
          alongside: () => versions.forget(layoutId),
        });
      },

      'layout.versions': ({ layoutId }) => {
        const layout = layoutOf(layoutId);
        return layout ? ok({ result: { versions: versions.list(layout) } }) : err(problem('layout-unknown', { layoutId }));
      },

      'layout.version': ({ layoutId, revision }, context) => {
        const layout = layoutOf(layoutId);
        if (!layout) return err(problem('layout-unknown', { layoutId }));
        const version = versions.get(layout, revision);
        if (!version) return err(problem('version-unknown', { layoutId, revision }));
        const { left } = withoutGone(version.scene, (cameraId) => mayShow(context, [lookup.camera(cameraId) ?? 'none']));
        return ok({ result: { version: { ...version, scene: left } } });
      },

      'layout.roll-back': ({ layoutId, revision, baseRevision }, context) => {
        const before = layoutOf(layoutId);
        if (!before) return err(problem('layout-unknown', { layoutId }));
        const version = versions.get(before, revision);
        if (!version) return err(problem('version-unknown', { layoutId, revision }));
        const { left: scene, missing } = withoutGone(version.scene, cameraExists);
        const refusal =
          revisionConflict(baseRevision, before) ??
          // What the layout is now he may see, or he would not be here; what it was is another question.
          (mayShow(context, sceneClaims(scene, lookup)) ? null : problem('out-of-scope')) ??
          checkScene(scene, { cameraExists, screen: null });
        if (refusal) return err(refusal);
        const layout: LayoutDoc = { ...before, name: version.name, scene, revision: before.revision + 1, ...changedBy(context) };
        return ok({
          result: { revision: layout.revision, missing: [...missing] },
          changes: [putLayout(layout)],
          before: summary(before),
          after: { ...summary(layout), version: revision, missing: missing.length },
          alongside: () => versions.publish(before, layout, `↩ ${revision}`),
        });
      },
    },
  };
}

const putLayout = (layout: LayoutDoc): Change => ({ collection: 'layouts', op: 'put', key: layout.id, value: layout });

const mayShow = ({ principal }: Pick<CommandContext, 'principal'>, claims: Parameters<typeof covers>[1]) =>
  principal !== null && covers(principal.scope, claims);
