import type { PlannedStream } from '../../../layouts/contract.ts';
import type { ErrorCode } from '../../../main/contract/errors.ts';
import type { SubscriptionMode } from '../../../streams/wire/wall-ask.ts';
import type { PlayerEngine } from '../player-engine.ts';
import type { MosaicTile } from './mosaic.ts';

/** Batches of the relay, one picture in the decoder, the next turn of the painter. */
const nominalDelayMs = 150;

/** A still is a key picture now and then: whoever plans it turns the stream off in between. */
const modeOf = { main: 'full', sub: 'full', 'key-only': 'key', still: 'key' } as const satisfies Record<PlannedStream, SubscriptionMode>;

/** Plays on the page's one canvas. Which stream it is, main or sub, the lease says; the plan says how much of it. */
export function createMosaicEngine(page: typeof globalThis = globalThis): PlayerEngine<MosaicTile> {
  return {
    name: 'mosaic',
    nominalDelayMs,

    cannotPlay() {
      if (!page.isSecureContext) return 'insecure-context';
      const has = 'VideoDecoder' in page && 'OffscreenCanvas' in page && 'Worker' in page && 'WebSocket' in page;
      return has ? null : 'source-codec-unsupported';
    },

    attach(tile, offer, signal, stream = 'sub') {
      const { promise: ended, resolve } = Promise.withResolvers<ErrorCode | null>();
      const session = {
        ended,
        receivedAt: () => null,
        setStream: (next: PlannedStream) => tile.setMode(modeOf[next]),
      };
      if (signal.aborted) {
        resolve(null);
        return session;
      }
      const aborted = () => {
        stop();
        resolve(null);
      };
      const stop = tile.play(offer.urls.socket, offer.ticket, modeOf[stream], (code) => {
        signal.removeEventListener('abort', aborted);
        resolve(code);
      });
      signal.addEventListener('abort', aborted, { once: true });
      return session;
    },
  };
}
