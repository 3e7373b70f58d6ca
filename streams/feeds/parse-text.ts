import { problem, type Problem } from '../../main/contract/errors.ts';
import { err, ok, type Result } from '../../main/contract/result.ts';

/**
 * The text of bytes: in UTF-16 where their mark says so, in what an XML declaration names, else in UTF-8, or in GB 18030 (which GBK is a part of) where they are none; a byte order
 * mark is left out. Anything else: `record-encoding`.
 */
export function parseText(bytes: Uint8Array): Result<string, Problem> {
  for (const encoding of encodingsOf(bytes)) {
    try {
      return ok(new TextDecoder(encoding, { fatal: true }).decode(bytes));
    } catch {
      // the next one
    }
  }
  return err(problem('record-encoding'));
}

/** What bytes may be written in, the likeliest first. */
function encodingsOf(bytes: Uint8Array): readonly string[] {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return ['utf-16le'];
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return ['utf-16be'];
  const usual = ['utf-8', 'gb18030'];
  // Letters of one byte look like Chinese ones of two: only the declaration tells them apart.
  const head = String.fromCharCode(...bytes.subarray(0, 120));
  const declared = /^(?:\u00ef\u00bb\u00bf)?\s*<\?xml[^>]{1,60}encoding\s*=\s*["']([\w-]{1,20})["']/.exec(head)?.[1]?.toLowerCase();
  // An encoding of two bytes cannot be named in letters of one.
  return declared === undefined || declared.startsWith('utf-16') ? usual : ['utf-8', declared, 'gb18030'];
}
