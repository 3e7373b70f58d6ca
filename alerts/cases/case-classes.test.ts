import { expect, test } from 'vitest';
import { incidentType } from '../incident-contract.ts';
import { incidentTypeOf } from '../incidents/incident-types.ts';
import { bigCaseClasses, caseClasses, caseClassOf, caseClassOfCode } from './case-classes.ts';

test('five big classes of components, six of events, twelve groups of the grid; every class once, in both languages', () => {
  expect(Object.keys(bigCaseClasses.component)).toHaveLength(5);
  expect(Object.keys(bigCaseClasses.event)).toHaveLength(6);
  expect(caseClasses.filter(({ kind }) => kind === 'grid')).toHaveLength(12);
  expect(new Set(caseClasses.map(({ type }) => type)).size).toBe(caseClasses.length);
  const codes = caseClasses.flatMap(({ kind, code }) => (code === null ? [] : [`${kind} ${code}`]));
  expect(new Set(codes).size).toBe(codes.length);
  for (const { type, kind, big, code, zh, en } of caseClasses) {
    expect(incidentType.safeParse(type).success).toBe(true);
    expect(incidentTypeOf(type)).toBeDefined();
    expect(zh).toMatch(/\p{Script=Han}/u);
    expect(en).toMatch(/^[A-Z]/);
    if (code !== null && kind !== 'grid') expect(code.slice(0, 2)).toBe(bigCaseClasses[kind][big]!.code);
  }
});

test.each([
  ['urban.event.garbage', '暴露垃圾'],
  ['urban.event.garbage.school', '暴露垃圾'],
  ['urban.event.unheard', '事件案件'],
  ['grid.dispute', '矛盾纠纷'],
  ['grid', undefined],
  ['urban', undefined],
  ['traffic.accident', undefined],
  ['', undefined],
])('%s is of class %s', (type, zh) => {
  expect(caseClassOf(type)?.zh).toBe(zh);
});

test.each([
  ['3202820102', 'event', '320282', 'urban.event.garbage'],
  [' 3202820401 ', 'event', '320282', 'urban.event.stall'],
  ['3202820101', 'component', '320282', 'urban.component.manhole'],
  ['3202820101000123', 'component', '320282', 'urban.component.manhole'],
  ['3202820129', 'component', '320282', 'urban.component.camera'],
] as const)('code %s of a %s', (code, kind, region, type) => {
  expect(caseClassOfCode(code, kind)).toMatchObject({ region, class: { type } });
});

test.each([
  ['', 'event'],
  ['320282', 'event'],
  ['3202820198', 'event'],
  ['3202820102000123', 'event'],
  ['32028201021', 'component'],
  ['３２０２８２０１０２', 'event'],
  ['toString', 'component'],
] as const)('%s of a %s is no code', (code, kind) => {
  expect(caseClassOfCode(code, kind)).toBeUndefined();
});
