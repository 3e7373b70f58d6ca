import { strictTransportSecurity } from '../../tls/tls-options.ts';

const permissionsPolicy = ['camera', 'microphone', 'geolocation', 'display-capture', 'usb', 'serial', 'payment', 'midi']
  .map((feature) => `${feature}=()`)
  .join(', ');

const framedByNobody = "frame-ancestors 'none'";

/** What an answer is for, as far as its headers go. */
export interface AnswerNature {
  /** It goes out over TLS: then the browser is told to come by TLS alone from now on. */
  readonly secure: boolean;
  /** Allows the one inline style of a message page. */
  readonly styleHash?: string;
}

/**
 * The headers of every answer. `host` is the checked Host header; `relays` are the origins of the media relay, the only
 * other place a page may talk to.
 */
export function securityHeaders(
  host: string | null,
  relays: readonly string[],
  { secure, styleHash }: AnswerNature = { secure: false },
): Record<string, string> {
  const connect = [
    "'self'",
    ...(host === null ? [] : secure ? [`wss://${host}`] : [`ws://${host}`, `wss://${host}`]),
    ...[...new Set(relays)].flatMap((origin) => [origin, origin.replace(/^http/, 'ws')]),
  ];
  return {
    'content-security-policy': [
      "default-src 'none'",
      "script-src 'self' 'wasm-unsafe-eval'",
      `style-src ${styleHash === undefined ? "'self'" : `'${styleHash}'`}`,
      "img-src 'self' data: blob:",
      "font-src 'self'",
      "media-src 'self' blob:",
      "worker-src 'self' blob:",
      `connect-src ${connect.join(' ')}`,
      "base-uri 'none'",
      "form-action 'self'",
      framedByNobody,
    ].join('; '),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
    'cross-origin-resource-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'permissions-policy': permissionsPolicy,
    'cache-control': 'no-store',
    ...(secure && { 'strict-transport-security': strictTransportSecurity }),
  };
}

/** The permissions policy of a page that may ask where the device is (W3C Geolocation, clause 11): the field page of a unit. */
export function knowingItsPosition(policy: string): string {
  return policy.replace('geolocation=()', 'geolocation=(self)');
}

/**
 * The policy of a page that may hold, and be held by, a page of this very origin (CSP 3, 6.1.5 and 6.4.2): the page of a wall, which loads its
 * successor below itself. Of all others nobody makes a frame.
 */
export function framedByItself(policy: string): string {
  return policy.replace(framedByNobody, "frame-ancestors 'self'; frame-src 'self'");
}
