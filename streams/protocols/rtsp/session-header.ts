import { err, ok, type Result } from '../../../main/contract/result.ts';
import { nameAndValue, splitOutsideQuotes } from './quoted-list.ts';

/** The Session header (RFC 2326 clause 12.37). */
export interface SessionHeader {
  readonly id: string;
  /** Seconds without a word after which the server forgets the session; null when it does not say (it is 60 then). */
  readonly timeoutS: number | null;
}

/** Decodes a Session header. A time-out that makes no sense is as good as not said. */
export function decodeSession(text: string): Result<SessionHeader, 'id-malformed'> {
  const [id, ...rest] = splitOutsideQuotes(text, ';');
  // The clause asks for letters, digits and a few signs; servers use more. It must only be safe to send back.
  if (id === undefined || !/^[!-~]{1,256}$/.test(id)) return err('id-malformed');
  const timeout = rest.map(nameAndValue).find(([name]) => name === 'timeout')?.[1] ?? '';
  const timeoutS = /^\d{1,9}$/.test(timeout) && Number(timeout) > 0 ? Number(timeout) : null;
  return ok({ id, timeoutS });
}

/** Writes a Session header. */
export const encodeSession = ({ id, timeoutS }: SessionHeader): string => (timeoutS === null ? id : `${id};timeout=${timeoutS}`);
