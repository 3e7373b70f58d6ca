import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { app, BrowserWindow, Menu } from 'electron';
import { problem, ProblemError } from '../contract/errors.ts';
import type { SetupOptions, SetupResult } from '../launch/setup/start-setup.ts';
import { readRememberedFolder } from '../launch/setup/remembered-folder.ts';
import { setupWindowOptions } from './window-options.ts';

/**
 * The data folder that was chosen at the first start; null when none was yet. Throws a ProblemError when it holds no city: an empty one in its place, made
 * because a disk was not mounted, would be a wall of nothing and a second truth.
 */
export function rememberedDataFolder(file: string): string | null {
  const folder = readRememberedFolder(file);
  if (folder === null || existsSync(join(folder, 'ledger.db'))) return folder;
  throw new ProblemError(
    problem(
      'data-folder-unusable',
      { path: folder, reason: 'missing' },
      `there is no city in ${folder}: is its disk mounted? Name another folder with --data, or remove ${file} to choose again`,
    ),
  );
}

/** A page that is lost more often stays away: somebody sits there, and starts the app again. */
const lossesAtMost = 3;

export interface FirstStartOptions extends SetupOptions {
  readonly devTools: boolean;
  /** Where its page comes from: the setup's own server. */
  onOrigin(origin: string): void;
  /** Ends it. */
  readonly over: AbortSignal;
}

/** What the first start came to; `close` takes the setup page away, once there is something else to see. */
export interface FirstStart extends SetupResult {
  close(): void;
}

/** Shows the setup page in a window until somebody has finished it. Null: it was closed, nobody came, or it is over. */
export async function runFirstStart(options: FirstStartOptions): Promise<FirstStart | null> {
  const { devTools, onOrigin, over } = options;
  // A server of pages is nothing that every start should hold.
  const { startSetup } = await import('../launch/setup/start-setup.ts');
  const setup = await startSetup(options);
  const stop = () => void setup.stop();
  over.addEventListener('abort', stop);
  if (over.aborted) stop();
  onOrigin(new URL(setup.url).origin);
  // Without it nothing can be copied or pasted by key on macOS.
  if (process.platform === 'darwin') Menu.setApplicationMenu(Menu.buildFromTemplate([{ role: 'appMenu' }, { role: 'editMenu' }]));
  const window = new BrowserWindow(setupWindowOptions(devTools));
  window.on('closed', stop);
  let losses = 0;
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    losses += 1;
    const again = losses <= lossesAtMost && !window.isDestroyed();
    options.log.warn({ reason, again }, 'the setup page was lost');
    if (again) window.webContents.reload();
  });
  window.loadURL(setup.url).catch((error: unknown) => options.log.error({ err: error }, 'the setup page did not load'));
  const front = () => {
    if (window.isDestroyed()) return;
    if (window.isMinimized()) window.restore();
    window.show();
  };
  app.on('second-instance', front);
  const result = await setup.finished;
  app.off('second-instance', front);
  over.removeEventListener('abort', stop);
  const close = () => {
    if (!window.isDestroyed()) window.destroy();
    stop();
  };
  if (result) return { ...result, close };
  close();
  return null;
}
