import type { ErrorCode, ErrorParams } from '../../main/contract/errors.ts';
import { err, ok, type Result } from '../../main/contract/result.ts';

/** How much of a stream a subscription gets. `key`: key pictures only. `off`: nothing, but it stays open and starts again at once. */
export const subscriptionModes = ['full', 'key', 'off'] as const;
export type SubscriptionMode = (typeof subscriptionModes)[number];

/**
 * What the page says on the wall socket, as JSON texts.
 *
 * `sub` opens a playback with a ticket of `stream.lease`; `id` is the page's own number, not in use. `format`: access units to decode by
 * oneself, or fMP4 for a media source (pictures only; `key` means `full`). `audio`: the sound as well, if the camera has any. `rank`: who
 * keeps moving pictures when not all can; a lower number is served first, of equals whoever was opened first. Absent: 0, or as it was.
 * `credit`: how many bytes of records, heads and padding included, the page has worked off since the socket was opened. What was
 * sent and is not credited tells the relay how far behind the page is.
 */
export type WallAsk =
  | {
      readonly op: 'sub';
      readonly id: number;
      readonly ticket: string;
      readonly mode: SubscriptionMode;
      readonly format: 'annexb' | 'fmp4';
      readonly audio: boolean;
      readonly rank?: number;
    }
  | { readonly op: 'set'; readonly id: number; readonly mode: SubscriptionMode; readonly audio: boolean; readonly rank?: number }
  | { readonly op: 'unsub'; readonly id: number }
  | { readonly op: 'credit'; readonly bytes: number };

/** What is in the stream, as far as it is known. */
export interface StreamConfig {
  /** RFC 6381, as WebCodecs and media sources take it: `avc1.4d401e`. */
  readonly video: string | null;
  readonly width: number;
  readonly height: number;
  readonly audio: 'aac' | 'pcma' | 'pcmu' | null;
  /** Transcoded for this page, which cannot decode what the camera sends. */
  readonly transcoded: boolean;
}

/**
 * What the relay says of a subscription besides its pictures. `waiting`: nothing yet, for this reason (the camera is being opened, or
 * failed and is tried again). `thinned`: pictures are left out because the page or the line does not keep up; null: not any more.
 * Pictures that come end a `waiting` without a word. `ended`: there is no such subscription any more; whoever still wants pictures takes a
 * new ticket (unless `ticketKept`). `refused`: an ask was not done, and what this id stands for goes on as before.
 */
export type WallEvent =
  | { readonly event: 'waiting'; readonly code: ErrorCode; readonly params: ErrorParams }
  | { readonly event: 'thinned'; readonly code: 'viewer-too-slow' | 'line-too-slow' | null }
  | { readonly event: 'ended'; readonly code: ErrorCode; readonly params: ErrorParams; readonly ticketKept: boolean }
  | { readonly event: 'refused'; readonly code: ErrorCode; readonly params: ErrorParams };

/** The longest text of a page. */
export const maxAskBytes = 4096;

/** Reads what a page says; anything else is a fault and no reason to throw. */
export function decodeWallAsk(text: string): Result<WallAsk, 'malformed' | 'too-long'> {
  if (text.length > maxAskBytes) return err('too-long');
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    return err('malformed');
  }
  if (typeof said !== 'object' || said === null) return err('malformed');
  const ask = said as Record<string, unknown>;
  if (ask['op'] === 'credit') {
    const { bytes } = ask;
    return typeof bytes === 'number' && Number.isSafeInteger(bytes) && bytes >= 0 ? ok({ op: 'credit', bytes }) : err('malformed');
  }
  const { id, mode, audio } = ask;
  if (typeof id !== 'number' || !Number.isInteger(id) || id < 0 || id > 0xffff_ffff) return err('malformed');
  if (ask['op'] === 'unsub') return ok({ op: 'unsub', id });
  if (!isMode(mode) || typeof audio !== 'boolean') return err('malformed');
  const { rank } = ask;
  if (rank !== undefined && !(typeof rank === 'number' && Number.isSafeInteger(rank))) return err('malformed');
  const ranked = rank === undefined ? {} : { rank };
  if (ask['op'] === 'set') return ok({ op: 'set', id, mode, audio, ...ranked });
  const { ticket, format } = ask;
  if (ask['op'] !== 'sub' || typeof ticket !== 'string' || ticket.length > 1024) return err('malformed');
  if (format !== 'annexb' && format !== 'fmp4') return err('malformed');
  return ok({ op: 'sub', id, ticket, mode, format, audio, ...ranked });
}

const isMode = (mode: unknown): mode is SubscriptionMode => subscriptionModes.some((one) => one === mode);
