import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { AccessUnitAssembler, type AssembledUnit } from './access-unit-assembler.ts';
import { nalTypeOf, splitNalUnits } from './annex-b.ts';

const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));
const sps = hex('674d4016eca05017fcb80880000003008000000f078b16cb');
const fieldSps = hex('674d401eeca05a126c0440000003004000000c87c50a6580');
const pps = hex('68ee3cb0');
const sei = hex('0605ffff');
const delimiter = hex('09f0');
const filler = hex('0cffff80');

/** A slice NAL unit whose header is these bits. */
function slice(header: number, bits: string, length = 12): Uint8Array {
  const nal = new Uint8Array(length).fill(0x55);
  nal[0] = header;
  const padded = `${bits.replaceAll(' ', '')}1`.padEnd(64, '01');
  for (let i = 0; i < 8; i += 1) nal[i + 1] = Number.parseInt(padded.slice(i * 8, i * 8 + 8), 2);
  return nal;
}
// first_mb ue, slice_type ue, pps id ue, frame_num u(4), [field flags], [idr_pic_id ue], poc lsb u(6)
const idr = () => slice(0x65, '1 0001000 1 0000 1 000000');
const delta = (first = '1') => slice(0x41, `${first} 00110 1 0001 000010`);
const top = (frame: string, header = 0x41) => slice(header, `1 00110 1 ${frame} 10 000010`);
const bottom = (frame: string, header = 0x41) => slice(header, `1 00110 1 ${frame} 11 000011`);

function assemble(nals: readonly Uint8Array[]): { units: AssembledUnit[]; assembler: AccessUnitAssembler } {
  const assembler = new AccessUnitAssembler();
  const units = nals.flatMap((nal) => assembler.push(nal) ?? []);
  const last = assembler.flush();
  return { units: last ? [...units, last] : units, assembler };
}

const typesOf = (units: readonly AssembledUnit[]) => units.map((unit) => unit.nals.map(nalTypeOf).join(' '));

describe('grouping NAL units', () => {
  const table: readonly (readonly [string, readonly Uint8Array[], readonly string[], readonly boolean[]])[] = [
    ['one key picture', [sps, pps, idr()], ['7 8 5'], [true]],
    ['pictures of one slice', [sps, pps, idr(), delta(), delta()], ['7 8 5', '1', '1'], [true, false, false]],
    [
      'pictures of several slices',
      [sps, pps, idr(), slice(0x65, '00110 0001000 1 0000 1 000000'), delta(), delta('00110')],
      ['7 8 5 5', '1 1'],
      [true, false],
    ],
    ['delimiters and filler are left out', [delimiter, sps, pps, idr(), filler, delimiter, delta()], ['7 8 5', '1'], [true, false]],
    ['SEI begins the next picture', [sps, pps, idr(), sei, delta()], ['7 8 5', '6 1'], [true, false]],
    [
      'parameter sets sent once are repeated before every key picture',
      [sps, pps, idr(), delta(), idr()],
      ['7 8 5', '1', '7 8 5'],
      [true, false, true],
    ],
    ['a key picture without parameter sets cannot be started from', [idr(), delta()], ['5', '1'], [false, false]],
    ['parameter sets alone are no picture', [sps, pps, sei], [], []],
    ['end of sequence ends a picture', [sps, pps, idr(), hex('0a'), delta('00110')], ['7 8 5', '1'], [true, false]],
    [
      'parameter sets repeated before every slice, as GStreamer sends them',
      [sps, pps, idr(), sps, pps, slice(0x65, '00110 0001000 1 0000 1 000000'), delta()],
      ['7 8 5 5', '1'],
      [true, false],
    ],
    ['SEI between slices', [sps, pps, idr(), delta(), sei, delta('00110'), sei], ['7 8 5', '1 6 1'], [true, false]],
    [
      'two fields are one frame',
      [fieldSps, pps, top('0001'), bottom('0001'), top('0010'), bottom('0010')],
      ['7 8 1 1', '1 1'],
      [false, false],
    ],
    ['fields of different frames are not', [fieldSps, pps, top('0001'), bottom('0010')], ['7 8 1', '1'], [false, false]],
  ];
  it.each(table)('%s', (_name, nals, types, keys) => {
    const { units } = assemble(nals);
    expect(typesOf(units)).toEqual(types);
    expect(units.map((unit) => unit.key)).toEqual(keys);
    expect(units.some((unit) => unit.corrupt)).toBe(false);
  });

  it('uses the newest parameter sets', () => {
    const { units } = assemble([sps, pps, idr(), fieldSps, idr()]);
    expect(units[1]!.nals[0]).toBe(fieldSps);
    expect(units[1]!.sps).toMatchObject({ width: 720, height: 576 });
  });

  it('leaves out what is too large, and marks and counts it', () => {
    const { units, assembler } = assemble([sps, pps, idr(), slice(0x65, '00110 0001000', 4 * 1024 * 1024 + 1), delta()]);
    expect(typesOf(units)).toEqual(['7 8 5', '1']);
    expect(units.map((unit) => unit.corrupt)).toEqual([true, false]);
    expect(assembler.droppedNals).toBe(1);
  });

  it('keeps no parameter set that is absurdly long', () => {
    const hugePps = new Uint8Array(5000).fill(0xff);
    hugePps[0] = 0x68;
    const { units } = assemble([sps, pps, idr(), hugePps, delta(), idr()]);
    expect(units.at(-1)!.key).toBe(true);
    expect(units.at(-1)!.nals).toContain(pps);
    expect(units.at(-1)!.nals).not.toContain(hugePps);
  });

  it('bounds a picture that never ends', () => {
    const part = slice(0x41, '00110 00110', 1024 * 1024);
    const { units, assembler } = assemble([sps, pps, delta(), ...Array.from({ length: 40 }, () => part)]);
    expect(units).toHaveLength(1);
    expect(units[0]!.nals.reduce((sum, nal) => sum + nal.length, 0)).toBeLessThanOrEqual(8 * 1024 * 1024);
    expect(assembler.droppedNals).toBe(33);
    const many = assemble([sps, pps, ...Array.from({ length: 10_000 }, () => delta('00110'))]);
    expect(many.units[0]!.nals.length).toBeLessThanOrEqual(4096);
  });

  it('finds every picture of a real clip', () => {
    const clip = readFileSync(path.join(import.meta.dirname, '../../demo-city/clips/tunnel.sub.h264'));
    const { units } = assemble(splitNalUnits(clip));
    expect(units).toHaveLength(240);
    expect(units.flatMap((unit, i) => (unit.key ? [i] : []))).toEqual(Array.from({ length: 16 }, (_, i) => i * 15));
    expect(units.every((unit) => unit.slice !== null && !unit.corrupt)).toBe(true);
  });

  it('never throws', () => {
    const nal = fc
      .tuple(fc.constantFrom(0x67, 0x68, 0x65, 0x41, 0x01, 0x06, 0x09, 0x0c, 0x7f), fc.uint8Array({ maxLength: 24 }))
      .map(([head, rest]) => Uint8Array.of(head, ...rest));
    const good = fc.constantFrom(sps, fieldSps, pps, idr(), delta(), top('0001'));
    fc.assert(
      fc.property(fc.array(fc.oneof(nal, good), { maxLength: 40 }), (nals) => {
        const { units } = assemble(nals);
        expect(units.reduce((sum, unit) => sum + unit.nals.length, 0)).toBeLessThanOrEqual(nals.length * 3);
      }),
      { seed: 5, numRuns: 1000 },
    );
  });
});

it('does not read parameter sets on and on: within a picture only so many are taken', () => {
  const changes = Array.from({ length: 16 }, () => [sps, fieldSps]).flat();
  const { units } = assemble([...changes, sps, pps, idr(), sps, idr()]);
  expect(units.map((unit) => unit.sps?.frameMbsOnly)).toEqual([false, true]);
  // What is said again is no change.
  const repeated = assemble([...Array.from({ length: 100 }, () => sps), fieldSps, pps, idr()]);
  expect(repeated.units[0]!.sps?.frameMbsOnly).toBe(false);
});
