import { expect, test } from 'vitest';
import type { IncidentEntryDraft } from './incident-body.ts';
import { logProblem, sendProblem } from './log-room.ts';

const draft = (kind: string, body: object = {}) => ({ kind, at: 1, corrects: null, body }) as IncidentEntryDraft;
const note = draft('note', { text: 'x' });
const moved = (to: string) => draft('moved', { to });

test.each([
  ['words', [note], 19_500],
  ['corrections', [draft('correction')], 19_500],
  ['edits', [draft('edited')], 19_500],
  ['edits that bind a plan, too', [draft('edited'), draft('plan', { did: 'bound' })], 19_499],
  ['alerts', [draft('alert')], 19_500],
  ['reports', [draft('report')], 19_500],
  ['what moves it on', [moved('filed')], 20_000],
  ['what takes another in', [draft('merge', { did: 'took-in' })], 20_000],
])('a log takes %s up to a number', (_name, drafts, atMost) => {
  const with_ = (lastSeq: number) => logProblem({ number: '2026-1127-0001', lastSeq }, drafts);
  expect(with_(atMost - 1)).toBeNull();
  expect(with_(atMost)).toMatchObject({ code: 'incident-log-full', params: { number: '2026-1127-0001' } });
});

test.each([
  ['what ends it', [moved('closed')]],
  ['what sends it into another', [draft('merge', { did: 'went-into' })]],
  ['what its units say', [draft('task')]],
  ['what its limits say', [draft('timer')]],
  ['nothing', []],
])('a log takes %s always', (_name, drafts) => {
  expect(logProblem({ number: 'n', lastSeq: 1_000_000 }, drafts)).toBeNull();
});

test('a unit is sent only where there is room for what becomes of it', () => {
  expect(sendProblem({ number: 'n', lastSeq: 19_499 })).toBeNull();
  expect(sendProblem({ number: 'n', lastSeq: 19_500 })).toMatchObject({ code: 'incident-log-full', params: { limit: 19_500 } });
});
