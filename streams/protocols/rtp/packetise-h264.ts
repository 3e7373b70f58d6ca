import { packetise, type PacketiseOptions, type PayloadHeaders } from './packetise.ts';

/** RFC 6184 clause 5: several NAL units in a STAP-A, parts of one in FU-As. */
const headers: PayloadHeaders = {
  headerBytes: 1,
  // Clause 5.7.1: the highest NRI of those within.
  aggregate: (nals) => [Math.max(...nals.map((nal) => nal[0]! & 0x60)) | 24],
  fragment: (nal) => [(nal[0]! & 0xe0) | 28],
  typeOf: (nal) => nal[0]! & 0x1f,
};

/** The payloads of one access unit with start codes, as a camera sends them. */
export const packetiseH264 = (annexB: Uint8Array, options: PacketiseOptions = {}): Uint8Array[] => packetise(annexB, options, headers);
