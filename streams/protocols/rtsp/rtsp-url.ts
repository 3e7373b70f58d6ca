import { err, ok, type Result } from '../../../main/contract/result.ts';
import { utf8Text } from './byte-text.ts';

/** The address of a camera, taken apart. */
export interface RtspUrl {
  /** RTSP over TLS (rtsps). */
  readonly secure: boolean;
  /** A name, or an address without brackets. */
  readonly host: string;
  readonly port: number;
  /** Null when the address holds none. */
  readonly login: { readonly user: string; readonly password: string } | null;
  /** What requests name: without user and password, everything else as it was written. */
  readonly requestUrl: string;
}

/** `login`: control characters in user or password, which no request can carry. */
export type RtspUrlError = 'too-long' | 'scheme' | 'host' | 'port' | 'login';

const maxLength = 4096;

/**
 * Takes an `rtsp:` or `rtsps:` address apart (RFC 2326 clause 3.2), in all the ways in which cameras' manuals write them: user and password
 * percent-encoded or not, a query anywhere, no path at all, IPv6 in brackets. The path stays as it is, for cameras compare it letter by letter.
 */
export function parseRtspUrl(text: string): Result<RtspUrl, RtspUrlError> {
  if (text.length > maxLength) return err('too-long');
  const whole = /^(rtsps?):\/\/([^/?#]*)([^#]*)/i.exec(text.trim());
  if (!whole) return err('scheme');
  const scheme = whole[1]!.toLowerCase();
  const authority = whole[2]!;
  const at = authority.lastIndexOf('@');
  const hostPort = /^(?:\[([0-9a-f:.]+(?:%[!-~]+)?)\]|([^\s:@[\]]+))(?::(\d*))?$/i.exec(authority.slice(at + 1));
  const host = hostPort?.[1] ?? hostPort?.[2];
  if (!hostPort || host === undefined || !/^[!-~]+$/.test(host)) return err(/[^:]:\D*$/.test(authority.slice(at + 1)) ? 'port' : 'host');
  const port = hostPort[3] ? Number(hostPort[3]) : scheme === 'rtsps' ? 322 : 554;
  if (port < 1 || port > 65_535) return err('port');
  const login = at < 0 ? null : loginOf(authority.slice(0, at));
  if (login && controlCharacter.test(login.user + login.password)) return err('login');
  const path = whole[3]!.startsWith('/') ? whole[3]! : `/${whole[3]!}`;
  return ok({
    secure: scheme === 'rtsps',
    host,
    port,
    login,
    requestUrl: `${scheme}://${authority.slice(at + 1)}${sendable(path)}`,
  });
}

/** Percent-encodes what must not stand in a request line: everything but the visible ASCII characters. */
export const sendable = (text: string): string =>
  utf8Text(text).replaceAll(/[^!-~]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);

// oxlint-disable-next-line no-control-regex -- refusing them is the point
const controlCharacter = /[\u0000-\u001f\u007f]/;

function loginOf(text: string): RtspUrl['login'] {
  const colon = text.indexOf(':');
  return colon < 0
    ? { user: decoded(text), password: '' }
    : { user: decoded(text.slice(0, colon)), password: decoded(text.slice(colon + 1)) };
}

/** A percent sign that encodes nothing means itself: passwords have them. */
const decoded = (text: string): string =>
  text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (encoded) => {
    try {
      return decodeURIComponent(encoded);
    } catch {
      return encoded;
    }
  });
