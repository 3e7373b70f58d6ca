import { describe, expect, test } from 'vitest';
import { aUnit } from '../incidents/testdata/an-incident.ts';
import { unitArgsOf, unitFormOf } from './unit-form.ts';

const typed = { ...unitFormOf(null), number: 'J03', name: '三中队', department: '交警大队' };

describe('the form of a unit', () => {
  test('what is shown of a unit is what is sent of it', () => {
    const unit = aUnit({
      home: { lat: 31.3, lon: 119.8, datum: 'gcj02', district: '320282', text: '驻地' },
      districts: ['320282'],
      positionOf: 'f/1',
    });
    expect(unitArgsOf(unitFormOf(unit), unit)).toEqual({
      args: {
        number: unit.number,
        name: unit.name,
        department: unit.department,
        capabilities: unit.capabilities,
        crew: unit.crew,
        home: unit.home,
        districts: unit.districts,
        positionOf: unit.positionOf,
        drill: false,
      },
    });
  });
  test('lists are separated as people separate them', () => {
    expect(unitArgsOf({ ...typed, districts: '320282，320281、 3202' }, null)).toMatchObject({
      args: { districts: ['320282', '320281', '3202'] },
    });
  });
  test.each([
    [{ number: ' ' }, ['number']],
    [{ name: '', department: '' }, ['name', 'department']],
    [{ crew: '2.5' }, ['crew']],
    [{ crew: '' }, ['crew']],
    [{ lat: '31' }, ['place']],
    [{ lat: '91', lon: '10' }, ['place']],
    [{ lat: 'x', lon: '10' }, ['place']],
    [{ districts: '3202x' }, ['districts']],
  ] as const)('%j', (more, faults) => {
    expect(unitArgsOf({ ...typed, ...more }, null)).toEqual({ faults });
  });
});
