import type { FastifyInstance } from 'fastify';
import { mayRead } from '../../contract/barrier.ts';
import { problem } from '../../contract/errors.ts';
import type { ScopeLookup } from '../../contract/define-command.ts';
import type { Principal } from '../../contract/principal.ts';
import { covers } from '../../contract/scope.ts';
import { sendProblem } from '../gateway/http-server.ts';
import type { PrincipalDoor } from '../gateway/principal.ts';
import type { PhotoOf, Photos } from './photos.ts';

/**
 * `GET /api/photos/<name>`: a photo from the field, for whoever may see the task that it is of, and for the unit that took it. Screens do not show them: they
 * show people. 404 `not-found` for one that is not known.
 */
export function addPhotoRoutes(
  app: FastifyInstance,
  options: {
    readonly door: Pick<PrincipalDoor, 'admit'>;
    readonly photos: Pick<Photos, 'of' | 'read'>;
    /** What its incident touches, also when it is over. */
    scopeOf(photo: PhotoOf): ReturnType<ScopeLookup['task']>;
  },
): void {
  const { door, photos, scopeOf } = options;

  const maySee = (principal: Principal, photo: PhotoOf) => {
    if (principal.unit !== undefined) return principal.unit === photo.unitId ? null : problem('out-of-scope');
    if (principal.screen !== null) return problem('forbidden');
    const refusal = mayRead(principal, { permission: 'task.view' });
    if (refusal !== null) return refusal;
    return covers(principal.scope, scopeOf(photo) ?? ['city']) ? null : problem('out-of-scope');
  };

  app.get<{ Params: { name: string } }>('/api/photos/:name', (request, reply) => {
    const { headers } = request;
    const desk = door.admit({ headers, session: 'console', originNeeded: false });
    const admitted = desk.ok ? desk : door.admit({ headers, session: 'unit', originNeeded: false });
    if (!admitted.ok) return sendProblem(reply, admitted.error);
    const photo = photos.of(request.params.name);
    // Whether there is one is told to nobody who may see none.
    const refusal = photo === undefined ? mayRead(admitted.value, { permission: 'task.view' }) : maySee(admitted.value, photo);
    if (refusal !== null) return sendProblem(reply, refusal);
    const bytes = photo === undefined ? null : photos.read(request.params.name);
    if (bytes === null) return sendProblem(reply, problem('not-found'));
    return reply.type('image/jpeg').header('content-disposition', 'inline').send(Buffer.from(bytes));
  });
}
