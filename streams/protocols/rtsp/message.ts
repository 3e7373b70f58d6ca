import { err, ok, type Result } from '../../../main/contract/result.ts';
import { bytesOfText, textOfBytes } from './byte-text.ts';

/** Names as they were written, values without surrounding space; both byte text (see `byte-text.ts`). */
export type RtspHeaders = readonly (readonly [name: string, value: string])[];

/** RFC 2326 clause 6. */
export interface RtspRequest {
  readonly kind: 'request';
  readonly method: string;
  readonly url: string;
  readonly headers: RtspHeaders;
  readonly body: Uint8Array;
}

/** RFC 2326 clause 7. */
export interface RtspResponse {
  readonly kind: 'response';
  readonly status: number;
  readonly reason: string;
  readonly headers: RtspHeaders;
  readonly body: Uint8Array;
}

export type RtspMessage = RtspRequest | RtspResponse;

/**
 * Why bytes are no RTSP. `garbage`: too much between two messages that is neither. `speaks-http`: a web server answered, so the port is wrong.
 */
export type RtspError =
  | 'head-too-long'
  | 'too-many-headers'
  | 'start-line-malformed'
  | 'content-length-malformed'
  | 'body-too-long'
  | 'garbage'
  | 'speaks-http';

/** A message without its body. */
export type RtspHead = Omit<RtspRequest, 'body'> | Omit<RtspResponse, 'body'>;

export const maxHeadBytes = 16 * 1024;
export const maxHeaders = 100;
export const maxBodyBytes = 1024 * 1024;

const statusLine = /^RTSP\/\d\.\d +(\d{3})(?: +(.*))?$/s;
const requestLine = /^([A-Z_]+) +(\S+) +RTSP\/\d\.\d$/;
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/**
 * Decodes the lines before the body. Lines may end in LF alone; a line that is no header is left out, as cameras do write such lines, and
 * so is one that holds what cannot be sent back.
 */
export function parseHead(bytes: Uint8Array): Result<RtspHead, RtspError> {
  const lines = textOfBytes(bytes)
    .split('\n')
    .map((line) => line.replace(/\r+$/, ''));
  const first = lines[0]!.trim();
  const headers: [string, string][] = [];
  for (const line of lines.slice(1)) {
    if (!harmless.test(line)) continue;
    const last = headers.at(-1);
    // RFC 2326 clause 4.2 lets a value go on in the next line.
    if (/^[ \t]/.test(line) && last) last[1] = `${last[1]} ${line.trim()}`.trim();
    else {
      const colon = line.indexOf(':');
      const name = line.slice(0, Math.max(0, colon)).trim();
      if (!token.test(name)) continue;
      if (headers.length === maxHeaders) return err('too-many-headers');
      headers.push([name, line.slice(colon + 1).trim()]);
    }
  }
  const status = statusLine.exec(first);
  if (status) return ok({ kind: 'response', status: Number(status[1]), reason: status[2] ?? '', headers });
  const request = requestLine.exec(first);
  if (request) return ok({ kind: 'request', method: request[1]!, url: request[2]!, headers });
  return err('start-line-malformed');
}

/**
 * Writes a message; `Content-Length` is added when there is a body. Throws RangeError when a part would break the message apart: whoever
 * makes one of what a camera said must have made it harmless before.
 */
export function encodeMessage(message: RtspMessage): Uint8Array {
  const first =
    message.kind === 'request'
      ? `${part(message.method, /^[A-Z_]+$/)} ${part(message.url, /^[!-~]+$/)} RTSP/1.0`
      : `RTSP/1.0 ${part(String(message.status), /^\d{3}$/)} ${part(message.reason, harmless)}`.trimEnd();
  const lines = message.headers.map(([name, value]) => `${part(name, token)}: ${part(value, harmless)}`);
  if (message.body.length > 0) lines.push(`Content-Length: ${message.body.length}`);
  const head = bytesOfText([first, ...lines, '', ''].join('\r\n'));
  if (message.body.length === 0) return head;
  const bytes = new Uint8Array(head.length + message.body.length);
  bytes.set(head);
  bytes.set(message.body, head.length);
  return bytes;
}

/** No line ends, no zeros. */
// oxlint-disable-next-line no-control-regex -- refusing them is the point
const harmless = /^[^\u0000\r\n]*$/;

function part(text: string, pattern: RegExp): string {
  if (!pattern.test(text)) throw new RangeError(`cannot be written into a message: ${JSON.stringify(text)}`);
  return text;
}

/** The first header of this name, whatever its case; null when there is none. */
export function headerOf(message: { readonly headers: RtspHeaders }, name: string): string | null {
  const wanted = name.toLowerCase();
  return message.headers.find(([one]) => one.toLowerCase() === wanted)?.[1] ?? null;
}

/** All headers of this name, in their order. */
export function headersOf(message: { readonly headers: RtspHeaders }, name: string): string[] {
  const wanted = name.toLowerCase();
  return message.headers.filter(([one]) => one.toLowerCase() === wanted).map(([, value]) => value);
}

/** The number that pairs a response with its request (RFC 2326 clause 12.17); null when there is none or it makes no sense. */
export function cseqOf(message: { readonly headers: RtspHeaders }): number | null {
  const text = headerOf(message, 'CSeq') ?? '';
  return /^\d{1,10}$/.test(text) ? Number(text) : null;
}

/** RFC 2326 clause 12.14: 0 where nothing is said. Said twice, it must be said alike. */
export function contentLengthOf(message: { readonly headers: RtspHeaders }): Result<number, RtspError> {
  const said = new Set(headersOf(message, 'Content-Length'));
  if (said.size === 0) return ok(0);
  const [text] = said;
  if (said.size > 1 || !/^\d{1,15}$/.test(text!)) return err('content-length-malformed');
  const length = Number(text);
  return length > maxBodyBytes ? err('body-too-long') : ok(length);
}
