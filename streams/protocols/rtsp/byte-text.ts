/**
 * The head of an RTSP message is text of which nobody knows the encoding: cameras write realms in UTF-8, GB18030 or worse, and want them
 * back as they were. Here it is kept as byte text: one character a byte, U+0000 to U+00FF. Nothing is lost either way.
 */
export function textOfBytes(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += pieceBytes) text += String.fromCharCode(...bytes.subarray(at, at + pieceBytes));
  return text;
}

/** The bytes of a byte text. Throws RangeError for a character that is none. */
export function bytesOfText(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code > 0xff) throw new RangeError(`character ${code} is no byte`);
    bytes[i] = code;
  }
  return bytes;
}

/** Ordinary text as byte text, in UTF-8. */
export const utf8Text = (text: string): string => textOfBytes(new TextEncoder().encode(text));

/** So many arguments fit into one call everywhere. */
const pieceBytes = 8192;
