/**
 * What an operator at a wall computer may have its shell do, once the unlock key is given: `identify` shows on every display which screen it is, `reload` makes
 * the page asked from anew, `reload-all` every window of this computer, `console` opens the console in an ordinary window, `quit` ends the shell and what it started.
 */
export const operatorActions = ['identify', 'reload', 'reload-all', 'console', 'quit'] as const;
export type OperatorAction = (typeof operatorActions)[number];

/** What came of it. `retryAfterMs`: after wrong keys the shell listens to nobody for so long. */
export type OperatorAnswer =
  | { readonly done: true }
  | {
      readonly done: false;
      readonly code: 'operator-key-wrong' | 'operator-key-unset' | 'operator-locked-out' | 'shell-does-not-answer';
      readonly retryAfterMs?: number;
    };

/** How long an unlock key is, in characters. */
export const operatorKeyLength = { least: 6, most: 64 } as const;

/**
 * What is wrong with an unlock key that somebody wants to set; null when it can be used. It is typed at a keyboard without an input method, where
 * nobody sees it: printable ASCII, no space at its ends.
 */
export function operatorKeyFault(key: string): 'too-short' | 'too-long' | 'characters' | null {
  if (key.length < operatorKeyLength.least) return 'too-short';
  if (key.length > operatorKeyLength.most) return 'too-long';
  return /^[!-~][ -~]*[!-~]$/.test(key) ? null : 'characters';
}

/** What a page may ask of the window it runs in. A plain browser offers nothing of it. */
export interface ShellBridge {
  readonly kind: 'electron' | 'chromium';
  readonly version: string;
  /** The page paints: the shell reloads a page that stops saying so. */
  heartbeat(): void;
  /** `unlock` only tries the key. The shell itself knows the key, so that this works while the hub is away. Never rejects. */
  operate(key: string, action: OperatorAction | 'unlock'): Promise<OperatorAnswer>;
  /** The shell wants this page to show for `forMs` which screen it is. Returns the end of listening. */
  onIdentify(listener: (forMs: number) => void): () => void;
}
