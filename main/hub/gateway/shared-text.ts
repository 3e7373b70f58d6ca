/** The end of a message that many connections get: it becomes UTF-8 once, with the bracket that closes its socket.io packet. */
export class SharedText {
  readonly text: string;
  #bytes: Buffer | null = null;

  constructor(text: string) {
    this.text = text;
  }

  get closed(): Buffer {
    return (this.#bytes ??= Buffer.from(`${this.text}]`));
  }
}

/**
 * A WebSocket text frame as a server sends it, final and without a mask (RFC 6455 clause 5.2), in two pieces: its header with `head`, and `tail` as it is. Nobody may write
 * into the second piece: other frames have it too.
 */
export function sharedFrame(head: string, tail: Buffer): [Buffer, Buffer] {
  const headBytes = Buffer.byteLength(head);
  const length = headBytes + tail.length;
  const headerBytes = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const first = Buffer.allocUnsafe(headerBytes + headBytes);
  first[0] = 0x81;
  if (headerBytes === 2) first[1] = length;
  else if (headerBytes === 4) {
    first[1] = 126;
    first.writeUInt16BE(length, 2);
  } else {
    first[1] = 127;
    first.writeUInt32BE(Math.floor(length / 2 ** 32), 2);
    first.writeUInt32BE(length % 2 ** 32, 6);
  }
  first.write(head, headerBytes);
  return [first, tail];
}
