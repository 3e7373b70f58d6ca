import type { EpochMs } from '../../main/contract/time.ts';

/** Who looks at what, where and when. */
export interface MarkSubject {
  /** The login name, or the name of a wall's screen. */
  readonly login: string;
  /** What the machine calls itself; one that cannot be written in ASCII is known by its address. */
  readonly workstation: string | null;
  readonly address: string;
  /** On the hub's clock. */
  readonly at: EpochMs;
  /** IANA name; absent: where this program runs. */
  readonly timeZone?: string | undefined;
  /** The camera's number; null where the picture says it beside. */
  readonly camera: string | null;
  /** Whether the seconds are told: not in a mark that is renewed each minute. */
  readonly seconds?: boolean;
}

/** What may be written into a picture: printable ASCII, which our letters have, beginning and ending with something that is seen. */
export const markForm = /^[\x21-\x7e](?:[\x20-\x7e]{0,254}[\x21-\x7e])?$/;

/** Whether this can be written into a picture so that it is seen. */
export const isMark = (text: unknown): text is string => typeof text === 'string' && markForm.test(text);

const writable = (text: string | null): text is string => text !== null && /^[\x21-\x7e][\x20-\x7e]{0,63}$/.test(text);

/** The words of a watermark, one space between them: `li.wei desk-12 2026-03-01 08:15:30 UTC+08:00 DS07-00123`. Always a mark by `isMark`. */
export function markText({ login, workstation, address, at, timeZone, camera, seconds = true }: MarkSubject): string {
  // A machine says itself what it is called: as one word it cannot pass for another person or time.
  const place = writable(workstation) ? workstation.trim().replaceAll(' ', '_') : writable(address) ? address : 'unknown';
  const parts = [writable(login) ? login : 'unknown', place, timeText(at, timeZone, seconds), ...(camera === null ? [] : [camera])];
  return parts.map((part) => part.trim()).join(' ');
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** `2026-03-01 08:15:30 UTC+08:00`: a time that means the same everywhere. */
function timeText(at: EpochMs, timeZone: string | undefined, seconds: boolean): string {
  const parts = Object.fromEntries(
    formatterOf(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const { year, month, day, hour, minute, second, timeZoneName = 'GMT' } = parts;
  // A zone without an offset is called GMT alone.
  const zone = timeZoneName.replace('GMT', 'UTC').replace('\u2212', '-');
  return `${year}-${month}-${day} ${hour}:${minute}${seconds ? `:${second}` : ''} ${zone === 'UTC' ? 'UTC+00:00' : zone}`;
}

function formatterOf(timeZone: string | undefined): Intl.DateTimeFormat {
  const key = timeZone ?? '';
  let formatter = formatters.get(key);
  if (formatter) return formatter;
  formatter = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'longOffset',
  });
  if (formatters.size < 16) formatters.set(key, formatter);
  return formatter;
}
