import { expect, test } from 'vitest';
import { isQuantity } from './quantities.ts';
import { systems } from './systems.ts';

test('the 26 systems of the plan, each once, by number', () => {
  expect(systems.map(({ number }) => number)).toEqual(Array.from({ length: 26 }, (_, index) => index + 1));
  expect(new Set(systems.map(({ id }) => id)).size).toBe(26);
});

test.each(systems.map((pack) => [pack.id, pack] as const))(
  '%s is whole: both languages, figures, rules, quantities that there are',
  (id, pack) => {
    const words = [pack.name, pack.department, ...pack.indicators.map(({ name }) => name), ...pack.rules.map(({ title }) => title)];
    for (const { zh, en } of words) {
      expect(zh).toMatch(/\p{Script=Han}|PM2\.5|CPU/u);
      expect(en).toMatch(/[A-Za-z]/);
      // What is filled in is the same in both.
      expect([...zh.matchAll(/\{\w+\}/g)].map(([hole]) => hole).sort()).toEqual([...en.matchAll(/\{\w+\}/g)].map(([hole]) => hole).sort());
    }
    expect(pack.indicators.length).toBeGreaterThan(0);
    expect(pack.rules.length).toBeGreaterThan(0);
    expect(new Set(pack.indicators.map((indicator) => indicator.id)).size).toBe(pack.indicators.length);
    expect(new Set(pack.rules.map((rule) => rule.id)).size).toBe(pack.rules.length);
    for (const rule of pack.rules) expect(rule).toMatchObject({ system: id, id: expect.stringMatching(new RegExp(`^${id}\\.`)) });
    const asked = [
      ...pack.rules.flatMap(({ when }) => ('quantity' in when && when.quantity !== null ? [when.quantity] : [])),
      ...pack.indicators.flatMap(({ from }) => [...('quantity' in from ? [from.quantity] : []), ...('of' in from ? [from.of] : [])]),
    ];
    expect(asked.filter((name) => !isQuantity(name))).toEqual([]);
  },
);

test.each([
  ['traffic', 'car-parks-connected', { op: '>', value: 80 }],
  ['education', 'campuses', { op: '>=', value: 89 }],
  ['manufacturing', 'enterprises-on-cloud', { op: '>=', value: 1500 }],
  ['agriculture', 'informatisation', { op: '>=', value: 65 }],
  ['gov-services', 'items-online', { op: '>=', value: 90 }],
  ['grid', 'covered', { op: '>=', value: 100 }],
])("the plan's target of %s %s", (system, indicator, target) => {
  const pack = systems.find(({ id }) => id === system);
  expect(pack?.indicators.find(({ id }) => id === indicator)?.target).toEqual(target);
});
