import { afterEach, describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { incidentEventName, type IncidentLogEntry } from '../../../alerts/incident-contract.ts';
import { incidentBodies } from '../../../alerts/incidents/incident-body.ts';
import { hasText, setLocale } from '../../i18n/index.ts';
import { logWords, type LogNames } from './log-words.ts';
import { anEntry } from './testdata/an-incident.ts';

afterEach(() => setLocale('zh-CN'));
const names: LogNames = { incidentNumber: (id) => `No ${id}`, plan: (id) => `plan ${id}`, planStep: (_seq, id) => `step ${id}` };
const said = (kind: IncidentLogEntry['kind'], body: unknown, more: Partial<IncidentLogEntry> = {}) => {
  const { head, lines } = logWords(anEntry(kind, body, more), names);
  return [head, ...lines];
};
const moved = {
  event: 'accept',
  from: 'reported',
  to: 'accepted',
  reason: null,
  instants: {},
  timers: null,
  disposition: null,
  extendBy: null,
  task: null,
};

const instants = {
  reported: 1,
  answered: null,
  verified: null,
  filed: null,
  dispatched: null,
  acknowledged: null,
  turnedOut: null,
  arrived: null,
  controlled: null,
  resolved: null,
  verifiedDone: null,
  closed: null,
};

describe('an entry in words', () => {
  test.each<[IncidentLogEntry['kind'], unknown, string[]]>([
    ['moved', moved, ['受理', '已上报 → 已受理']],
    [
      'moved',
      { ...moved, event: 'extend', to: 'reported', extendBy: { value: 2, unit: 'working-days' }, reason: '材料未齐' },
      ['延期', '延长 2 工作日', '原因：材料未齐'],
    ],
    ['edited', { reason: '回堵', level: 'II', before: { level: 'III' }, timers: null }, ['修改', '级别：III 较大 → II 重大', '原因：回堵']],
    [
      'edited',
      { reason: null, owner: { userId: 'u', name: '李' }, before: { owner: null }, timers: null },
      ['变更负责人', '负责人：无 → 李'],
    ],
    ['note', { text: 'a\nb' }, ['记录', 'a', 'b']],
    [
      'task',
      {
        taskId: 't',
        unitId: 'u',
        unitName: 'J01',
        title: 'x',
        state: 'sent',
        queued: true,
        source: 'desk',
        text: null,
        lat: null,
        lon: null,
        photo: null,
      },
      ['J01：排队等待', 'x'],
    ],
    ['alert', { alerts: ['a', 'b'], more: 3, cameras: [] }, ['新增 5 条告警']],
    ['merge', { did: 'took-in', child: 'c', reason: 'same', alerts: [], alertCount: 0, cameras: [] }, ['接收了 No c', '原因：same']],
    [
      'merge',
      {
        did: 'took-in',
        child: 'c',
        reason: 'same',
        alerts: [],
        alertCount: 0,
        cameras: [],
        course: { state: 'enRoute', instants, timers: [], roundAt: 1 },
      },
      ['接收了 No c', '途中', '原因：same'],
    ],
    ['plan', { did: 'bound', planId: 'fire', version: 2, steps: [] }, ['启用预案 plan fire 第 2 版']],
    ['plan', { did: 'step', stepId: 's', state: 'done', note: '3 人', timers: null }, ['预案步骤：已办', 'step s', '3 人']],
    [
      'report',
      { number: 2, needs: null, forecast: null, nextAt: null, text: { zh: '', en: '' }, cites: [], timers: null },
      ['第 2 号情况报告'],
    ],
    ['correction', { text: '应为东侧' }, ['更正第 4 条', '应为东侧']],
  ])('%s %#', (kind, body, words) => {
    expect(said(kind, body, kind === 'correction' ? { corrects: 4 } : {})).toEqual(words);
  });
  test('a limit says what it is for, and who was told', () => {
    const words = said('timer', { timerId: 'first-report-1', percents: [80, 100], tell: 'supervisor', dueAt: 1_799_999_000_000 });
    expect(words[0]).toBe('时限已用 100%');
    expect(words[1]).toMatch(/^首报时限 .*已告知值班长$/);
  });
  test.each(incidentEventName.options)('%s has words', (event) => {
    expect(hasText(`dispatch.event.${event}`)).toBe(true);
  });
  test('a body that is none is no reason to show nothing', () => {
    setLocale('en');
    fc.assert(
      fc.property(fc.constantFrom(...(Object.keys(incidentBodies) as IncidentLogEntry['kind'][])), fc.jsonValue(), (kind, body) => {
        expect(logWords(anEntry(kind, body), names)).toEqual({ head: kind, lines: [], photo: null });
      }),
      { seed: 20_261_127, numRuns: 500 },
    );
  });
});
