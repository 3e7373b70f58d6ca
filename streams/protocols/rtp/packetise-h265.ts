import { packetise, type PacketiseOptions, type PayloadHeaders } from './packetise.ts';

/** RFC 7798 clause 4.4: several NAL units in an aggregation packet, parts of one in fragmentation units. */
const headers: PayloadHeaders = {
  headerBytes: 2,
  // Clause 4.4.2: layer and temporal id are the lowest of those within.
  aggregate(nals) {
    const layer = Math.min(...nals.map((nal) => ((nal[0]! & 1) << 5) | (nal[1]! >> 3)));
    const temporalId = Math.min(...nals.map((nal) => nal[1]! & 7));
    return [(48 << 1) | (layer >> 5), ((layer & 0x1f) << 3) | temporalId];
  },
  // Clause 4.4.3: layer and temporal id stay.
  fragment: (nal) => [(nal[0]! & 0x81) | (49 << 1), nal[1]!],
  typeOf: (nal) => (nal[0]! >> 1) & 0x3f,
};

/** The payloads of one access unit with start codes, as a camera sends them. */
export const packetiseH265 = (annexB: Uint8Array, options: PacketiseOptions = {}): Uint8Array[] => packetise(annexB, options, headers);
