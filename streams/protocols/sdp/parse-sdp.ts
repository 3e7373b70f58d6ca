import { err, ok, type Result } from '../../../main/contract/result.ts';
import type { Direction, MediaDescription, MediaFormat, SessionDescription } from './session-description.ts';

/** `not-sdp`: neither a version nor a medium is in it. */
export type SdpError = 'too-long' | 'too-many-lines' | 'too-many-media' | 'too-many-formats' | 'not-sdp';

const maxBytes = 256 * 1024;
const maxLines = 4096;
const maxMedia = 32;
const maxFormats = 64;
const maxParameters = 64;

type Open<T> = { -readonly [K in keyof T]: T[K] };
type OpenFormat = Open<MediaFormat>;
type OpenMedia = Open<Omit<MediaDescription, 'formats'>> & { readonly formats: readonly OpenFormat[] };

/**
 * Decodes a session description as cameras write them: lines may end in LF alone, obligatory ones may be missing, and whatever is no
 * `x=value` is passed over, binary rubbish included. Of what is said twice the first counts.
 */
export function parseSdp(bytes: Uint8Array): Result<SessionDescription, SdpError> {
  if (bytes.length > maxBytes) return err('too-long');
  const lines = new TextDecoder().decode(bytes).split(/[\r\n]+/);
  if (lines.length > maxLines) return err('too-many-lines');
  const session: Open<SessionDescription> = { ...nothingSaid, name: null, range: null, media: [] };
  const media: OpenMedia[] = [];
  let hasVersion = false;
  for (const line of lines) {
    if (line[1] !== '=') continue;
    const value = line.slice(2).trim();
    const medium = media.at(-1);
    switch (line[0]) {
      case 'v':
        hasVersion = true;
        break;
      case 's':
        if (!medium) session.name ??= value;
        break;
      case 'm': {
        const begun = mediumOf(value);
        if (!begun) break;
        if (media.length === maxMedia) return err('too-many-media');
        if (begun.formats.length > maxFormats) return err('too-many-formats');
        media.push(begun);
        break;
      }
      case 'c':
        (medium ?? session).address ??= addressOf(value);
        break;
      case 'b':
        (medium ?? session).bandwidthKbps ??= bandwidthOf(value);
        break;
      case 'a':
        takeAttribute(value, session, medium);
        break;
      default:
    }
  }
  if (!hasVersion && media.length === 0) return err('not-sdp');
  return ok({ ...session, media });
}

const nothingSaid = { control: null, address: null, bandwidthKbps: null, direction: null };

/** `<kind> <port>[/<count>] <protocol> <format> …`; null when it is none. */
function mediumOf(value: string): OpenMedia | null {
  const medium = /^([a-z0-9-]+)\s+(\d{1,5})(?:\/\d+)?\s+(\S+)((?:\s+\S+)*)$/i.exec(value);
  if (!medium || Number(medium[2]) > 65_535) return null;
  const isRtp = /\brtp\b/i.test(medium[3]!);
  const types = isRtp ? medium[4]!.split(/\s+/).filter((text) => /^\d{1,3}$/.test(text) && Number(text) < 128) : [];
  return {
    ...nothingSaid,
    kind: medium[1]!.toLowerCase(),
    port: Number(medium[2]),
    protocol: medium[3]!.toUpperCase(),
    formats: [...new Set(types.map(Number))].map((payloadType) => ({ payloadType, encoding: '', clockRate: 0, channels: 1, fmtp: {} })),
  };
}

/** `IN IP4 224.2.1.1/127`: the address alone. */
const addressOf = (value: string): string | null => /^\S+\s+\S+\s+([^\s/]{1,255})/.exec(value)?.[1] ?? null;

/** `AS:512`; other kinds of bandwidth are not asked for. */
function bandwidthOf(value: string): number | null {
  const said = /^AS\s*:\s*(\d{1,9})/i.exec(value);
  return said ? Number(said[1]) : null;
}

function takeAttribute(text: string, session: Open<SessionDescription>, medium: OpenMedia | undefined): void {
  const colon = text.indexOf(':');
  const name = (colon < 0 ? text : text.slice(0, colon)).trim().toLowerCase();
  const value = colon < 0 ? '' : text.slice(colon + 1).trim();
  const place = medium ?? session;
  switch (name) {
    case 'control':
      if (value !== '') place.control ??= value;
      break;
    case 'range':
      if (!medium) session.range ??= value;
      break;
    case 'sendrecv':
    case 'sendonly':
    case 'recvonly':
    case 'inactive':
      place.direction ??= name satisfies Direction;
      break;
    case 'rtpmap':
      takeRtpmap(value, medium);
      break;
    case 'fmtp':
      takeFmtp(value, medium);
      break;
    default:
  }
}

/** `<payload type> <encoding>/<clock rate>[/<channels>]`. */
function takeRtpmap(value: string, medium: OpenMedia | undefined): void {
  const map = /^(\d{1,3})\s+([^\s/]{1,64})(?:\s*\/\s*(\d{1,9}))?(?:\s*\/\s*(\d{1,3}))?/.exec(value);
  const format = map && medium?.formats.find((one) => one.payloadType === Number(map[1]));
  if (!format || format.encoding !== '') return;
  format.encoding = map[2]!;
  format.clockRate = Number(map[3] ?? 0);
  format.channels = Number(map[4] ?? 1) || 1;
}

/** `<payload type> name=value;name=value`; a value may hold equals signs, as base64 does. */
function takeFmtp(value: string, medium: OpenMedia | undefined): void {
  const line = /^(\d{1,3})\s+(.*)$/.exec(value);
  const format = line && medium?.formats.find((one) => one.payloadType === Number(line[1]));
  if (!format || Object.keys(format.fmtp).length > 0) return;
  const pairs = line[2]!
    .split(';', maxParameters)
    .map((piece) => {
      const equals = piece.indexOf('=');
      return equals < 0
        ? ([piece.trim().toLowerCase(), ''] as const)
        : ([piece.slice(0, equals).trim().toLowerCase(), piece.slice(equals + 1).trim()] as const);
    })
    .filter(([name]) => name !== '');
  format.fmtp = Object.fromEntries(pairs);
}
