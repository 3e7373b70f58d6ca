import { afterEach, expect, test } from 'vitest';
import { setLocale } from '../../i18n/index.ts';
import { planBoundBy, planStepAt } from './log-names.ts';
import { anEntry } from './testdata/an-incident.ts';

afterEach(() => setLocale('zh-CN'));

test('a step is named by the plan that was bound when it was ticked, not by another one that has such a step', () => {
  const opened = anEntry('opened', { plan: { planId: 'traffic', version: 1, steps: [] } }, { seq: 1 });
  const changed = anEntry('plan', { did: 'bound', planId: 'utilities', version: 1, steps: [] }, { seq: 5 });
  const ticked = anEntry('plan', { did: 'step', stepId: 'publish', state: 'done', note: null, timers: null }, { seq: 6 });
  const bound = [opened, changed, ticked].flatMap((entry) => planBoundBy(entry) ?? []);
  expect([4, 6].map((seq) => planStepAt(bound, seq, 'publish'))).toEqual(['发布路况提示', '发布停供通知']);
  expect(planStepAt([], 4, 'publish')).toBe('publish');
});
