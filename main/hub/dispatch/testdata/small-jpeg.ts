/** A JPEG of two by two grey pixels, as FFmpeg writes it, without its decoration; `salt` makes others of it that are as whole. */
export function smallJpeg(salt = ''): Buffer {
  const comment = Buffer.from(salt);
  const segment = (marker: number, body: Buffer) =>
    Buffer.concat([Buffer.from([0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 255]), body]);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xe0, Buffer.from('4a46494600010100000100010000', 'hex')),
    ...(salt === '' ? [] : [segment(0xfe, comment)]),
    segment(0xdb, Buffer.alloc(65, 1).fill(0, 0, 1)),
    segment(0xc0, Buffer.from('080002000201011100', 'hex')),
    segment(0xc4, Buffer.from('00' + '01'.padEnd(32, '0') + '00', 'hex')),
    segment(0xda, Buffer.from('0101003f00', 'hex').subarray(0, 6)),
    Buffer.from([0x7f, 0xff, 0xd9]),
  ]);
}
