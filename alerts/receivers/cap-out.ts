import type { EpochMs } from '../../main/contract/time.ts';
import { wgs84Of } from '../../main/contract/wgs84.ts';
import type { Severity } from '../contract.ts';
import type { Told } from '../pipeline/alert-pipeline.ts';
import type { OutwardAlert } from './outward.ts';

/** Who sends. */
export interface CapSender {
  /** Names this house among all that send (CAP 1.2 clause 3.2.1 `sender`): no spaces, commas, `<` or `&`. */
  readonly id: string;
  /** For people, e.g. the name of the centre. */
  readonly name: string;
}

// CAP 1.2 clause 3.2.2: what is known of a system tells the category; everything else is `Infra`, for it is the city's.
const categories: Readonly<Record<string, string>> = {
  traffic: 'Transport',
  health: 'Health',
  environment: 'Env',
  agriculture: 'Env',
  emergency: 'Safety',
  grid: 'Safety',
  tourism: 'Safety',
  'public-safety': 'Security',
  security: 'Security',
};
const severities: Readonly<Record<Severity, string>> = { critical: 'Extreme', high: 'Severe', medium: 'Moderate', low: 'Minor' };
const urgencies: Readonly<Record<Severity, string>> = { critical: 'Immediate', high: 'Expected', medium: 'Expected', low: 'Future' };

/**
 * An alert as a document of the Common Alerting Protocol (OASIS CAP 1.2), in Chinese and English. Its identifier and time of sending follow from the alert, so that the
 * same news has the same document; what comes after the first refers to it.
 */
export function capDocument(alert: OutwardAlert, why: Told['why'], sender: CapSender): string {
  const { id, raisedAt, lastAt, clearedAt } = alert;
  const first = { identifier: `${id}.raised.${raisedAt}`, sent: capTime(raisedAt) };
  const sentAt = why === 'raised' ? raisedAt : why === 'cleared' ? (clearedAt ?? lastAt) : lastAt;
  const identifier = why === 'raised' ? first.identifier : `${id}.${why}.${sentAt}`;
  const references = why === 'raised' ? '' : tag('references', `${sender.id},${first.identifier},${first.sent}`);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">',
    tag('identifier', identifier),
    tag('sender', sender.id),
    tag('sent', capTime(sentAt)),
    tag('status', 'Actual'),
    tag('msgType', why === 'raised' ? 'Alert' : why === 'worse' ? 'Update' : 'Cancel'),
    tag('scope', 'Restricted'),
    tag('restriction', 'For the receiver that it was sent to'),
    references,
    info(alert, why, 'zh-CN', sender),
    info(alert, why, 'en-US', sender),
    '</alert>',
    '',
  ]
    .filter((line) => line !== '')
    .join('\n');
}

function info(alert: OutwardAlert, why: Told['why'], language: 'zh-CN' | 'en-US', sender: CapSender): string {
  const { title, advice, severity, system, rule, since, subject, reading } = alert;
  const words = language === 'zh-CN' ? ('zh' as const) : ('en' as const);
  return [
    '<info>',
    tag('language', language),
    tag('category', categories[system] ?? 'Infra'),
    tag('event', title[words]),
    tag('urgency', why === 'cleared' ? 'Past' : urgencies[severity]),
    tag('severity', severities[severity]),
    tag('certainty', 'Observed'),
    parameter('eventCode', 'taodu:rule', rule),
    tag('onset', capTime(since)),
    tag('senderName', sender.name),
    tag('headline', title[words]),
    advice === null ? '' : tag('instruction', advice[words]),
    parameter('parameter', 'taodu:subject', subject.name),
    reading === null || reading.value === null
      ? ''
      : parameter('parameter', `taodu:${reading.quantity}`, `${reading.value} ${reading.unit}`.trim()),
    area(alert),
    '</info>',
  ]
    .filter((line) => line !== '')
    .join('\n');
}

/** To a tenth of a metre. */
const degrees = (value: number): number => Math.round(value * 1e6) / 1e6;

/** Positions of CAP are WGS 84 (clause 3.4.2). */
function area({ place, subject }: OutwardAlert): string {
  const { district, text } = place;
  const position = wgs84Of(place);
  return [
    '<area>',
    tag('areaDesc', text ?? district ?? subject.name),
    position === null ? '' : tag('circle', `${degrees(position.lat)},${degrees(position.lon)} 0`),
    district === null ? '' : parameter('geocode', 'GB/T 2260', district),
    '</area>',
  ]
    .filter((line) => line !== '')
    .join('\n');
}

/** Clause 3.3.2: no fractions, and `-00:00` for UTC, never `Z`. */
function capTime(at: EpochMs): string {
  return `${new Date(at).toISOString().slice(0, 19)}-00:00`;
}

const parameter = (name: string, valueName: string, value: string): string =>
  `<${name}>${tag('valueName', valueName)}${tag('value', value)}</${name}>`;
const tag = (name: string, text: string): string => `<${name}>${escaped(text)}</${name}>`;

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };
/** XML 1.0 clause 2.2 knows no other control characters, and no half characters. */
// oxlint-disable-next-line no-control-regex -- taking them out is the point
const impossible = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udfff]/gu;

function escaped(text: string): string {
  return text.replaceAll(impossible, '').replaceAll(/[&<>"']/g, (character) => entities[character]!);
}
