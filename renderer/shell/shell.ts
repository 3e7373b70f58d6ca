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

/** The shell of this window; of the one around it, where this page is a frame: preload scripts run in the outermost alone. */
export function currentShell(): Shell {
  return window.parent.taoduShell ?? { kind: 'browser', heartbeat() {} };
}
