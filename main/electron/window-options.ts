import type { BrowserWindowConstructorOptions, WebPreferences } from 'electron';

/** The colour of a page before it paints: no white flash on a dark wall. */
const backgroundColor = '#12161b';

/** What every page of ours gets of the shell. */
export interface ShellOfPages {
  readonly preload: string;
  readonly version: string;
  /** Only while somebody develops: a packed app shows nobody its pages from the inside. */
  readonly devTools: boolean;
}

/** What a page of ours may use of the shell: nothing but the preload script's one bridge. `partition` gives it cookies and connections of its own. */
function pagePreferences(shell: ShellOfPages, partition: string): WebPreferences {
  return {
    preload: shell.preload,
    additionalArguments: [`--taodu-version=${shell.version}`],
    partition,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInSubFrames: false,
    nodeIntegrationInWorker: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    devTools: shell.devTools,
    disableDialogs: true,
    navigateOnDragDrop: false,
    spellcheck: false,
    autoplayPolicy: 'no-user-gesture-required',
    // A wall that nobody looks at for a moment must go on painting and reporting.
    backgroundThrottling: false,
  };
}

/** A window for one screen of the wall. Shown only after it has been placed. */
export function wallWindowOptions(
  shell: ShellOfPages,
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

/** What the console's session is called: its cookies are a person's. */
export const consolePartition = 'persist:console';

/** The operator's console, an ordinary window that Electron opens where it was left (docs/tutorial/window-state-persistence.md). */
export function consoleWindowOptions(shell: ShellOfPages): BrowserWindowConstructorOptions {
  return {
    name: 'console',
    windowStatePersistence: true,
    title: '陶都 Taodu',
    width: 1600,
    height: 960,
    minWidth: 800,
    minHeight: 500,
    autoHideMenuBar: true,
    backgroundColor,
    webPreferences: pagePreferences(shell, consolePartition),
  };
}

/** The setup page of a first start: nothing of it is kept, and it has no bridge. */
export function setupWindowOptions(devTools: boolean): BrowserWindowConstructorOptions {
  const {
    preload: _bridge,
    additionalArguments: _version,
    ...preferences
  } = pagePreferences({ preload: '', version: '', devTools }, setupPartition);
  return {
    title: '陶都 Taodu',
    width: 1366,
    height: 768,
    minWidth: 1024,
    minHeight: 640,
    autoHideMenuBar: true,
    backgroundColor,
    webPreferences: preferences,
  };
}

export const setupPartition = 'setup';
