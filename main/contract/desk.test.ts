import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { claimsOfScope, handoverOffer } from './desk.ts';
import { covers, wholeCity, type Scope } from './scope.ts';

const town: Scope = { districts: ['320282101'], groups: '*' };
const county: Scope = { districts: ['320282'], groups: '*' };
const traffic: Scope = { districts: '*', groups: ['traffic'] };
const police: Scope = { districts: '*', groups: ['police', 'traffic'] };
const trafficOfTown: Scope = { districts: ['320282101'], groups: ['traffic'] };
const nothing: Scope = { districts: [], groups: [] };

describe('who reads what somebody with this scope wrote', () => {
  test.each<[string, Scope, Scope, boolean]>([
    ['the whole city reads everything', wholeCity, trafficOfTown, true],
    ['a part of the city does not read what the whole of it wrote', county, wholeCity, false],
    ['whoever is above reads', county, town, true],
    ['whoever is below does not', town, county, false],
    ['a group of the city does not read a district', traffic, town, false],
    ['a district does not read a group of the city', county, traffic, false],
    ['more groups read fewer', police, traffic, true],
    ['fewer groups do not read more', traffic, police, false],
    ['a district reads a group in it', county, trafficOfTown, true],
    ['a group reads its part of a district', traffic, trafficOfTown, true],
    ['what sees nothing is read by everybody', town, nothing, true],
  ])('%s', (_name, reader, writer, reads) => {
    expect(covers(reader, claimsOfScope(writer))).toBe(reads);
  });

  const part = <T extends string>(of: fc.Arbitrary<T>) => fc.oneof(fc.constant('*' as const), fc.uniqueArray(of, { maxLength: 4 }));
  const scope: fc.Arbitrary<Scope> = fc.record({
    districts: part(fc.constantFrom('32', '3202', '320282', '320282101', '320282102', '33')),
    groups: part(fc.constantFrom('traffic', 'police', 'parks')),
  });
  const camera = fc.record({
    district: fc.constantFrom('320282101005', '320282102', '320281', '33'),
    groups: fc.uniqueArray(fc.constantFrom('traffic', 'police', 'parks'), { maxLength: 3 }),
  });

  test('oneself, always', () => {
    fc.assert(
      fc.property(scope, (one) => covers(one, claimsOfScope(one))),
      { seed: 6 },
    );
  });

  test('only whoever sees every camera that the writer sees', () => {
    fc.assert(
      fc.property(scope, scope, camera, (reader, writer, claim) => {
        fc.pre(covers(reader, claimsOfScope(writer)) && covers(writer, [claim]));
        return covers(reader, [claim]);
      }),
      { seed: 6 },
    );
  });
});

describe('what is written', () => {
  const note = (text: string) => handoverOffer.args.safeParse({ note: text });

  test.each(['一行', 'Two\nlines', 'Emoji 🚦 are text', '  trimmed\n'])('%j is taken', (text) => {
    expect(note(text)).toMatchObject({ success: true, data: { note: text.trim() } });
  });

  test.each(['', '\n', 'a\u202eb', 'a\u0000b', 'a\tb', 'a\r\nb', 'a\ud800b', 'x'.repeat(2001)])('%j is refused', (text) => {
    expect(note(text).success).toBe(false);
  });
});
