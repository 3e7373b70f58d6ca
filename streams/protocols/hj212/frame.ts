import { crc16 } from './crc16.ts';

/** The length stands in four digits: no frame has more data. The editions allow 1024; the field sends more. */
export const dataBytesAtMost = 9999;
/** `##` and the length in front of the data; the check behind it. What ends the line is not counted. */
export const headBytes = 6;
export const checkBytes = 4;

/** A frame (HJ 212-2017 clause 6.3.1): `##`, length, data, check, CR LF. Throws RangeError for more data than a length can say. */
export function encodeFrame(data: Uint8Array): Uint8Array {
  if (data.length > dataBytesAtMost) throw new RangeError(`${data.length} bytes do not fit into a frame`);
  const encoder = new TextEncoder();
  const frame = new Uint8Array(headBytes + data.length + checkBytes + 2);
  frame.set(encoder.encode(`##${String(data.length).padStart(4, '0')}`));
  frame.set(data, headBytes);
  frame.set(encoder.encode(`${crc16(data).toString(16).toUpperCase().padStart(4, '0')}\r\n`), headBytes + data.length);
  return frame;
}
