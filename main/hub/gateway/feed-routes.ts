import type { FastifyInstance } from 'fastify';
import { problem, type Problem } from '../../contract/errors.ts';
import type { Result } from '../../contract/result.ts';
import type { Clock, EpochMs } from '../../contract/time.ts';
import { sendProblem } from './http-server.ts';

/** What the door needs of the feeds. */
export interface PushedFeeds {
  push(
    feedId: string,
    token: string,
    record: {
      readonly bytes: Uint8Array;
      readonly contentType: string | null;
      readonly receivedAt: EpochMs;
      readonly from: string | null;
    },
  ): Promise<Result<null, Problem>>;
}

/**
 * `POST /api/feeds/<id>` with the feed's own token: what other systems push, whatever it is written in. 204 when the journal has it on the disk, and not before; with 429 and 503
 * nobody has it, and the sender keeps it.
 */
export function addFeedRoutes(
  app: FastifyInstance,
  { feeds, clock, bodyLimitBytes }: { feeds: PushedFeeds; clock: Clock; bodyLimitBytes: number },
): void {
  void app.register((door, _options, done) => {
    door.removeAllContentTypeParsers();
    door.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: bodyLimitBytes }, (_request, body, parsed) => parsed(null, body));
    door.post<{ Params: { id: string }; Body: Buffer | undefined }>(
      '/api/feeds/:id',
      { bodyLimit: bodyLimitBytes },
      async (request, reply) => {
        const token = /^Bearer ([\w-]{1,128})$/.exec(request.headers.authorization ?? '')?.[1];
        if (token === undefined) return sendProblem(reply, problem('feed-token-refused'));
        const { body } = request;
        if (!body || body.length === 0) return sendProblem(reply, problem('record-empty'));
        const answer = await feeds.push(request.params.id, token, {
          bytes: body,
          contentType: request.headers['content-type']?.slice(0, 128) ?? null,
          receivedAt: clock.now(),
          from: null,
        });
        if (!answer.ok) return sendProblem(reply, answer.error);
        return reply.code(204).send();
      },
    );
    done();
  });
}
