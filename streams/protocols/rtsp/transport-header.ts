import { err, ok, type Result } from '../../../main/contract/result.ts';
import { nameAndValue, splitOutsideQuotes } from './quoted-list.ts';

/** Two channels or ports: of RTP and of RTCP. */
export type Pair = readonly [rtp: number, rtcp: number];

/** One way to carry a track (RFC 2326 clause 12.39); null where nothing is said. */
export interface Transport {
  /** `RTP/AVP`, or a profile that nobody here speaks. */
  readonly profile: string;
  readonly lower: 'udp' | 'tcp';
  readonly delivery: 'unicast' | 'multicast' | null;
  readonly interleaved: Pair | null;
  readonly clientPort: Pair | null;
  readonly serverPort: Pair | null;
  readonly ssrc: number | null;
  readonly source: string | null;
  readonly destination: string | null;
  /** `PLAY` or `RECORD`. */
  readonly mode: string | null;
}

export type TransportError = 'empty' | 'too-many' | 'protocol-malformed' | 'number-malformed';

/** What is meant where nothing is said. */
export const plainTransport: Transport = {
  profile: 'RTP/AVP',
  lower: 'udp',
  delivery: null,
  interleaved: null,
  clientPort: null,
  serverPort: null,
  ssrc: null,
  source: null,
  destination: null,
  mode: null,
};

const maxTransports = 16;

/** Decodes a Transport header: the ways that a client offers, best first, or the one that a server took. */
export function decodeTransports(text: string): Result<Transport[], TransportError> {
  const specs = splitOutsideQuotes(text, ',');
  if (specs.length === 0) return err('empty');
  if (specs.length > maxTransports) return err('too-many');
  const transports: Transport[] = [];
  for (const spec of specs) {
    const transport = decodeOne(spec);
    if (!transport.ok) return transport;
    transports.push(transport.value);
  }
  return ok(transports);
}

function decodeOne(spec: string): Result<Transport, TransportError> {
  const [first, ...rest] = splitOutsideQuotes(spec, ';');
  const protocol = /^([A-Za-z0-9]+\/[A-Za-z0-9]+)(?:\/(tcp|udp))?$/i.exec(first ?? '');
  if (!protocol) return err('protocol-malformed');
  const lower = protocol[2]?.toLowerCase() === 'tcp' ? 'tcp' : 'udp';
  const found: { -readonly [K in keyof Transport]: Transport[K] } = { ...plainTransport, profile: protocol[1]!.toUpperCase(), lower };
  for (const piece of rest) {
    const [name, value] = nameAndValue(piece);
    const pair = numbers.get(name);
    if (pair) {
      found[pair.field] = decodePair(value, pair.max);
      if (!found[pair.field]) return err('number-malformed');
    } else if (name === 'unicast' || name === 'multicast') found.delivery = name;
    else if (name === 'source' || name === 'destination') found[name] = value || null;
    else if (name === 'mode') found.mode = value.toUpperCase() || null;
    // Some write it with spaces in front, or not in hexadecimal; what cannot be read is as good as not said.
    else if (name === 'ssrc') found.ssrc = /^[0-9a-f]{1,8}$/i.test(value) ? Number.parseInt(value, 16) : null;
  }
  return ok(found);
}

const numbers = new Map([
  ['interleaved', { field: 'interleaved', max: 255 }],
  ['client_port', { field: 'clientPort', max: 65_535 }],
  ['server_port', { field: 'serverPort', max: 65_535 }],
] as const) as ReadonlyMap<string, { readonly field: 'interleaved' | 'clientPort' | 'serverPort'; readonly max: number }>;

/** One number stands for itself and the next. */
function decodePair(text: string, max: number): Pair | null {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  if (!match) return null;
  const first = Number(match[1]);
  const second = match[2] === undefined ? Math.min(max, first + 1) : Number(match[2]);
  return first <= max && second <= max ? [first, second] : null;
}

/** Writes a Transport header. */
export function encodeTransports(transports: readonly Transport[]): string {
  return transports
    .map((one) => {
      const pieces = [one.lower === 'tcp' ? `${one.profile}/TCP` : one.profile];
      if (one.delivery) pieces.push(one.delivery);
      if (one.destination !== null) pieces.push(`destination=${one.destination}`);
      if (one.source !== null) pieces.push(`source=${one.source}`);
      if (one.interleaved) pieces.push(`interleaved=${one.interleaved.join('-')}`);
      if (one.clientPort) pieces.push(`client_port=${one.clientPort.join('-')}`);
      if (one.serverPort) pieces.push(`server_port=${one.serverPort.join('-')}`);
      if (one.ssrc !== null) pieces.push(`ssrc=${one.ssrc.toString(16).padStart(8, '0')}`);
      if (one.mode !== null) pieces.push(`mode=${one.mode}`);
      return pieces.join(';');
    })
    .join(',');
}
