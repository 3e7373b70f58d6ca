/** Text of Chinese devices: UTF-8 where it is valid UTF-8, else GBK; what is neither becomes U+FFFD. Both keep ASCII as it is. */
export function readDeviceText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return decodeGbk(bytes);
  }
}

/** GBK as text; what is none becomes U+FFFD. */
export const decodeGbk = (bytes: Uint8Array): string => new TextDecoder('gbk').decode(bytes);

/** Text as GBK; a character that GBK does not have becomes a question mark. */
export function encodeGbk(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0)!;
    if (code < 0x80) bytes.push(code);
    else {
      const pair = pairs().get(character);
      if (pair === undefined) bytes.push(0x3f);
      else bytes.push(pair >> 8, pair & 0xff);
    }
  }
  return Uint8Array.from(bytes);
}

let known: ReadonlyMap<string, number> | undefined;

/** Every runtime decodes GBK and none encodes it: the table is what all its pairs decode to. */
function pairs(): ReadonlyMap<string, number> {
  if (known) return known;
  const table = new Map<string, number>();
  const decoder = new TextDecoder('gbk');
  const pair = new Uint8Array(2);
  for (let first = 0x81; first <= 0xfe; first += 1)
    for (let second = 0x40; second <= 0xfe; second += 1) {
      pair[0] = first;
      pair[1] = second;
      const character = decoder.decode(pair);
      if ([...character].length === 1 && character !== '\ufffd' && !table.has(character)) table.set(character, first * 256 + second);
    }
  known = table;
  return table;
}
