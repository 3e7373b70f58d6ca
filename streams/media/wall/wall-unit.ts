import { recordBytes, writeRecord, type WallRecord } from '../../wire/wall-record.ts';

/** One access unit as all viewers get it: serialised once, however many there are. Nobody writes to its bytes. */
export interface WallUnit {
  /** Head, payload and padding. Whoever sends a copy of it puts its own subscription and flags there. */
  readonly record: Uint8Array;
  readonly isAudio: boolean;
  /** A sum of `recordFlag`: what is true for everybody. */
  readonly flags: number;
  /** Decoding can begin here. */
  readonly key: boolean;
  /** Nothing refers to it. */
  readonly disposable: boolean;
  /** It refers to pictures before the key picture: of no use to who began there (RASL, ITU-T H.265 clause 3.1). */
  readonly leading: boolean;
}

/** Serialises one record for no subscription in particular. */
export function sealRecord(record: Omit<WallRecord, 'subscription'>): Uint8Array {
  const bytes = new Uint8Array(recordBytes(record.payload.length));
  writeRecord(bytes, new DataView(bytes.buffer), 0, { ...record, subscription: 0 });
  return bytes;
}

/** Puts a copy of a sealed record into a message, for this subscription and with these flags; answers where the next one begins. */
export function placeRecord(message: Uint8Array, at: number, record: Uint8Array, subscription: number, flags: number): number {
  message.set(record, at);
  message[at + 4] = subscription & 0xff;
  message[at + 5] = (subscription >>> 8) & 0xff;
  message[at + 6] = (subscription >>> 16) & 0xff;
  message[at + 7] = subscription >>> 24;
  message[at + 9] = flags;
  return at + record.length;
}
