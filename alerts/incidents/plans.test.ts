import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { latestPlan, planVersion, plans } from './plans.ts';

/** The prints of what was published. To better a plan add a version to it and its print here; never change one. */
const prints: Readonly<Record<string, string>> = {
  'case 1': '01f3ccfc404e1991',
  'environment 1': '54e2798143fcb1f6',
  'fire 1': '8097fa4c70b46d12',
  'flood 1': '0e810eba5159bf91',
  'gas 1': 'e78c21171158c5d4',
  'general 1': '97f9c3038426bc25',
  'illegal-building 1': '9fa6874c5c5ce147',
  'lift 1': 'cd672ece69700224',
  'medical 1': 'bfa21aae70c898b0',
  'public-order 1': '19db353253fc2078',
  'rescue 1': '76cecc123fbd7f27',
  'traffic 1': '4a495de5d967ebdc',
  'utilities 1': 'b2e3441f0f356ce8',
};

const printOf = (plan: object): string => createHash('sha256').update(JSON.stringify(plan)).digest('hex').slice(0, 16);

test('what was published is what it was', () => {
  expect(Object.fromEntries(plans.map((plan) => [`${plan.id} ${plan.version}`, printOf(plan)]))).toEqual(prints);
});

test.each(plans.map((plan) => [`${plan.id} ${plan.version}`, plan] as const))('%s is whole', (_name, plan) => {
  expect(plan.steps.length).toBeGreaterThan(0);
  expect(plan.steps.length).toBeLessThanOrEqual(64);
  expect(new Set(plan.steps.map(({ id }) => id)).size).toBe(plan.steps.length);
  for (const { zh, en, dueMinutes } of [...plan.steps.map((step) => step), { zh: plan.zh, en: plan.en, dueMinutes: null }]) {
    expect(zh).toMatch(/\p{Script=Han}/u);
    expect(en).toMatch(/^[A-Z]/);
    expect(dueMinutes ?? 1).toBeGreaterThan(0);
  }
});

test('versions begin with one, and none is left out', () => {
  for (const id of new Set(plans.map((plan) => plan.id))) {
    const versions = plans.filter((plan) => plan.id === id).map(({ version }) => version);
    expect(versions.toSorted()).toEqual(versions.map((_, index) => index + 1));
    expect(latestPlan(id)?.version).toBe(versions.length);
  }
});

test('a plan that is not there is not found', () => {
  expect(latestPlan('nothing')).toBeNull();
  expect(planVersion('fire', 1)?.id).toBe('fire');
  expect(planVersion('fire', 99)).toBeUndefined();
});
