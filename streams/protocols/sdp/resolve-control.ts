import { sendable } from '../rtsp/rtsp-url.ts';

/** What a control address is relative to, first that is said (RFC 2326 clause C.1.1). */
export interface ControlBase {
  readonly contentBase: string | null;
  readonly contentLocation: string | null;
  /** Of the DESCRIBE that brought the description; without user and password. */
  readonly requestUrl: string;
}

const maxLength = 4096;
const absolute = /^rtsps?:\/\//i;

/** The first of the three that is an address at all: cameras write paths and rubbish there. */
export function baseOf({ contentBase, contentLocation, requestUrl }: ControlBase): string {
  const said = [contentBase, contentLocation].find((one) => one !== null && absolute.test(one.trim()) && one.length <= maxLength);
  return said ? clean(said.trim()) : requestUrl;
}

/**
 * The address that SETUP or PLAY names for an `a=control`. Nothing, `*` and what is too long mean the base itself. Anything but an absolute
 * address is put behind the base, whatever it begins with and even behind a query (`…?channel=1/trackID=1`): that is not how the clause
 * resolves it, but how cameras and all their players do.
 */
export function resolveControl(control: string | null, base: string): string {
  const text = control?.trim() ?? '';
  if (text === '' || text === '*' || text.length > maxLength) return base;
  if (absolute.test(text)) return clean(text);
  const separator = base.endsWith('/') || text.startsWith('?') || text.startsWith('/') ? '' : '/';
  return base + separator + sendable(base.endsWith('/') ? text.replace(/^\//, '') : text);
}

/** Without user and password, which are nobody's business in a request line, and safe to send. */
const clean = (url: string): string => sendable(url.replace(/^(rtsps?:\/\/)[^/?#]*@/i, '$1'));
