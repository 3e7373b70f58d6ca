/** How the app is started anew after its own end. */
export type StartAgain =
  /** Whoever watches over it does it: it ends with a code that says so. */
  | { readonly kind: 'exit'; readonly code: number }
  /** Electron does it. */
  | { readonly kind: 'relaunch'; readonly args: readonly string[] }
  /** We start it: Electron's way runs from inside a mounted AppImage, which is gone when the app ends (electron-builder#1727). */
  | { readonly kind: 'spawn'; readonly file: string; readonly args: readonly string[] };

/** Ended to be started again (EX_TEMPFAIL of sysexits.h). */
export const exitStartAgain = 75;

/** Set by whoever starts the app again when it ends: then it must not do so itself, or there were two. See docs/operations/wall-computers.md. */
export const isWatchedOver = (env: NodeJS.ProcessEnv): boolean => Boolean(env['TAODU_WATCHED_OVER']);

/** `more`: switches for the new start, which nobody adds who watches over the app. */
export function howToStartAgain(
  from: { readonly argv: readonly string[]; readonly env: NodeJS.ProcessEnv; readonly isPackaged: boolean },
  more: readonly string[] = [],
): StartAgain {
  const { argv, env, isPackaged } = from;
  if (isWatchedOver(env)) return { kind: 'exit', code: exitStartAgain };
  // Chromium reads what follows the program, Electron takes the first word that is no switch for the app's folder.
  const args = [...more, ...argv.slice(1).filter((argument) => !more.includes(argument))];
  const image = env['APPIMAGE'];
  return isPackaged && image ? { kind: 'spawn', file: image, args } : { kind: 'relaunch', args };
}
