import type { CommandInput } from '../../main/contract/catalog.ts';
import type { Problem } from '../../main/contract/errors.ts';
import type { postCommand } from '../login/post-command.ts';

/** What a screen that asks to be let in shows. */
export interface PairingShown {
  /** The code to be entered at a console; null while there is none. */
  readonly code: string | null;
  /** When it stops counting, on the page's monotonic clock. */
  readonly until: number;
  /** Why nothing can come of it just now; null when all is well. */
  readonly trouble: Problem | null;
}

const askEveryMs = 2000;
const againMs = 5000;

/**
 * Asks the hub to let this display be a screen: gets a code, shows it, asks every two seconds whether somebody entered it, and gets another one
 * when it is too old. Resolves true once the display was let in (its cookie is set then), false when `signal` aborts.
 */
export async function askToPair(options: {
  readonly wallId: string;
  readonly screenId: string;
  readonly post: typeof postCommand;
  show(shown: PairingShown): void;
  readonly signal: AbortSignal;
}): Promise<boolean> {
  const { post, show, signal } = options;
  const screen = { wallId: options.wallId, screenId: options.screenId } as CommandInput<'wall.pairing-begin'>;
  while (!signal.aborted) {
    const begun = await post('wall.pairing-begin', screen);
    if (!begun.ok) {
      if (!signal.aborted) show({ code: null, until: 0, trouble: begun.error });
      await pause(waitOf(begun.error, againMs), signal);
      continue;
    }
    const { code, secret, lifetimeMs } = begun.value;
    const until = performance.now() + lifetimeMs;
    let trouble: Problem | null = null;
    while (!signal.aborted && performance.now() < until) {
      show({ code, until, trouble });
      await pause(trouble ? waitOf(trouble, askEveryMs) : askEveryMs, signal);
      if (signal.aborted) break;
      const claimed = await post('wall.pairing-claim', { secret });
      if (claimed.ok && claimed.value.state === 'paired') return !signal.aborted;
      trouble = claimed.ok ? null : claimed.error;
      // The hub was started again, or took us for gone: the code is worth nothing any more.
      if (trouble?.code === 'pairing-unknown') break;
    }
  }
  return false;
}

/** Never sooner than it would be anyway. */
function waitOf({ params }: Problem, atLeastMs: number): number {
  const { retryAfterMs } = params;
  return typeof retryAfterMs === 'number' ? Math.min(60_000, Math.max(atLeastMs, retryAfterMs)) : atLeastMs;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const over = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', over);
      resolve();
    };
    const timer = setTimeout(over, ms);
    signal.addEventListener('abort', over);
    if (signal.aborted) over();
  });
}
