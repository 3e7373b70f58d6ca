import type { InhibitPair } from '../pipeline/inhibit.ts';
import type { Rule } from './rule.ts';

/** A feed that stopped: one alert, not one for each thing that it tells of. */
export const feedDown: Rule = {
  id: 'hub.feed-down',
  system: 'sensing',
  severity: 'medium',
  when: { kind: 'feed', states: ['stale', 'failing'], forMs: 60_000 },
  title: { zh: '数据接入中断：{name}', en: 'Feed without data: {name}' },
  advice: {
    zh: '该来源的数值已过时，相关设备的离线告警暂不打扰。请检查来源系统和网络。',
    en: 'Its values are out of date, and alerts of its silent devices are held back. Check the source system and the network.',
  },
};

/** More is wrong than can be kept. The room says so itself. */
export const alertsDropped: Omit<Rule, 'when'> = {
  id: 'hub.alerts-dropped',
  system: 'sensing',
  severity: 'critical',
  title: { zh: '告警过多：有告警未能保留', en: 'Too many alerts: some could not be kept' },
  advice: {
    zh: '请先处理或静默大量重复的告警；腾出空间后，仍然成立的告警会重新出现。',
    en: 'Deal with the many alike first, or silence them. Those that still hold come back as soon as there is room.',
  },
};

/** A time limit of an incident has passed. The room of dispatch says so; twice as bad when half as much again has passed. */
export const dispatchOverdue: Omit<Rule, 'when'> = {
  id: 'dispatch.overdue',
  system: 'emergency',
  severity: 'medium',
  title: { zh: '处置超时：{name}', en: 'Overdue: {name}' },
  advice: {
    zh: '该事件有一项处置时限已过。请联系负责人，推进处置或办理延期。',
    en: 'A time limit of this incident has passed. Ask whoever is in charge; move it on, or have its limit extended.',
  },
};

/** What the hub watches besides what packs and the city write. */
export const ownRules: readonly Rule[] = [feedDown];

/** A feed that stopped holds the silence of its assets. */
export const ownInhibits: readonly InhibitPair[] = [
  {
    parent: [{ label: 'rule', op: '=', value: feedDown.id }],
    child: [{ label: 'condition', op: '=', value: 'absence' }],
    equal: ['feed'],
  },
];
