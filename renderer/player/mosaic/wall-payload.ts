import { errorStatus, type ErrorCode, type ErrorParams } from '../../../main/contract/errors.ts';
import type { StreamConfig, WallEvent } from '../../../streams/wire/wall-ask.ts';

/** The longest JSON that the relay sends in one record. */
const maxJsonBytes = 16 * 1024;
const text = new TextDecoder();

/** Reads the payload of a config record; null when it is none. */
export function readStreamConfig(payload: Uint8Array): StreamConfig | null {
  const said = readObject(payload);
  if (said === null) return null;
  const { video, width, height, audio, transcoded } = said;
  if (video !== null && (typeof video !== 'string' || video.length > 64)) return null;
  if (!isSide(width) || !isSide(height)) return null;
  if (audio !== null && audio !== 'aac' && audio !== 'pcma' && audio !== 'pcmu') return null;
  return { video, width, height, audio, transcoded: transcoded === true };
}

/** Reads the payload of an event record; null when it is none, or one of a later version that this page knows nothing of. */
export function readWallEvent(payload: Uint8Array): WallEvent | null {
  const said = readObject(payload);
  if (said === null) return null;
  const { event, code, ticketKept } = said;
  if (event === 'thinned') return code === null || code === 'viewer-too-slow' || code === 'line-too-slow' ? { event, code } : null;
  const params = isParams(said['params']) ? said['params'] : {};
  // A reason that only a newer relay knows still ends or delays the picture.
  if (event === 'waiting') return { event, code: isErrorCode(code) ? code : 'source-failed', params };
  if (event === 'refused') return { event, code: isErrorCode(code) ? code : 'malformed', params };
  if (event === 'ended') return { event, code: isErrorCode(code) ? code : 'source-failed', params, ticketKept: ticketKept === true };
  return null;
}

function readObject(payload: Uint8Array): Record<string, unknown> | null {
  if (payload.length > maxJsonBytes) return null;
  try {
    const said: unknown = JSON.parse(text.decode(payload));
    return typeof said === 'object' && said !== null ? (said as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

const isSide = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 65_535;
const isErrorCode = (value: unknown): value is ErrorCode => typeof value === 'string' && Object.hasOwn(errorStatus, value);
const isParams = (value: unknown): value is ErrorParams =>
  typeof value === 'object' &&
  value !== null &&
  Object.values(value).every((one) => one === null || typeof one === 'string' || typeof one === 'number' || typeof one === 'boolean');
