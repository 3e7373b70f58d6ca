import type { IncidentState } from '../incident-contract.ts';

/** What a source says of its case: how far it is, or what is asked for. */
export type SourceWord =
  | 'report'
  | 'accept'
  | 'file'
  | 'dispatch'
  | 'handle'
  | 'handled'
  | 'verify'
  | 'close'
  | 'return'
  | 'extend'
  | 'suspend'
  | 'rework'
  | 'void'
  | 'reject';

interface WordRow {
  /** As people say it, for the log. */
  readonly zh: string;
  readonly en: string;
  /** How systems write it, besides our own word; capitals and blanks do not count. */
  readonly written: readonly string[];
  /** How far the case is at least, where the word says so. */
  readonly reached: IncidentState | null;
}

/** The words of the life cycle (GB/T 30428.8), and how systems write them. */
export const sourceWords: Readonly<Record<SourceWord, WordRow>> = {
  report: { zh: '上报', en: 'reported', written: ['上报', '待受理', '已上报', 'reported', 'new', 'submitted'], reached: 'reported' },
  accept: { zh: '受理', en: 'accepted', written: ['受理', '已受理', '待立案', 'accepted'], reached: 'accepted' },
  file: { zh: '立案', en: 'filed', written: ['立案', '已立案', '待派遣', 'filed'], reached: 'filed' },
  dispatch: { zh: '派遣', en: 'dispatched', written: ['派遣', '已派遣', '待处置', 'dispatched', 'assigned'], reached: 'dispatched' },
  handle: {
    zh: '处置中',
    en: 'being handled',
    written: ['处置', '处置中', '办理中', 'handling', 'in-progress', 'inprogress'],
    reached: 'dispatched',
  },
  handled: {
    zh: '处置完成',
    en: 'handled',
    written: ['反馈', '处置完成', '已处置', '已办结', 'resolved', 'done'],
    reached: 'resolved',
  },
  verify: { zh: '核查', en: 'being verified', written: ['核查', '待核查', '核查中', 'verifying'], reached: 'verifying' },
  // Whoever sits here closes it, not the source: so far it goes by itself.
  close: { zh: '结案', en: 'closed', written: ['结案', '已结案', '归档', 'closed', 'archived'], reached: 'verifying' },
  return: { zh: '退回', en: 'returned', written: ['退回', '退件', 'returned'], reached: null },
  extend: { zh: '延期', en: 'extended', written: ['延期', '申请延期', 'extended'], reached: null },
  suspend: { zh: '缓办', en: 'suspended', written: ['缓办', '挂账', '挂起', 'suspended'], reached: null },
  rework: { zh: '返工', en: 'to be done again', written: ['返工', '重新处置', 'reworked'], reached: null },
  void: { zh: '作废', en: 'void', written: ['作废', '撤销', 'voided', 'cancelled'], reached: null },
  reject: { zh: '不予受理', en: 'rejected', written: ['不予受理', '不受理', '不予立案', 'rejected'], reached: null },
};

const folded = (text: string) => text.trim().toLowerCase().replace(/\s+/g, '');
const byWriting = new Map(
  Object.entries(sourceWords).flatMap(([word, { written }]) =>
    [word, ...written].map((text) => [folded(text), word as SourceWord] as const),
  ),
);

/** The word that a source writes; null: it has none, or one that nobody knows. */
export function sourceWordOf(text: string | undefined): SourceWord | null {
  return text === undefined ? null : (byWriting.get(folded(text)) ?? null);
}
