import { app, session, type Event, type Session, type WebContents } from 'electron';
import { isOwnPage } from './own-page.ts';

/**
 * Denies everything that no page of ours needs: permissions, devices, downloads, other windows, other sites, webviews. Call it
 * before the first window; it holds for every session and page that is made later. `hubOrigin` answers null until the hub listens.
 */
export function denyByDefault(hubOrigin: () => string | null): void {
  const isOurs = (url: string) => {
    const origin = hubOrigin();
    return origin !== null && isOwnPage(url, origin);
  };
  denyPermissions(session.defaultSession);
  app.on('session-created', denyPermissions);
  app.on('web-contents-created', (_event, contents) => confine(contents, isOurs));
}

function denyPermissions(of: Session): void {
  of.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  of.setPermissionCheckHandler(() => false);
  of.setDevicePermissionHandler(() => false);
  of.on('will-download', (event) => event.preventDefault());
}

function confine(contents: WebContents, isOurs: (url: string) => boolean): void {
  const stay = (event: Event<{ readonly url: string }>) => {
    if (!isOurs(event.url)) event.preventDefault();
  };
  contents.on('will-navigate', stay);
  contents.on('will-redirect', stay);
  contents.on('will-frame-navigate', stay);
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}
