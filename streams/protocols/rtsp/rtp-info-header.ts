import { err, ok, type Result } from '../../../main/contract/result.ts';
import { nameAndValue, splitOutsideQuotes } from './quoted-list.ts';

/** Where a track begins: one entry of the RTP-Info header (RFC 2326 clause 12.33); null where nothing sensible is said. */
export interface RtpInfo {
  readonly url: string;
  /** Sequence number of the first packet. */
  readonly seq: number | null;
  /** Its time stamp. */
  readonly rtptime: number | null;
}

const maxEntries = 32;

/** Decodes an RTP-Info header; entries without a url are left out. */
export function decodeRtpInfo(text: string): Result<RtpInfo[], 'too-many'> {
  // A comma inside of an unquoted url does not begin an entry.
  const entries = text.split(/,(?=\s*url\s*=)/i);
  if (entries.length > maxEntries) return err('too-many');
  return ok(
    entries.flatMap((entry) => {
      const url = /^\s*url\s*=\s*("[^"]*"|.*?)\s*(?=;\s*(?:seq|rtptime)\s*=|[;,]?\s*$)/is.exec(entry);
      if (!url) return [];
      const rest = new Map(splitOutsideQuotes(entry.slice(url[0].length), ';').map(nameAndValue));
      return [
        { url: url[1]!.replaceAll('"', ''), seq: numberOf(rest.get('seq'), 0xffff), rtptime: numberOf(rest.get('rtptime'), 0xffff_ffff) },
      ];
    }),
  );
}

/** Writes an RTP-Info header. */
export function encodeRtpInfo(entries: readonly RtpInfo[]): string {
  return entries
    .map(({ url, seq, rtptime }) => `url=${url}${seq === null ? '' : `;seq=${seq}`}${rtptime === null ? '' : `;rtptime=${rtptime}`}`)
    .join(',');
}

function numberOf(text: string | undefined, max: number): number | null {
  const number = /^\d{1,10}$/.test(text ?? '') ? Number(text) : Number.NaN;
  return number <= max ? number : null;
}
