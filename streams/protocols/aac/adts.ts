import type { AudioConfig } from './audio-config.ts';

const headerBytes = 7;

/** The longest frame that an ADTS header can announce (13 bits, the header counted), in bytes of its content. */
export const maxAdtsContent = 0x1fff - headerBytes;

/** One raw AAC frame with an ADTS header in front (ISO/IEC 13818-7 clause 6.2), no checksum. Throws when it is longer than `maxAdtsContent`. */
export function writeAdtsFrame(config: AudioConfig, content: Uint8Array): Uint8Array {
  if (content.length > maxAdtsContent) throw new RangeError(`${content.length} bytes do not fit into an ADTS frame`);
  const size = headerBytes + content.length;
  const bytes = new Uint8Array(size);
  bytes[0] = 0xff;
  bytes[1] = 0xf1; // MPEG-4, layer 0, no checksum
  bytes[2] = ((config.objectType - 1) << 6) | (config.rateIndex << 2) | (config.channels >> 2);
  bytes[3] = ((config.channels & 3) << 6) | (size >> 11);
  bytes[4] = size >> 3;
  bytes[5] = ((size & 7) << 5) | 0x1f; // adts_buffer_fullness all ones: the bit rate varies
  bytes[6] = 0xfc;
  bytes.set(content, headerBytes);
  return bytes;
}
