import { expect, test } from 'vitest';
import { decideEdit } from './decide-edit.ts';
import { decideNote } from './decide-note.ts';
import { decideReport } from './decide-report.ts';
import { decideStep } from './decide-step.ts';
import { incidentBodies, type IncidentEntry } from './incident-body.ts';
import { actionsAtMost, situationReport } from './situation-report.ts';
import { at, calendar, Desk } from './testdata/desk.ts';

const report = (desk: Desk, more: { needs?: string; forecast?: string; nextAt?: number } = {}) => {
  const code = desk.take(decideReport(desk.incident, desk.entries, more, desk.context));
  if (code !== null) throw new Error(code);
  const entry = desk.entries.at(-1)!;
  if (entry.kind !== 'report') throw new Error(entry.kind);
  return entry.body;
};

function workedOn(): Desk {
  const desk = new Desk({ level: 'II' }, { now: at('2026-11-27 09:00') });
  desk.take(decideEdit(desk.incident, { casualties: { dead: 0, injured: 3, missing: 1 } }, desk.context));
  desk.task('a', 'sent');
  desk.task('b', 'sent');
  desk.task('a', 'onScene');
  desk.take(decideNote(desk.incident, { text: 'Road closed\nboth ways' }, desk.context));
  desk.take(decideStep(desk.incident, { stepId: 'injured', state: 'done', note: '3' }, desk.context));
  desk.now = at('2026-11-27 09:40');
  return desk;
}

test('every slot is there in its order, in both languages, with the entries that it came from', () => {
  const { text, cites, number } = report(workedOn(), { needs: 'A crane', forecast: 'Open by noon', nextAt: at('2026-11-27 10:30') });
  expect(number).toBe(1);
  expect(text.en.split('\n')).toEqual([
    'Situation report 2026-1127-0001 no. 1',
    'Time: 2026-11-27 09:40 (UTC+8)',
    'Level: Level II (serious) [#1]',
    'What: Traffic accident, Two cars, on scene [#1 #7]',
    'Where: Renmin Road; 31.50000, 120.20000 [#1]',
    'Casualties: 0 dead, 3 injured, 1 missing [#2]',
    'Resources: 1 sent (Unit b) [#5]; 1 on scene (Unit a) [#6]',
    'Actions: ',
    '  2026-11-27 09:00 dispatched [#4]',
    '  2026-11-27 09:00 on scene [#7]',
    '  2026-11-27 09:00 Road closed both ways [#8]',
    '  2026-11-27 09:00 Ask how many are hurt (3) [#9]',
    'Needs: A crane',
    'Forecast: Open by noon',
    'Next report: 2026-11-27 10:30',
  ]);
  expect(text.zh.split('\n')).toEqual([
    '情况报告 2026-1127-0001 第1号',
    '时间：2026-11-27 09:40（UTC+8）',
    '级别：Ⅱ级（重大） [#1]',
    '事件：交通事故，Two cars，到场处置 [#1 #7]',
    '地点：Renmin Road，31.50000, 120.20000 [#1]',
    '伤亡：死亡0，受伤3，失踪1 [#2]',
    '力量：已派1（Unit b） [#5]；到场1（Unit a） [#6]',
    '已采取措施：',
    '  2026-11-27 09:00 已派遣 [#4]',
    '  2026-11-27 09:00 到场处置 [#7]',
    '  2026-11-27 09:00 Road closed both ways [#8]',
    '  2026-11-27 09:00 核实伤亡人数 (3) [#9]',
    '需求：A crane',
    '研判：Open by noon',
    '下次报告：2026-11-27 10:30',
  ]);
  expect(cites).toEqual([1, 2, 4, 5, 6, 7, 8, 9]);
});

test('what nobody told is unknown, not nothing', () => {
  const desk = new Desk();
  const { text } = report(desk);
  expect(text.en).toContain('Casualties: unknown');
  expect(text.zh).toContain('伤亡：不详');
  expect(text.en).toContain('Resources: none sent');
  expect(text.en).toContain('Next report: when there is news');
});

test('reports are numbered, the first meets the limit upward, and one that is over can still be reported on', () => {
  const desk = workedOn();
  const limit = () => desk.incident.timers.find(({ until }) => until === 'first-report')!.metAt;
  expect(limit()).toBeNull();
  report(desk);
  expect(limit()).toBe(desk.now);
  expect(report(desk).number).toBe(2);
  desk.advance('void', { openTasks: 0 });
  const { timers } = desk.incident;
  expect(report(desk).number).toBe(3);
  expect(desk.incident).toMatchObject({ reports: 3, state: 'voided', timers });
});

test('a report is frozen: what comes after does not change it, and is in the next', () => {
  const desk = workedOn();
  const first = structuredClone(report(desk));
  desk.take(decideEdit(desk.incident, { level: 'I', reason: 'Worse' }, desk.context));
  expect(desk.entries.find(({ kind }) => kind === 'report')!.body).toEqual(first);
  const second = report(desk);
  expect(second.text.en).toContain('Level: Level I (very serious) [#11]');
});

test('what was corrected says so, and cites both', () => {
  const desk = new Desk();
  desk.take(decideNote(desk.incident, { text: 'A bus' }, desk.context));
  desk.take(decideNote(desk.incident, { text: 'No bus, a lorry', corrects: 2 }, desk.context));
  const { text, cites } = report(desk);
  expect(text.en).toContain('A bus (corrected) [#2 #3]');
  expect(text.zh).toContain('A bus（已更正） [#2 #3]');
  expect(cites).toEqual([1, 2, 3]);
});

test.each<[string, object, string, string]>([
  ['a drill', { drill: true }, '【演练】', '[DRILL]'],
  ['a simulation', { simulated: true }, '【模拟】', '[SIMULATED]'],
])('%s is marked as one in the first line', (_name, args, zh, en) => {
  const { text } = report(new Desk(args));
  expect([text.zh.startsWith(zh), text.en.startsWith(en)]).toEqual([true, true]);
});

test('a long matter has a report of bounded length with the latest actions', () => {
  const desk = new Desk();
  for (let index = 0; index < 300; index++) desk.take(decideNote(desk.incident, { text: `${index} ${'啊'.repeat(1900)}` }, desk.context));
  for (let index = 0; index < 60; index++) desk.task(`unit-${index}`, 'sent', { unitName: '队'.repeat(100) });
  const { text, cites } = report(desk);
  expect(Math.max(text.zh.length, text.en.length)).toBeLessThan(20_000);
  expect(text.en).toContain('60 sent');
  expect(cites.length).toBeLessThan(2000);
});

test('a log that opens nothing is a bug', () => {
  expect(() => situationReport([], { number: 1, now: 0, needs: null, forecast: null, nextAt: null }, calendar)).toThrow(TypeError);
});

test('the words before the last are not needed, and a correction of any that is told is among them', () => {
  const desk = workedOn();
  for (let count = 0; count < 30; count += 1) desk.take(decideNote(desk.incident, { text: `Note ${count}` }, desk.context));
  for (const corrects of [desk.log.length - 2, 8]) desk.take(decideNote(desk.incident, { text: 'No', corrects }, desk.context));
  const said = { number: 1, now: desk.now, needs: null, forecast: null, nextAt: null };
  const isWords = ({ kind }: IncidentEntry) => kind === 'note' || kind === 'correction';
  const words = desk.entries.filter(isWords).slice(-actionsAtMost);
  const some = desk.entries.filter((entry) => words.includes(entry) || !isWords(entry));
  expect(some.length).toBeLessThan(desk.entries.length);
  const whole = situationReport(desk.entries, said, calendar);
  expect(whole.text.en).toContain('(corrected)');
  expect(situationReport(some, said, calendar)).toEqual(whole);
});

test('however much was done, the report fits into the log', () => {
  // Characters that take two places each, and as many as anybody may write.
  const long = (length: number) => '𠮷'.repeat(length / 2);
  const desk = new Desk({
    title: long(200),
    place: { lat: 31.5, lon: 120.2, datum: 'wgs84', district: '320282', text: long(120) },
    drill: true,
  });
  const opened = desk.entries[0]!;
  const task = (seq: number): IncidentEntry =>
    ({
      ...opened,
      seq,
      kind: 'task',
      body: {
        taskId: `t${seq}`,
        unitId: 'u',
        unitName: long(100),
        title: 'Go',
        state: ['sent', 'accepted', 'enRoute', 'onScene', 'done', 'refused', 'cancelled'][seq % 7],
      },
    }) as IncidentEntry;
  const note = (seq: number): IncidentEntry => ({ ...opened, seq, kind: 'correction', corrects: seq - 1, body: { text: long(2000) } });
  const log = [
    opened,
    ...Array.from({ length: 5000 }, (_, index) => task(10_000 + index)),
    ...Array.from({ length: 100 }, (_, index) => note(19_000 + index)),
  ];
  const decided = decideReport(desk.incident, log, { needs: long(1000), forecast: long(1000), nextAt: desk.now }, desk.context);
  if (!decided.ok) throw new Error(decided.error.code);
  const draft = decided.value[0]!;
  expect(incidentBodies.report.safeParse(draft.body)).toMatchObject({ success: true });
  if (draft.kind !== 'report') throw new Error(draft.kind);
  // What is cited in the text is in the list, and the other way round.
  const inText = new Set([...draft.body.text.zh.matchAll(/#(\d+)/g)].map(([, seq]) => Number(seq)));
  expect([...inText].toSorted((one, other) => one - other)).toEqual(draft.body.cites);
});
