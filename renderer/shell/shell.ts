import type { ShellBridge } from '../../main/contract/shell.ts';

/** The window a page runs in. */
export interface Shell {
  readonly kind: ShellBridge['kind'] | 'browser';
  /** The page paints: a shell that watches over its windows reloads a page that stops saying so. */
  heartbeat(): void;
}

declare global {
  interface Window {
    /** Put there by the desktop app's preload script; absent in a plain browser. */
    readonly taoduShell?: ShellBridge;
  }
}

/** What the shell of this window offers; of the window around it, where this page is a frame: shells know the outermost alone. Null in a plain browser. */
export function bridgeOfWindow(): ShellBridge | null {
  return window.parent.taoduShell ?? null;
}

/** The shell of this window. */
export function currentShell(): Shell {
  return bridgeOfWindow() ?? { kind: 'browser', heartbeat() {} };
}
