import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AccessUnitAssembler, continuesPicture, type AssembledUnit } from './access-unit-assembler.ts';
import { nalTypeOf } from './nal-unit.ts';

const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));
const vps = hex('40010c01ffff01600000030090000003000003003fba0240');
const sps = hex('42010101600000030090000003000003003fa005020171f2e5ba4a4c2f0168080000030008000003007840');
const largeSps = hex('420101016000000300900000030000030078a003c0801107cb965654a4c2f0168080000003008000000c84');
const pps = hex('4401c073c189');
const [prefixSei, suffixSei] = [hex('4e0105ff'), hex('500105ff')];
const [delimiter, filler, endOfSequence] = [hex('460150'), hex('4c01ff80'), hex('4801')];

/** A slice segment of this type; the first of its picture or not; of the base layer or another. */
const slice = (type: number, isFirst = true, length = 8, layer = 0): Uint8Array => {
  const nal = new Uint8Array(length).fill(0x55);
  nal[0] = type << 1;
  nal[1] = (layer << 3) | 1;
  nal[2] = isFirst ? 0xaf : 0x2f;
  return nal;
};
const [delta, rasl, radl, bla, idr, cra] = [1, 9, 7, 16, 20, 21].map((type) => () => slice(type)) as [
  () => Uint8Array,
  () => Uint8Array,
  () => Uint8Array,
  () => Uint8Array,
  () => Uint8Array,
  () => Uint8Array,
];

function assemble(nals: readonly Uint8Array[]): { units: AssembledUnit[]; assembler: AccessUnitAssembler } {
  const assembler = new AccessUnitAssembler();
  const units = nals.flatMap((nal) => assembler.push(nal) ?? []);
  const last = assembler.flush();
  return { units: last ? [...units, last] : units, assembler };
}

describe('grouping NAL units of H.265', () => {
  const sets = [vps, sps, pps];
  const table: readonly (readonly [string, readonly Uint8Array[], readonly string[], string])[] = [
    ['one key picture', [...sets, idr()], ['32 33 34 20'], 'K'],
    ['pictures of one slice segment', [...sets, idr(), delta(), delta()], ['32 33 34 20', '1', '1'], 'K--'],
    [
      'pictures of several',
      [...sets, idr(), slice(20, false), delta(), slice(1, false), slice(1, false)],
      ['32 33 34 20 20', '1 1 1'],
      'K-',
    ],
    ['delimiters and filler are left out', [delimiter, ...sets, idr(), filler, delimiter, delta()], ['32 33 34 20', '1'], 'K-'],
    ['SEI before and behind a picture', [...sets, prefixSei, idr(), suffixSei, prefixSei, delta()], ['32 33 34 39 20 40', '39 1'], 'K-'],
    ['parameter sets sent once are repeated', [...sets, idr(), delta(), idr()], ['32 33 34 20', '1', '32 33 34 20'], 'K-K'],
    ['also when only some come again', [...sets, idr(), pps, idr()], ['32 33 34 20', '32 33 34 20'], 'KK'],
    ['a key picture without parameter sets', [idr(), delta()], ['20', '1'], '--'],
    ['a key picture without a VPS', [sps, pps, idr()], ['33 34 20'], '-'],
    ['parameter sets alone are no picture', [...sets, prefixSei], [], ''],
    ['BLA and CRA are key pictures', [...sets, bla(), delta(), cra()], ['32 33 34 16', '1', '32 33 34 21'], 'K-K'],
    [
      'RASL pictures of the first CRA are left out, RADL are not',
      [...sets, cra(), rasl(), radl(), delta()],
      ['32 33 34 21', '7', '1'],
      'K--',
    ],
    ['those of a later CRA are kept', [...sets, idr(), cra(), rasl(), delta()], ['32 33 34 20', '32 33 34 21', '9', '1'], 'KK--'],
    ['those of a BLA are left out', [...sets, idr(), bla(), rasl(), delta()], ['32 33 34 20', '32 33 34 16', '1'], 'KK-'],
    [
      'so are those behind an end of sequence',
      [...sets, idr(), endOfSequence, cra(), rasl(), delta()],
      ['32 33 34 20', '32 33 34 21', '1'],
      'KK-',
    ],
    [
      'parameter sets repeated before every slice segment',
      [...sets, idr(), ...sets, slice(20, false), delta()],
      ['32 33 34 20 20', '1'],
      'K-',
    ],
    ['other layers are left out', [...sets, idr(), slice(1, true, 8, 1), delta()], ['32 33 34 20', '1'], 'K-'],
    ['headers alone are nothing', [...sets, hex('0201'), hex('02'), new Uint8Array(), idr()], ['32 33 34 20'], 'K'],
  ];
  it.each(table)('%s', (_name, nals, types, keys) => {
    const { units } = assemble(nals);
    expect(units.map((unit) => unit.nals.map(nalTypeOf).join(' '))).toEqual(types);
    expect(units.map((unit) => (unit.key ? 'K' : '-')).join('')).toBe(keys);
    expect(units.some((unit) => unit.corrupt || !unit.beginsWhole)).toBe(false);
  });

  it('uses the newest parameter sets', () => {
    const { units } = assemble([vps, sps, pps, idr(), largeSps, idr()]);
    expect(units.map((unit) => [unit.sps!.width, unit.reorderDepth])).toEqual([
      [640, 0],
      [1920, 2],
    ]);
    expect(units[1]!.nals[1]).toBe(largeSps);
  });

  it('keeps parameter sets that came another way, and puts them only before key pictures', () => {
    const assembler = new AccessUnitAssembler();
    for (const nal of [vps, sps, pps, idr()]) assembler.remember(nal);
    expect(assembler.flush()).toBeNull();
    assembler.push(delta());
    expect(assembler.push(idr())!.nals.map(nalTypeOf)).toEqual([1]);
    expect(assembler.flush()!.nals.map(nalTypeOf)).toEqual([32, 33, 34, 20]);
  });

  it('knows a picture whose beginning is missing', () => {
    expect(assemble([vps, sps, pps, slice(20, false), delta()]).units.map((unit) => unit.beginsWhole)).toEqual([false, true]);
    expect([slice(1, false), slice(1), slice(20, false), sps].map(continuesPicture)).toEqual([true, false, true, false]);
  });

  it('leaves out what is too large, and marks and counts it', () => {
    const { units, assembler } = assemble([vps, sps, pps, idr(), slice(20, false, 4 * 1024 * 1024 + 1), delta()]);
    expect(units.map((unit) => [unit.nals.length, unit.corrupt])).toEqual([
      [4, true],
      [1, false],
    ]);
    expect(assembler.droppedNals).toBe(1);
  });

  it('keeps no parameter set that is absurdly long', () => {
    const hugePps = new Uint8Array(5000).fill(0xff);
    hugePps[0] = 0x44;
    const { units } = assemble([vps, sps, pps, idr(), hugePps, delta(), idr()]);
    expect(units.at(-1)!.key).toBe(true);
    expect(units.at(-1)!.nals).toContain(pps);
    expect(units.at(-1)!.nals).not.toContain(hugePps);
  });

  it('bounds a picture that never ends', () => {
    const part = slice(1, false, 1024 * 1024);
    const { units } = assemble([vps, sps, pps, idr(), ...Array.from({ length: 40 }, () => part)]);
    expect(units[0]!.nals.reduce((sum, nal) => sum + nal.length, 0)).toBeLessThanOrEqual(8 * 1024 * 1024);
    const many = assemble([vps, sps, pps, idr(), ...Array.from({ length: 10_000 }, () => slice(1, false))]);
    expect(many.units[0]!.nals.length).toBeLessThanOrEqual(4096);
  });

  it('never throws', () => {
    const nal = fc
      .tuple(fc.nat(127), fc.constantFrom(0, 1, 9), fc.uint8Array({ maxLength: 24 }))
      .map(([head, second, rest]) => Uint8Array.of(head, second, ...rest));
    const good = fc.constantFrom(vps, sps, largeSps, pps, idr(), cra(), rasl(), delta(), endOfSequence);
    fc.assert(
      fc.property(fc.array(fc.oneof(nal, good), { maxLength: 40 }), (nals) => {
        const { units } = assemble(nals);
        expect(units.length).toBeLessThanOrEqual(nals.length);
        for (const unit of units) if (unit.key) expect(unit.nals.map(nalTypeOf)).toEqual(expect.arrayContaining([32, 33, 34]));
      }),
      { seed: 42, numRuns: 1000 },
    );
  });
});

it('does not read parameter sets on and on: within a picture only so many are taken', () => {
  const changes = Array.from({ length: 16 }, () => [sps, largeSps]).flat();
  const { units } = assemble([vps, ...changes, sps, pps, idr(), sps, idr()]);
  expect(units.map((unit) => unit.sps?.width)).toEqual([1920, 640]);
  // What is said again is no change.
  const repeated = assemble([vps, ...Array.from({ length: 100 }, () => sps), largeSps, pps, idr()]);
  expect(repeated.units[0]!.sps?.width).toBe(1920);
});
