const permissionsPolicy = ['camera', 'microphone', 'geolocation', 'display-capture', 'usb', 'serial', 'payment', 'midi']
  .map((feature) => `${feature}=()`)
  .join(', ');

/**
 * The headers of every answer. `host` is the checked Host header; `relays` are the origins of the media relay, the only
 * other place a page may talk to. `styleHash` allows the one inline style of a message page.
 */
export function securityHeaders(host: string | null, relays: readonly string[], styleHash?: string): Record<string, string> {
  const connect = [
    "'self'",
    ...(host === null ? [] : [`ws://${host}`, `wss://${host}`]),
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
      "frame-ancestors 'none'",
    ].join('; '),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
    'cross-origin-resource-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'permissions-policy': permissionsPolicy,
    'cache-control': 'no-store',
  };
}
