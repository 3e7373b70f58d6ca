import type { IncidentLevel, IncidentState, TaskState } from '../incident-contract.ts';
import type { Words } from './incident-type.ts';

/** Levels as the Emergency Response Law names them. */
export const levelWords: Readonly<Record<IncidentLevel, Words>> = {
  I: { zh: 'Ⅰ级（特别重大）', en: 'Level I (very serious)' },
  II: { zh: 'Ⅱ级（重大）', en: 'Level II (serious)' },
  III: { zh: 'Ⅲ级（较大）', en: 'Level III (fairly serious)' },
  IV: { zh: 'Ⅳ级（一般）', en: 'Level IV (ordinary)' },
};

export const stateWords: Readonly<Record<IncidentState, Words>> = {
  reported: { zh: '已上报', en: 'reported' },
  accepted: { zh: '已受理', en: 'accepted' },
  filed: { zh: '已立案', en: 'filed' },
  dispatched: { zh: '已派遣', en: 'dispatched' },
  acknowledged: { zh: '已接令', en: 'acknowledged' },
  enRoute: { zh: '途中', en: 'en route' },
  onScene: { zh: '到场处置', en: 'on scene' },
  controlled: { zh: '得到控制', en: 'under control' },
  resolved: { zh: '处置完成', en: 'resolved' },
  verifying: { zh: '核查中', en: 'being verified' },
  closed: { zh: '已结案', en: 'closed' },
  rejected: { zh: '不予受理', en: 'rejected' },
  duplicate: { zh: '重复上报', en: 'duplicate' },
  merged: { zh: '已合并', en: 'merged' },
  transferred: { zh: '已移交', en: 'transferred' },
  voided: { zh: '已作废', en: 'void' },
};

export const taskWords: Readonly<Record<TaskState, Words>> = {
  sent: { zh: '已派', en: 'sent' },
  accepted: { zh: '已接令', en: 'accepted' },
  enRoute: { zh: '途中', en: 'en route' },
  onScene: { zh: '到场', en: 'on scene' },
  done: { zh: '完成', en: 'done' },
  refused: { zh: '退回', en: 'refused' },
  cancelled: { zh: '召回', en: 'called back' },
};
