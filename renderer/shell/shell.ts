import type { ShellBridge } from '../../main/contract/shell.ts';

/** The window a page runs in. */
export interface Shell {
  readonly kind: 'electron' | 'browser';
  /** The page paints: a shell that watches over its windows reloads a page that stops saying so. */
  heartbeat(): void;
}

declare global {
  interface Window {
    /** Put there by the desktop app's preload script; absent in a plain browser. */
    readonly taoduShell?: ShellBridge;
  }
}

/** The shell of this window. */
export function currentShell(): Shell {
  return window.taoduShell ?? { kind: 'browser', heartbeat() {} };
}
