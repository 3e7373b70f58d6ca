import type { CommandResult } from '../../main/contract/catalog.ts';
import type { DiagnosisResult } from '../../streams/contract.ts';
import { dateText, durationText, timeText } from '../i18n/format.ts';
import { hasText, text } from '../i18n/index.ts';
import { problemText } from '../i18n/problem-text.ts';

export type Diagnosis = CommandResult<'camera.diagnose'>;

/** A diagnosis in one sentence, and how grave it is. */
export interface DiagnosisVerdict {
  readonly kind: 'ok' | 'warning' | 'failed';
  readonly words: string;
}

/** The sentence on top: where it stopped and why, or that there is a picture. */
export function verdictOf({ failed, steps }: Pick<Diagnosis, 'failed' | 'steps'>): DiagnosisVerdict {
  if (failed !== null) {
    const reason = reasonOf(steps.find(({ step }) => step === failed)!) ?? '';
    const key = failed === 'decoder' ? 'console.diagnosis.failedWall' : 'console.diagnosis.failed';
    return { kind: 'failed', words: text(key, { step: stepName(failed), reason }).trim() };
  }
  const warnings = steps.filter(({ outcome }) => outcome === 'warning').length;
  if (warnings > 0) return { kind: 'warning', words: text('console.diagnosis.warned', { n: warnings }, warnings) };
  return { kind: 'ok', words: text('console.diagnosis.ok') };
}

export const stepName = (step: DiagnosisResult['step']): string => text(`console.diagnosis.step.${step}`);

/** Why a step is not simply well, as a sentence; null when there is nothing to say. */
export function reasonOf({ step, outcome, reason, params }: DiagnosisResult): string | null {
  if (reason !== null) return problemText({ code: reason, params });
  if (outcome !== 'warning') return null;
  if (step === 'loss') return text('console.diagnosis.lossHigh', { percent: String(params['percent']) });
  return step === 'codec' ? text('console.diagnosis.transcoded') : null;
}

type Params = DiagnosisResult['params'];

const codecNames: Readonly<Record<string, string>> = { h264: 'H.264', h265: 'H.265', aac: 'AAC', pcma: 'G.711 A', pcmu: 'G.711 μ' };
/** How facts that are no plain words are written. */
const written: Readonly<Record<string, (value: string | number | boolean, params: Params) => string | null>> = {
  kind: (value) =>
    hasText(`console.facts.kind.${value}`) ? text(`console.facts.kind.${value}` as 'console.facts.kind.rtsp') : String(value),
  state: (value) => (hasText(`common.tile.${value}`) ? text(`common.tile.${value}` as 'common.tile.live') : String(value)),
  codec: (value) => codecNames[String(value)] ?? String(value),
  audio: (value) => codecNames[String(value)] ?? String(value),
  address: (value, params) => (typeof params['port'] === 'number' ? `${bracketed(String(value))}:${params['port']}` : String(value)),
  size: (value) => String(value).replace('x', ' × '),
  width: (value, params) => (params['height'] === undefined ? null : `${value} × ${params['height']}`),
  transport: (value) => String(value).toUpperCase(),
  frameAgeMs: (value) => durationText(Number(value)),
  jitterMs: (value) => durationText(Number(value)),
  viewers: (value) => (value === 0 ? null : String(value)),
};
/** Facts in the order in which they are read; what is not here is for the copied text only. */
const shownFacts = [
  'number',
  'kind',
  'address',
  'user',
  'viewers',
  'scheme',
  'server',
  'codec',
  'size',
  'width',
  'audio',
  'transport',
  'screen',
  'state',
  'fps',
  'kbps',
  'percent',
  'jitterMs',
  'frameAgeMs',
] as const;

/** An IPv6 address before a port (RFC 3986 clause 3.2.2). */
const bracketed = (address: string) => (address.includes(':') && !address.startsWith('[') ? `[${address}]` : address);

/** The facts of a step in words: addresses, codec, size, transport, loss. Facts that a sentence about a failure names are not repeated. */
export function factsOf({ params, outcome }: DiagnosisResult): string[] {
  if (outcome === 'failed' && params['screen'] === undefined) return [];
  return shownFacts.flatMap((name) => {
    const value = params[name];
    if (value === undefined || value === null) return [];
    if (name === 'scheme' && value === 'none') return [text('console.diagnosis.noLogin')];
    const words = name in written ? written[name]!(value, params) : String(value);
    return words === null ? [] : [text(`console.diagnosis.fact.${name}`, { value: words })];
  });
}

/** Where a step's time lies among all of them, as parts of the whole: the bars of the list. Null for a step without a time. */
export function timeBars(steps: readonly DiagnosisResult[]): ({ readonly from: number; readonly width: number } | null)[] {
  const total = Math.max(
    1,
    steps.reduce((sum, { ms }) => sum + (ms ?? 0), 0),
  );
  let from = 0;
  return steps.map(({ ms }) => {
    if (ms === null) return null;
    const bar = { from: from / total, width: ms / total };
    from += ms;
    return bar;
  });
}

const marks: Readonly<Record<DiagnosisResult['outcome'], string>> = { ok: '✓', warning: '!', failed: '✗', skipped: '–', unknown: '·' };

/** The whole diagnosis as plain text, for a message or a ticket. Every fact is in it; there are no credentials in any. */
export function diagnosisText(diagnosis: Diagnosis, camera: { readonly number: string; readonly name: string } | undefined): string {
  const head = [camera?.number ?? diagnosis.cameraId, camera?.name ?? '', text(`console.diagnosis.profile.${diagnosis.profile}`)];
  const lines = diagnosis.steps.map((step) => {
    const facts = factsOf(step);
    const others = Object.entries(step.params).filter(
      ([name, value]) => value !== null && !(shownFacts as readonly string[]).includes(name),
    );
    const parts = [
      reasonOf(step),
      ...facts,
      ...others.map(([name, value]) => `${name}=${value}`),
      step.ms === null ? null : durationText(step.ms),
    ];
    const said = parts.filter((part) => part !== null && part !== '').join(' · ');
    const outcome = step.outcome === 'ok' ? '' : ` [${text(`console.diagnosis.outcome.${step.outcome}`)}]`;
    return `${marks[step.outcome]} ${stepName(step.step)}${outcome}${said === '' ? '' : `  ${said}`}`;
  });
  return [
    text('console.diagnosis.title'),
    head.filter(Boolean).join(' · '),
    `${dateText(diagnosis.at)} ${timeText(diagnosis.at)} · ${durationText(diagnosis.tookMs)}`,
    verdictOf(diagnosis).words,
    '',
    ...lines,
  ].join('\n');
}
