import type { Place } from '../../main/contract/place.ts';
import type { EpochMs } from '../../main/contract/time.ts';
import type { Casualties, IncidentLevel, IncidentState, TaskState } from '../incident-contract.ts';
import type { CityCalendar } from '../timers/city-calendar.ts';
import type { IncidentEntry } from './incident-body.ts';
import { incidentTypeOf } from './incident-types.ts';
import type { Words } from './incident-type.ts';
import { levelWords, stateWords, taskWords } from './incident-words.ts';
import { planVersion } from './plans.ts';

export interface ReportArgs {
  readonly number: number;
  readonly now: EpochMs;
  readonly needs: string | null;
  readonly forecast: string | null;
  readonly nextAt: EpochMs | null;
}

export interface SituationReport {
  readonly text: Words;
  /** The entries that its figures came from, in order. */
  readonly cites: readonly number[];
}

/** What the log says of one thing, and which entry said it last. */
interface Told<T> {
  readonly value: T;
  readonly seq: number;
}

interface Known {
  incident: string;
  drill: boolean;
  simulated: boolean;
  type: Told<string>;
  level: Told<IncidentLevel>;
  title: Told<string>;
  state: Told<IncidentState>;
  place: Told<Place>;
  casualties: Told<Casualties> | null;
  plan: { readonly planId: string; readonly version: number } | null;
  readonly tasks: Map<string, Told<{ readonly state: TaskState; readonly unit: string }>>;
  readonly actions: Told<{ readonly at: EpochMs; readonly words: Words }>[];
  readonly corrected: Map<number, number>;
}

/** Actions that are told; the older ones are in the reports before. */
export const actionsAtMost = 12;
/** Units named of each state, and entries cited of them: the text has an end however many were sent. */
const unitsNamedAtMost = 8;
const citedAtMost = 20;
const wordsAtMost = 300;

/**
 * The situation as the log has it: fixed slots, both languages, and behind each figure the entries that it came from. What nobody told is said to be unknown.
 * @param entries in order, all of them or those that say how the incident is with the last `actionsAtMost` notes and corrections; without an `opened` entry there is nothing to report, and a TypeError is thrown
 */
export function situationReport(entries: Iterable<IncidentEntry>, args: ReportArgs, calendar: CityCalendar): SituationReport {
  const known = gather(entries);
  const cites = new Set<number>();
  const cite = (...seqs: readonly number[]): string => {
    for (const seq of seqs) cites.add(seq);
    return seqs.length === 0 ? '' : ` [${seqs.map((seq) => `#${seq}`).join(' ')}]`;
  };
  const time = (at: EpochMs): string => calendar.minuteOf(at);
  const mark: Words = known.drill
    ? { zh: '【演练】', en: '[DRILL] ' }
    : known.simulated
      ? { zh: '【模拟】', en: '[SIMULATED] ' }
      : { zh: '', en: '' };
  const slots: [Words, Words][] = [
    [{ zh: '时间', en: 'Time' }, zoned(args.now, calendar)],
    [{ zh: '级别', en: 'Level' }, after(levelWords[known.level.value], cite(known.level.seq))],
    [{ zh: '事件', en: 'What' }, whatOf(known, cite)],
    [{ zh: '地点', en: 'Where' }, after(placeWords(known.place.value), cite(known.place.seq))],
    [{ zh: '伤亡', en: 'Casualties' }, casualtiesOf(known, cite)],
    [{ zh: '力量', en: 'Resources' }, resourcesOf(known, cite)],
    [{ zh: '已采取措施', en: 'Actions' }, actionsOf(known, cite, time)],
    [{ zh: '需求', en: 'Needs' }, args.needs === null ? none : both(args.needs)],
    [{ zh: '研判', en: 'Forecast' }, args.forecast === null ? none : both(args.forecast)],
    [
      { zh: '下次报告', en: 'Next report' },
      args.nextAt === null ? { zh: '有新情况时', en: 'when there is news' } : both(time(args.nextAt)),
    ],
  ];
  const text = (language: keyof Words): string =>
    [
      language === 'zh'
        ? `${mark.zh}情况报告 ${known.incident} 第${args.number}号`
        : `${mark.en}Situation report ${known.incident} no. ${args.number}`,
      ...slots.map(([name, words]) => (language === 'zh' ? `${name.zh}：${words.zh}` : `${name.en}: ${words.en}`)),
    ].join('\n');
  return { text: { zh: text('zh'), en: text('en') }, cites: [...cites].sort((one, other) => one - other) };
}

function gather(entries: Iterable<IncidentEntry>): Known {
  let known: Known | null = null;
  for (const entry of entries) {
    if (entry.kind === 'opened') {
      const { number, drill, simulated, type, level, title, place } = entry.body;
      const told = <T>(value: T): Told<T> => ({ value, seq: entry.seq });
      known = {
        incident: number,
        drill,
        simulated,
        type: told(type),
        level: told(level),
        title: told(title),
        state: told('reported'),
        place: told(place),
        casualties: null,
        plan: entry.body.plan,
        tasks: new Map(),
        actions: [],
        corrected: new Map(),
      };
    } else if (known !== null) take(known, entry);
  }
  if (known === null) throw new TypeError('a log that opens nothing');
  return known;
}

function take(known: Known, entry: Exclude<IncidentEntry, { kind: 'opened' }>): void {
  const { seq, at } = entry;
  const act = (words: Words): void => {
    known.actions.push({ value: { at, words }, seq });
    if (known.actions.length > actionsAtMost) known.actions.shift();
  };
  switch (entry.kind) {
    case 'moved': {
      known.state = { value: entry.body.to, seq };
      if (entry.body.from !== entry.body.to) act({ zh: stateWords[entry.body.to].zh, en: stateWords[entry.body.to].en });
      break;
    }
    case 'edited': {
      const { type, level, title, place, casualties } = entry.body;
      if (type !== undefined) known.type = { value: type, seq };
      if (level !== undefined) known.level = { value: level, seq };
      if (title !== undefined) known.title = { value: title, seq };
      if (place !== undefined) known.place = { value: place, seq };
      if (casualties !== undefined) known.casualties = { value: casualties, seq };
      break;
    }
    case 'merge':
      if (entry.body.did === 'went-into') known.state = { value: entry.body.to, seq };
      else if (entry.body.did !== 'came-back' && entry.body.course) known.state = { value: entry.body.course.state, seq };
      break;
    case 'task':
      known.tasks.set(entry.body.taskId, { value: { state: entry.body.state, unit: entry.body.unitName }, seq });
      break;
    case 'note':
      act(both(entry.body.text));
      break;
    case 'correction':
      act(both(entry.body.text));
      if (entry.corrects !== null) known.corrected.set(entry.corrects, seq);
      break;
    case 'plan': {
      const { body } = entry;
      if (body.did === 'bound') known.plan = body;
      else if (body.state === 'done') act(stepWords(known, body.stepId, body.note));
      break;
    }
    case 'unit':
    case 'alert':
    case 'timer':
    case 'report':
      break;
  }
}

/** A step in the words of the version that was ticked. */
function stepWords({ plan }: Known, stepId: string, note: string | null): Words {
  const step = planVersion(plan?.planId ?? '', plan?.version ?? 0)?.steps.find(({ id }) => id === stepId) ?? { zh: stepId, en: stepId };
  return after(step, note === null ? '' : ` (${note})`);
}

type Cite = (...seqs: readonly number[]) => string;

function whatOf({ type, title, state }: Known, cite: Cite): Words {
  const row = incidentTypeOf(type.value) ?? { zh: type.value, en: type.value };
  const end = cite(...new Set([type.seq, title.seq, state.seq]));
  return {
    zh: `${row.zh}，${oneLine(title.value)}，${stateWords[state.value].zh}${end}`,
    en: `${row.en}, ${oneLine(title.value)}, ${stateWords[state.value].en}${end}`,
  };
}

function placeWords({ text, lat, lon, district }: Place): Words {
  const parts = [
    ...(text === null ? [] : [oneLine(text)]),
    ...(lat === null || lon === null ? [] : [`${lat.toFixed(5)}, ${lon.toFixed(5)}`]),
    // A code is no name: it is told only where nothing else says the place.
    ...(district === null || text !== null ? [] : [district]),
  ];
  return parts.length === 0 ? { zh: '不详', en: 'unknown' } : { zh: parts.join('，'), en: parts.join('; ') };
}

function casualtiesOf({ casualties }: Known, cite: Cite): Words {
  if (casualties === null) return { zh: '不详', en: 'unknown' };
  const { dead, injured, missing } = casualties.value;
  return after(
    { zh: `死亡${dead}，受伤${injured}，失踪${missing}`, en: `${dead} dead, ${injured} injured, ${missing} missing` },
    cite(casualties.seq),
  );
}

function resourcesOf({ tasks }: Known, cite: Cite): Words {
  if (tasks.size === 0) return { zh: '未派遣', en: 'none sent' };
  const byState = new Map<TaskState, Told<string>[]>();
  for (const { value, seq } of tasks.values()) byState.set(value.state, [...(byState.get(value.state) ?? []), { value: value.unit, seq }]);
  const parts = Object.keys(taskWords).flatMap((state) => {
    const units = byState.get(state as TaskState);
    if (units === undefined) return [];
    const names = units.slice(0, unitsNamedAtMost).map(({ value }) => oneLine(value));
    const more = units.length > names.length ? ' …' : '';
    const cited = cite(...units.slice(0, citedAtMost).map(({ seq }) => seq));
    const end = units.length > citedAtMost ? `${cited} …` : cited;
    const words = taskWords[state as TaskState];
    return [
      {
        zh: `${words.zh}${units.length}（${names.join('、')}${more}）${end}`,
        en: `${units.length} ${words.en} (${names.join(', ')}${more})${end}`,
      },
    ];
  });
  return { zh: parts.map(({ zh }) => zh).join('；'), en: parts.map(({ en }) => en).join('; ') };
}

function actionsOf({ actions, corrected }: Known, cite: Cite, time: (at: EpochMs) => string): Words {
  if (actions.length === 0) return none;
  const told = actions.map(({ value, seq }) => {
    const by = corrected.get(seq);
    const wrong: Words = by === undefined ? { zh: '', en: '' } : { zh: '（已更正）', en: ' (corrected)' };
    const end = by === undefined ? cite(seq) : cite(seq, by);
    return {
      zh: `\n  ${time(value.at)} ${oneLine(value.words.zh)}${wrong.zh}${end}`,
      en: `\n  ${time(value.at)} ${oneLine(value.words.en)}${wrong.en}${end}`,
    };
  });
  return { zh: told.map(({ zh }) => zh).join(''), en: told.map(({ en }) => en).join('') };
}

/** A minute with how far the clocks of the city are from UTC: a report is read elsewhere, too. */
function zoned(at: EpochMs, calendar: CityCalendar): Words {
  const shown = calendar.minuteOf(at);
  const offsetMinutes = Math.round((Date.parse(`${shown.replace(' ', 'T')}Z`) - Math.floor(at / 60_000) * 60_000) / 60_000);
  const sign = offsetMinutes < 0 ? '−' : '+';
  const [hours, minutes] = [Math.floor(Math.abs(offsetMinutes) / 60), Math.abs(offsetMinutes) % 60];
  const offset = offsetMinutes === 0 ? 'UTC' : `UTC${sign}${hours}${minutes === 0 ? '' : `:${String(minutes).padStart(2, '0')}`}`;
  return { zh: `${shown}（${offset}）`, en: `${shown} (${offset})` };
}

const none: Words = { zh: '无', en: 'none' };
const both = (text: string): Words => ({ zh: text, en: text });
const after = ({ zh, en }: Words, end: string): Words => ({ zh: zh + end, en: en + end });

/** As much of it as a line takes, by whole characters. */
const oneLine = (text: string): string => {
  const line = [...text.replaceAll('\n', ' ')];
  return line.length > wordsAtMost ? `${line.slice(0, wordsAtMost - 1).join('')}…` : line.join('');
};
