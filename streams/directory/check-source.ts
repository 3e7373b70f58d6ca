import { problem, type Problem } from '../../main/contract/errors.ts';
import { err, ok, type Result } from '../../main/contract/result.ts';
import type { SourceInput, SourceShown } from '../contract.ts';

type Shown = { readonly text: string; readonly stripped: boolean };

/** Query and path keys whose value lets somebody in, or tells as whom. */
const secretKey =
  /^(?:user|username|usr|login|account|pass|passwd|password|passphrase|pwd|psw|token|access_?token|auth\w*|api_?key|key|secret\w*|sign|signature|sig|session|sessionid|ticket|credentials?|streamid|stream_?key)$/i;

/** A `key=value` inside a path, as in `rtsp://host:554/user=admin_password=x_channel=1_stream=0.sdp` (Xiongmai and its many labels). */
const secretInPath = /(?:^|[/&_;?,])(?:user|username|usr|pass|passwd|password|pwd|psw|token|auth\w*)=/i;

// oxlint-disable-next-line no-control-regex -- refusing them is the point: URL parsers drop some silently
const unprintable = /[\u0000-\u0020\u007f\u202a-\u202e\u2066-\u2069]/u;
// oxlint-disable-next-line no-control-regex -- a file name may hold spaces, nothing else of these
const unprintableInPath = /[\u0000-\u001f\u007f\u202a-\u202e\u2066-\u2069]/u;

const schemes: Readonly<Record<'rtsp' | 'rtmp', readonly string[]>> = { rtsp: ['rtsp:', 'rtsps:'], rtmp: ['rtmp:', 'rtmps:'] };

/**
 * Checks a source and makes what may be shown of it: URLs without user name, password, and query or path parts that let somebody
 * in, and no publish key. `hasSecret` is true when anything was taken out; the full source then belongs among the secrets.
 * Errors: `source-invalid` with `field` and `reason`.
 */
export function checkSource(source: SourceInput): Result<SourceShown, Problem> {
  const shown: { -readonly [K in keyof SourceShown]: SourceShown[K] } = { kind: source.kind, hasSecret: false };
  if (source.kind === 'gb28181') {
    for (const field of ['deviceId', 'channelId'] as const) {
      // GB/T 28181-2022 annex E: 20 digits. What the digits mean is not checked: field practice violates the type table.
      if (!/^\d{20}$/.test(source[field])) return invalid(field, 'not-20-digits');
      shown[field] = source[field];
    }
  }
  if (source.kind === 'rtmp' && source.url === undefined) {
    if (source.subUrl !== undefined) return invalid('subUrl', 'without-url');
    shown.hasSecret = source.publishKey !== undefined;
  } else if (source.kind === 'rtmp' && source.publishKey !== undefined) return invalid('publishKey', 'with-url');
  for (const field of ['url', 'subUrl'] as const) {
    const text = field === 'url' || source.kind !== 'gb28181' ? (source as { url?: string; subUrl?: string })[field] : undefined;
    if (text === undefined) continue;
    const checked = source.kind === 'file' ? checkFile(text, field) : checkUrl(text, field, source.kind);
    if (!checked.ok) return checked;
    shown[field] = checked.value.text;
    shown.hasSecret ||= checked.value.stripped;
  }
  if (source.kind === 'file' && source.phaseMs !== undefined) shown.phaseMs = source.phaseMs;
  return ok(shown);
}

function invalid(field: string, reason: string): Result<never, Problem> {
  return err(problem('source-invalid', { field, reason }));
}

function checkFile(text: string, field: string): Result<Shown, Problem> {
  if (unprintableInPath.test(text)) return invalid(field, 'control-character');
  const plain = { text, stripped: false };
  if (/^clip:[a-z0-9][a-z0-9._-]{0,63}$/.test(text)) return ok(plain);
  if (/^(?:\/|[A-Za-z]:[\\/])/.test(text)) return ok(plain);
  const url = URL.parse(text);
  if (url?.protocol === 'file:' && url.host === '' && url.pathname.length > 1) return ok(plain);
  return invalid(field, 'not-an-absolute-path');
}

function checkUrl(text: string, field: string, kind: 'rtsp' | 'rtmp' | 'av' | 'gb28181'): Result<Shown, Problem> {
  if (unprintable.test(text)) return invalid(field, 'control-character');
  const url = URL.parse(text);
  if (!url) return invalid(field, 'not-a-url');
  if (kind === 'rtsp' || kind === 'rtmp') {
    if (!schemes[kind].includes(url.protocol)) return invalid(field, 'scheme');
    if (url.hostname === '') return invalid(field, 'host-missing');
  }
  // A password with a bare #, / or ? moves the end of the authority: its rest, up to the @, would be shown as path or query.
  const afterAuthority = /^[a-z][a-z0-9+.-]*:(?:\/\/[^/?#]*)?(.*)$/is.exec(text)?.[1] ?? '';
  if (afterAuthority.includes('@')) return invalid(field, 'at-sign-not-encoded');
  return ok(strip(text, url));
}

function strip(text: string, url: URL): Shown {
  let stripped = url.username !== '' || url.password !== '' || url.hash !== '';
  url.username = '';
  url.password = '';
  url.hash = '';
  const pairs = url.search.slice(1).split(/[&;]/);
  const kept = pairs.filter((pair) => !secretKey.test(decoded(pair.split('=', 1)[0] ?? '')));
  if (kept.length < pairs.length) {
    stripped = true;
    url.search = kept.join('&');
  }
  const path = url.pathname;
  const secretAt = secretInPath.test(decoded(path)) ? Math.max(0, path.search(secretInPath)) : -1;
  if (secretAt >= 0) {
    stripped = true;
    url.search = '';
    url.pathname = path.slice(0, secretAt);
    // The path of a URL without authority cannot be set: only its scheme is shown then.
    if (url.pathname === path) return { text: url.protocol, stripped };
  }
  return { text: stripped ? url.href : text, stripped };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
