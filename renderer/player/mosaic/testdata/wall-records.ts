import type { StreamConfig, WallEvent } from '../../../../streams/wire/wall-ask.ts';
import { recordCodec, recordFlag, recordType, type WallRecord } from '../../../../streams/wire/wall-record.ts';

const text = new TextEncoder();

export const small: StreamConfig = { video: 'avc1.42c01e', width: 320, height: 180, audio: null, transcoded: false };

/** A picture; its payload says which. */
export function picture(sequence: number, over: Partial<WallRecord> = {}): WallRecord {
  return {
    subscription: 1,
    type: recordType.video,
    flags: 0,
    codec: recordCodec.h264,
    sequence,
    ptsUs: sequence * 66_667,
    receivedAtUs: 1_800_000_000_000_000 + sequence * 66_667,
    payload: Uint8Array.of(sequence & 255),
    ...over,
  };
}

export const key = (sequence: number, more = 0): WallRecord => picture(sequence, { flags: recordFlag.key | more });

const json = (type: WallRecord['type'], value: object, subscription: number): WallRecord => ({
  subscription,
  type,
  flags: 0,
  codec: recordCodec.none,
  sequence: 0,
  ptsUs: 0,
  receivedAtUs: 0,
  payload: text.encode(JSON.stringify(value)),
});

export const configRecord = (config: StreamConfig, subscription = 1): WallRecord => json(recordType.config, config, subscription);
export const eventRecord = (event: WallEvent, subscription = 1): WallRecord => json(recordType.event, event, subscription);
