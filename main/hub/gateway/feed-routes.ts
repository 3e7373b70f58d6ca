import type { FastifyInstance } from 'fastify';
import { problem, type Problem } from '../../contract/errors.ts';
import type { Result } from '../../contract/result.ts';
import type { Clock, EpochMs } from '../../contract/time.ts';
import { sendProblem } from './http-server.ts';

/** What the door needs of the feeds. */
export interface PushedFeeds {
  refusal(feedId: string, token: string): Problem | null;
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
 * nobody has it, and the sender keeps it. Who has no token, and what is compressed, is refused before its body is read: neither a body without end nor a small one that unpacks
 * to a large one costs memory here.
 */
export function addFeedRoutes(
  app: FastifyInstance,
  { feeds, clock, bodyLimitBytes }: { feeds: PushedFeeds; clock: Clock; bodyLimitBytes: number },
): void {
  void app.register((door, _options, done) => {
    door.removeAllContentTypeParsers();
    door.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: bodyLimitBytes }, (_request, body, parsed) => parsed(null, body));
    door.addHook<{ Params: { id: string } }>('onRequest', (request, reply, go) => {
      const token = tokenOf(request.headers.authorization);
      const refused = token === null ? problem('feed-token-refused') : feeds.refusal(request.params.id, token);
      const packed = request.headers['content-encoding'] ?? 'identity';
      if (refused) sendProblem(reply, refused);
      else if (packed.toLowerCase() !== 'identity')
        sendProblem(reply, problem('unsupported-media-type', {}, `content-encoding ${packed.slice(0, 32)}`));
      else go();
    });
    door.post<{ Params: { id: string }; Body: Buffer | undefined }>(
      '/api/feeds/:id',
      { bodyLimit: bodyLimitBytes },
      async (request, reply) => {
        const token = tokenOf(request.headers.authorization) ?? '';
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

const tokenOf = (header: string | undefined): string | null => /^Bearer ([\w-]{1,128})$/.exec(header ?? '')?.[1] ?? null;
