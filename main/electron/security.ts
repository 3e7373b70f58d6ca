import { readFile } from 'node:fs/promises';
import { app, session, type Event, type Session, type WebContents } from 'electron';
import { isKnownServer } from '../tls/known-server.ts';
import type { TlsFiles } from '../tls/tls-files.ts';
import { isOwnPage } from './own-page.ts';

/**
 * Denies everything that no page of ours needs: permissions, devices, downloads, other windows, other sites, webviews. Call it
 * before the first window; it holds for every session and page that is made later. `hubOrigin` answers null until the hub listens.
 * With `tls` pages talk to servers that our own certificate vouches for, and to no others, whatever authorities the machine knows.
 */
export function denyByDefault(hubOrigin: () => string | null, tls: TlsFiles | null): void {
  const isOurs = (url: string) => {
    const origin = hubOrigin();
    return origin !== null && isOwnPage(url, origin);
  };
  const prepare = (made: Session) => {
    denyPermissions(made);
    if (tls) pinCertificates(made, tls);
  };
  prepare(session.defaultSession);
  app.on('session-created', prepare);
  app.on('web-contents-created', (_event, contents) => confine(contents, isOurs));
}

function denyPermissions(of: Session): void {
  of.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  of.setPermissionCheckHandler(() => false);
  of.setDevicePermissionHandler(() => false);
  of.on('will-download', (event) => event.preventDefault());
}

/** What the verify procedure answers: trusted, and no. */
const trusted = 0;
const refused = -2;

function pinCertificates(of: Session, tls: TlsFiles): void {
  of.setCertificateVerifyProc(({ certificate, hostname }, answer) => {
    // Read each time: it may have been renewed.
    readFile(tls.certificate, 'utf8').then(
      (chain) => answer(isKnownServer(certificate.data, chain, hostname, Date.now()) ? trusted : refused),
      () => answer(refused),
    );
  });
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
