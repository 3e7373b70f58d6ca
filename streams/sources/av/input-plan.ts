import { problem, type Problem } from '../../../main/contract/errors.ts';
import { err, ok, type Result } from '../../../main/contract/result.ts';

/** How FFmpeg is to open an address. */
export interface InputPlan {
  readonly host: string;
  readonly port: number;
  /** HTTP in any form: goes through our own proxy, which looks at every address that playlists and redirects lead to. */
  readonly isHttp: boolean;
  /** The address with `address` in place of the host's name; HTTP keeps the name, for the proxy to look up. */
  urlAt(address: string, family: 4 | 6): string;
  readonly options: Readonly<Record<string, string>>;
}

/** What one scheme may make use of. Nothing local is among it: no file, no pipe, no device, no list of files. */
interface Scheme {
  readonly port: number | null;
  readonly protocols: string;
  readonly options?: Readonly<Record<string, string>>;
  /** Words in the address that would have FFmpeg listen instead of connect. */
  readonly refused?: RegExp;
}

/** Nothing comes for this long (FFmpeg counts microseconds): the read fails. */
const silenceUs = '8000000';
const http = 'http,https,httpproxy,tcp,tls,crypto,hls';
/**
 * Over TCP only: over UDP a camera would say where packets of ours are to go. Nor is `rtsp` itself among the protocols: FFmpeg does not need
 * it to open an address, but asks for it before it follows a redirect, which nobody would have looked at. Our own RTSP client follows them.
 */
const rtsp: Omit<Scheme, 'port'> = {
  protocols: 'tcp,tls',
  options: { rtsp_transport: 'tcp', allowed_media_types: 'video+audio', timeout: silenceUs },
};

const schemes: Readonly<Record<string, Scheme>> = {
  'http:': { port: 80, protocols: http, options: { rw_timeout: silenceUs } },
  'https:': { port: 443, protocols: http, options: { rw_timeout: silenceUs } },
  'rtsp:': { port: 554, ...rtsp },
  'rtsps:': { port: 322, ...rtsp },
  'rtmp:': { port: 1935, protocols: 'rtmp,tcp', options: { rw_timeout: silenceUs, rtmp_live: 'live' } },
  'rtmps:': { port: 443, protocols: 'rtmps,tls,tcp', options: { rw_timeout: silenceUs, rtmp_live: 'live' } },
  'srt:': { port: null, protocols: 'srt', options: { timeout: silenceUs }, refused: /mode=(?!caller)/i },
  'tcp:': { port: null, protocols: 'tcp', options: { rw_timeout: silenceUs }, refused: /listen/i },
  'udp:': { port: null, protocols: 'udp', options: { timeout: silenceUs } },
  'rtp:': { port: null, protocols: 'rtp,udp', options: { rw_timeout: silenceUs } },
};

/** Formats that cameras, platforms and recorders send. Others, among them all lists of files, are not even tried. */
const formats =
  'rtsp,sdp,rtp,flv,live_flv,hls,mpegts,mpeg,mov,mp4,m4a,3gp,3g2,mj2,mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,matroska,webm,avi,h264,hevc,aac,mp3';

/**
 * Begins with as little as possible: what a camera sends is known from its first packets, and analysing more costs seconds. Nothing that
 * is read to find out is thrown away.
 */
const quick = { analyzeduration: '0', probesize: '32768', fpsprobesize: '0', max_delay: '500000' };

/** Decides whether and how FFmpeg may open `url`. Errors: `source-invalid` {field, reason}. */
export function planInput(url: string): Result<InputPlan, Problem> {
  const invalid = (reason: string) => err(problem('source-invalid', { field: 'url', reason }));
  // What two parsers may read in two ways is read by none.
  if (!URL.canParse(url) || /[\\\s\p{Cc}]/u.test(url)) return invalid('unreadable');
  const parsed = new URL(url);
  const scheme = schemes[parsed.protocol];
  if (!Object.hasOwn(schemes, parsed.protocol) || !scheme) return invalid('scheme');
  const host = parsed.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = parsed.port === '' ? scheme.port : Number(parsed.port);
  if (host === '') return invalid('host');
  if (port === null || port === 0) return invalid('port');
  if (scheme.refused?.test(parsed.search)) return invalid('listens');
  const isHttp = scheme.protocols === http;
  return ok({
    host,
    port,
    isHttp,
    urlAt: (address, family) => (isHttp ? url : withHost(url, family === 6 ? `[${address}]` : address)),
    options: { ...quick, ...scheme.options, protocol_whitelist: scheme.protocols, format_whitelist: formats },
  });
}

/** Only the host is exchanged: cameras read the rest of their addresses in ways that no parser should improve. */
function withHost(url: string, address: string): string {
  const authority = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i.exec(url)?.[0] ?? '';
  const from = Math.max(authority.lastIndexOf('@'), authority.indexOf('://') + 2) + 1;
  const port = /:\d*$/.exec(authority.slice(from))?.[0] ?? '';
  return url.slice(0, from) + address + port + url.slice(authority.length);
}
