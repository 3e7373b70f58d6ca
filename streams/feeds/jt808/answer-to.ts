import { createHash } from 'node:crypto';
import type { EpochMs } from '../../../main/contract/time.ts';
import { bcdBytes } from '../../protocols/jt808/bytes.ts';
import { encodeMessage, type Jt808Message } from '../../protocols/jt808/message.ts';
import { encodeGeneralAnswer, encodeRegisterAnswer } from '../../protocols/jt808/session.ts';
import { terminalMessages } from '../../protocols/jt808/tables.ts';

/** The frame that the platform answers a message of a terminal with (JT/T 808-2019 clause 8); null: an answer is not answered. `serial` is the platform's own number. */
export function answerTo(
  { id, phone, version, serial: asked, encryption }: Jt808Message,
  feedId: string,
  serial: number,
  now: EpochMs,
): Uint8Array | null {
  const write = (answer: number, body: Uint8Array) =>
    encodeMessage({ id: answer, phone, serial, version, encryption: 0, split: null, body });
  if (id === 0x0001) return null;
  if (id === 0x0100) return write(0x8100, encodeRegisterAnswer(asked, 'done', codeOf(feedId, phone)));
  if (id === 0x0004) {
    const digits = new Date(now).toISOString().replaceAll(/\D/g, '').slice(2, 14);
    return write(0x8004, Uint8Array.from(bcdBytes(digits, 6)));
  }
  const isKnown = terminalMessages[id] !== undefined && encryption === 0;
  return write(0x8001, encodeGeneralAnswer(asked, id, isKnown ? 'done' : 'unsupported'));
}

/** The same for a terminal at every registration. */
const codeOf = (feedId: string, phone: string): string => createHash('sha256').update(`${feedId}/${phone}`).digest('hex').slice(0, 12);
