import type { Handlers } from '../../contract/catalog.ts';
import type { ScopeLookup } from '../../contract/define-command.ts';
import { problem } from '../../contract/errors.ts';
import type { CameraId } from '../../contract/ids.ts';
import type { Ledger } from '../../contract/ledger.ts';
import { err, ok } from '../../contract/result.ts';
import { covers, type Scope } from '../../contract/scope.ts';

/** What is kept of one person, by his user id, in the private collection `favourites`. */
interface Favourites {
  readonly cameraIds: readonly CameraId[];
}

/** The cameras that people keep at hand: they belong to the person, so they are the same at every desk. */
export function createFavouriteHandlers({
  ledger,
  lookup,
}: {
  readonly ledger: Pick<Ledger, 'get'>;
  readonly lookup: Pick<ScopeLookup, 'camera'>;
}): Handlers<'favourite.list' | 'favourite.set'> {
  /** Each once, in their order, without those that are gone or out of sight. */
  const seen = (ids: readonly CameraId[], scope: Scope): CameraId[] =>
    [...new Set(ids)].filter((id) => {
      const claim = lookup.camera(id);
      return claim !== undefined && covers(scope, [claim]);
    });

  return {
    'favourite.list': (_args, { principal }) => {
      if (!principal) return err(problem('login-required'));
      const kept = ledger.get('favourites', principal.userId) as Favourites | undefined;
      return ok({ result: { cameraIds: seen(kept?.cameraIds ?? [], principal.scope) } });
    },

    'favourite.set': ({ cameraIds }, { principal }) => {
      if (!principal) return err(problem('login-required'));
      const kept: Favourites = { cameraIds: seen(cameraIds, principal.scope) };
      return ok({
        result: { cameraIds: [...kept.cameraIds] },
        changes: [{ collection: 'favourites', op: 'put', key: principal.userId, value: kept }],
      });
    },
  };
}
