import { readFile } from 'node:fs/promises';
import { app, session, type DownloadItem, type Event, type Session, type WebContents } from 'electron';
import { isKnownServer } from '../tls/known-server.ts';
import type { TlsFiles } from '../tls/tls-files.ts';

/** What one of our sessions may do besides showing pages. By name, as Electron calls it in `setPermissionRequestHandler`. */
export interface Allowance {
  readonly permissions: readonly string[];
  /** Files are offered to be kept: with a dialog, and only what a page of ours made. */
  readonly downloads: boolean;
}

const nothing: Allowance = { permissions: [], downloads: false };

export interface SecurityOptions {
  /** Whether an address is one of our own pages; none is before something of ours listens. */
  isOurs(url: string): boolean;
  /** With these pages talk to servers that our own certificate vouches for, and to no others, whatever authorities the machine knows. */
  tls(): TlsFiles | null;
  /** What a session may do; everything else is denied. */
  allow(session: Session): Allowance | null;
}

/**
 * Denies everything that no page of ours needs: permissions, devices, downloads, other windows, other sites, webviews, certificates of the person. Call it
 * before the first window; it holds for every session and page that is made later.
 */
export function denyByDefault({ isOurs, tls, allow }: SecurityOptions): void {
  const prepare = (made: Session) => {
    const allowed = () => allow(made) ?? nothing;
    limitPermissions(made, isOurs, allowed);
    made.on('will-download', (event, item) => {
      if (!allowed().downloads || !isMadeByUs(item, isOurs)) event.preventDefault();
    });
    pinCertificates(made, tls);
  };
  prepare(session.defaultSession);
  app.on('session-created', prepare);
  app.on('web-contents-created', (_event, contents) => confine(contents, isOurs));
  // Electron would show the first certificate of the person's store to whoever asks.
  app.on('select-client-certificate', (event, _contents, _url, _list, choose) => {
    event.preventDefault();
    choose();
  });
}

function limitPermissions(of: Session, isOurs: (url: string) => boolean, allowed: () => Allowance): void {
  const isAllowed = (permission: string, url: string) => allowed().permissions.includes(permission) && isOurs(url);
  of.setPermissionRequestHandler((contents, permission, answer, details) =>
    answer(details.isMainFrame && isAllowed(permission, details.requestingUrl) && isOurs(contents.getURL())),
  );
  of.setPermissionCheckHandler((_contents, permission, requestingOrigin) => isAllowed(permission, requestingOrigin));
  of.setDevicePermissionHandler(() => false);
  // Not `{}`: Electron throws where a picture was asked for and none is given, and that would end the app (electron#45517).
  of.setDisplayMediaRequestHandler((_request, answer) => answer(null));
  of.on('file-system-access-restricted', (_event, _details, answer) => answer('deny'));
}

/** A file of the hub, or one that a page of ours put together. */
function isMadeByUs(item: DownloadItem, isOurs: (url: string) => boolean): boolean {
  const chain = item.getURLChain();
  return chain.length > 0 && chain.every((url) => isOurs(url.replace(/^blob:/, '')));
}

/** What the verify procedure answers: trusted, no, and what Chromium itself thinks. */
const trusted = 0;
const refused = -2;
const asChromium = -3;

function pinCertificates(of: Session, tls: () => TlsFiles | null): void {
  of.setCertificateVerifyProc(({ certificate, hostname }, answer) => {
    const files = tls();
    if (files === null) {
      answer(asChromium);
      return;
    }
    // Read each time: it may have been renewed.
    readFile(files.certificate, 'utf8').then(
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
  // No page keeps its window open by asking whether one really wants to leave.
  contents.on('will-prevent-unload', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}
