import { editionOf, type Hj212Edition, type Hj212Packet } from './packet.ts';
import { answerNumbers, executionReturns, requestReturns, type ExecutionReturn, type RequestReturn } from './tables.ts';

/** What is answered: that data or a notice came, what became of a request, or of its execution. */
export type Hj212Answer =
  | { readonly kind: 'data' | 'notice' }
  | { readonly kind: 'request'; readonly is: RequestReturn }
  | { readonly kind: 'result'; readonly is: ExecutionReturn };

/**
 * The answer to a packet (HJ 212-2017 clause 6.6): of system 91, with the number and the device of what it answers. The 2005 edition writes the number between the parameters,
 * the later ones in front; the edition is the packet's own, `usual` where it names none.
 */
export function answerTo(packet: Hj212Packet, answer: Hj212Answer, usual: Hj212Edition): Hj212Packet {
  const edition = editionOf(packet.flag) ?? usual;
  const fields: string[] = [];
  if (edition === '2005' && packet.qn !== null) fields.push(`QN=${packet.qn}`);
  if (answer.kind === 'request') fields.push(`QnRtn=${requestReturns[answer.is]}`);
  if (answer.kind === 'result') fields.push(`ExeRtn=${executionReturns[answer.is]}`);
  return {
    qn: edition === '2005' ? null : packet.qn,
    st: '91',
    cn: answerNumbers[answer.kind],
    pw: packet.pw,
    mn: packet.mn,
    // No answer to the answer is wanted.
    flag: packet.flag === null ? null : packet.flag & ~3,
    split: null,
    parameters: fields.join(';'),
  };
}

/** Whether a packet wants an answer. One without a flag does: the 2005 edition knows devices that send none and wait. */
export const wantsAnswer = ({ flag }: Hj212Packet): boolean => flag === null || (flag & 1) === 1;
