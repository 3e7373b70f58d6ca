import type { BrowserWindowConstructorOptions, WebPreferences } from 'electron';

/** The colour of a page before it paints: no white flash on a dark wall. */
const backgroundColor = '#12161b';

/** What a page of ours may use of the shell: nothing but the preload script's one bridge. `partition` gives it cookies and connections of its own. */
function pagePreferences(shell: { preload: string; version: string }, partition: string): WebPreferences {
  return {
    preload: shell.preload,
    additionalArguments: [`--taodu-version=${shell.version}`],
    partition,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    webviewTag: false,
    disableDialogs: true,
    navigateOnDragDrop: false,
    spellcheck: false,
    // A wall that nobody looks at for a moment must go on painting and reporting.
    backgroundThrottling: false,
  };
}

/** A window for one screen of the wall. Shown only after it has been placed. */
export function wallWindowOptions(
  shell: { preload: string; version: string },
  screen: { wallId: string; screenId: string; title: string; framed: boolean },
): BrowserWindowConstructorOptions {
  return {
    title: screen.title,
    show: false,
    frame: screen.framed,
    autoHideMenuBar: true,
    backgroundColor,
    webPreferences: pagePreferences(shell, `persist:wall-${screen.wallId}-${screen.screenId}`),
  };
}

/** The operator's console, an ordinary window. */
export function consoleWindowOptions(shell: { preload: string; version: string }): BrowserWindowConstructorOptions {
  return { width: 1600, height: 960, autoHideMenuBar: true, backgroundColor, webPreferences: pagePreferences(shell, 'persist:console') };
}
