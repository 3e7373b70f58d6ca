import type { MediaDescription, SessionDescription } from './session-description.ts';

/**
 * Writes a session description (RFC 8866 clause 5), with the lines that it must have and that nobody here reads. Throws RangeError when a
 * text in it would begin a line of its own.
 */
export function writeSdp(session: SessionDescription): Uint8Array {
  const lines = [
    'v=0',
    'o=- 0 0 IN IP4 0.0.0.0',
    ...(session.name === null ? [] : [`s=${session.name}`]),
    ...commonLines(session),
    't=0 0',
    ...(session.range === null ? [] : [`a=range:${session.range}`]),
    ...attributeLines(session),
    ...session.media.flatMap(mediaLines),
  ];
  if (lines.some((line) => /[\r\n]/.test(line))) throw new RangeError('a line end inside of a line');
  return new TextEncoder().encode(`${lines.join('\r\n')}\r\n`);
}

type Common = Pick<MediaDescription, 'address' | 'bandwidthKbps' | 'control' | 'direction'>;

function commonLines({ address, bandwidthKbps }: Common): string[] {
  const lines: string[] = [];
  if (address !== null) lines.push(`c=IN ${address.includes(':') ? 'IP6' : 'IP4'} ${address}`);
  if (bandwidthKbps !== null) lines.push(`b=AS:${bandwidthKbps}`);
  return lines;
}

function attributeLines({ control, direction }: Common): string[] {
  const lines: string[] = [];
  if (control !== null) lines.push(`a=control:${control}`);
  if (direction !== null) lines.push(`a=${direction}`);
  return lines;
}

function mediaLines(medium: MediaDescription): string[] {
  const lines = [`m=${[medium.kind, medium.port, medium.protocol, ...medium.formats.map((one) => one.payloadType)].join(' ')}`];
  lines.push(...commonLines(medium));
  for (const { payloadType, encoding, clockRate, channels, fmtp } of medium.formats) {
    const rate = clockRate > 0 || channels > 1 ? `/${clockRate}` : '';
    if (encoding !== '') lines.push(`a=rtpmap:${payloadType} ${encoding}${rate}${channels > 1 ? `/${channels}` : ''}`);
    const pairs = Object.entries(fmtp).map(([name, value]) => (value === '' ? name : `${name}=${value}`));
    if (pairs.length > 0) lines.push(`a=fmtp:${payloadType} ${pairs.join(';')}`);
  }
  return [...lines, ...attributeLines(medium)];
}
