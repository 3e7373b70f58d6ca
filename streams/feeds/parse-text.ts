import { problem, type Problem } from '../../main/contract/errors.ts';
import { err, ok, type Result } from '../../main/contract/result.ts';

/** The text of bytes in UTF-8, or in GB 18030 (which GBK is a part of) where they are none; a byte order mark is left out. Anything else: `record-encoding`. */
export function parseText(bytes: Uint8Array): Result<string, Problem> {
  for (const encoding of ['utf-8', 'gb18030']) {
    try {
      return ok(new TextDecoder(encoding, { fatal: true }).decode(bytes));
    } catch {
      // the next one
    }
  }
  return err(problem('record-encoding'));
}
