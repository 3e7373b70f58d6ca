import type { ScreenPreview, ShownReport, Wall } from '../../../../layouts/contract.ts';
import type { WatchListener } from '../../../../streams/index.ts';
import type { Handlers } from '../../../contract/catalog.ts';
import { problem } from '../../../contract/errors.ts';
import type { Ledger } from '../../../contract/ledger.ts';
import { err, ok } from '../../../contract/result.ts';
import { covers, type ScopeClaim } from '../../../contract/scope.ts';
import type { Clock } from '../../../contract/time.ts';
import { screenIn } from '../wall-service.ts';
import { maxLooksPerSession, PreviewLooks } from './preview-looks.ts';
import { PictureShelf } from './picture-shelf.ts';

/** After somebody has asked, the screen makes pictures for so long. */
export const wantedForMs = 10_000;
/** So long after the last picture that somebody was given, he looks at it no more. */
export const looksForMs = 10_000;
/** A picture that nobody asks for is forgotten after so long, and one that no newer one has followed. */
export const pictureKeptMs = 30_000;
const sweepEveryMs = 1000;

/** What a screen's own page reported, as far as previews are concerned. */
export interface PreviewReport {
  readonly wallId: string;
  readonly screenId: string;
  /** Of the page. */
  readonly sessionId: string;
  readonly shown: Pick<ShownReport, 'tiles'>;
  readonly preview: ScreenPreview | undefined;
}

/** Small pictures of screens, made by the screens themselves while somebody at a desk looks at them. */
export interface ScreenPreviews {
  readonly handlers: Handlers<'wall.preview'>;
  /** Takes what came with a screen's report; answers whether somebody wants to see more of this screen. */
  reported(report: PreviewReport): boolean;
  sessionEnded(sessionId: string): void;
  /** Pictures that are kept, and their bytes; those that had to go for want of room. */
  readonly figures: { readonly kept: number; readonly bytes: number; readonly dropped: number };
  stop(): Promise<void>;
}

export interface ScreenPreviewsDeps {
  readonly ledger: Pick<Ledger, 'get'>;
  readonly clock: Clock;
  /** What a camera is in scope terms; undefined for one that is gone. */
  claimOf(cameraId: string): ScopeClaim | undefined;
  /** Keeps the register of who watched what. */
  readonly watching: Pick<WatchListener, 'given' | 'ended'>;
  readonly shelf?: PictureShelf;
}

/**
 * Keeps the last picture of each screen that is looked at, in memory and nowhere else. Whoever looks at a screen looks at its cameras: he must be
 * allowed to see what the screen should show (the command's scope), and every camera that really is in the picture, and he is in the watch
 * register while he looks.
 */
export function startPreviews({ ledger, clock, claimOf, watching, shelf = new PictureShelf() }: ScreenPreviewsDeps): ScreenPreviews {
  const looks = new PreviewLooks(watching);
  const keyOf = (wallId: string, screenId: string) => `${wallId}/${screenId}`;
  /** A camera that is gone is in nobody's part of the city: it may have been anywhere. */
  const claimsOf = (cameras: readonly string[]) => cameras.map((id) => claimOf(id) ?? ('city' as const));

  const stopped = new AbortController();
  const sweeping = (async () => {
    for (;;) {
      await clock.sleep(sweepEveryMs, stopped.signal);
      const now = clock.monotonic();
      shelf.sweep(now - pictureKeptMs);
      looks.sweep(now - looksForMs);
    }
  })().catch((cause: unknown) => {
    if (!stopped.signal.aborted) throw cause;
  });

  return {
    handlers: {
      'wall.preview': ({ wallId, screenId, after }, { principal, commandId }) => {
        if (!principal) return err(problem('login-required'));
        const found = screenIn(ledger.get('walls', wallId) as Wall | undefined, wallId, screenId);
        if (!found.ok) return found;
        const now = clock.monotonic();
        const kept = shelf.ask(keyOf(wallId, screenId), now);
        if (!kept) return ok({ result: { picture: null } });
        if (!covers(principal.scope, claimsOf(kept.cameras))) return err(problem('out-of-scope'));
        // Whoever has this picture already goes on looking at it.
        const beginning = looks.look(principal.sessionId, kept.cameras, commandId, now);
        if (!beginning) return err(problem('too-many-leases', { max: maxLooksPerSession }));
        const { at, revision, jpeg } = kept;
        const result = { picture: at === after ? null : { at, revision, jpeg } };
        if (beginning.cameras.length === 0) return ok({ result });
        return ok({ result, begins: true, after: { cameras: beginning.cameras.length }, afterCommit: beginning.onRecord });
      },
    },
    reported({ wallId, screenId, sessionId, shown, preview }) {
      const key = keyOf(wallId, screenId);
      const isWanted = shelf.isAskedFor(key, clock.monotonic() - wantedForMs);
      if (preview && isWanted) {
        const seen = [...preview.cameras, ...shown.tiles.flatMap((tile) => (tile.cameraId === null ? [] : [tile.cameraId]))];
        const { at, revision, jpeg } = preview;
        // Never later than its arrival: a page whose clock runs ahead cannot look fresh for ever.
        shelf.keep(key, { at: Math.min(at, clock.now()), revision, jpeg, cameras: [...new Set(seen)], sessionId }, clock.monotonic());
      }
      return isWanted;
    },
    sessionEnded(sessionId) {
      shelf.forgetOf(sessionId);
      looks.endSession(sessionId);
    },
    get figures() {
      return { kept: shelf.size, bytes: shelf.bytes, dropped: shelf.dropped };
    },
    async stop() {
      stopped.abort();
      await sweeping;
      looks.endAll();
    },
  };
}
