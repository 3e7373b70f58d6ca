import { parse } from 'csv-parse/sync';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvLine } from './csv-line.ts';

describe('a line of CSV', () => {
  it.each<[(string | number | null)[], string]>([
    [['a', 1, null, '东门'], 'a,1,,东门'],
    [['a,b', 'say "hi"', 'two\nlines'], '"a,b","say ""hi""","two\nlines"'],
    [['=1+1', '+1', '-1', '@x', '\tx', '＝1', '＠x'], "'=1+1,'+1,'-1,'@x,'\tx,'＝1,'＠x"],
    [['\r=1'], '"\'\r=1"'],
    [[-1], '-1'],
    [['a=1', ' =1'], 'a=1, =1'],
  ])('%j', (cells, line) => {
    expect(csvLine(cells)).toBe(`${line}\r\n`);
  });

  it('is read back by others as it was meant, and no text in it begins like a formula', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '=', '+', '-', '@', '"', ',', '\n', '\r', '\t', "'", '县', '＝') });
    const holds = fc.property(fc.array(text, { minLength: 2, maxLength: 6 }), (cells) => {
      const [read] = parse(csvLine(cells), { relax_column_count: true, record_delimiter: '\r\n' }) as string[][];
      return (
        read!.length === cells.length &&
        read!.every((cell, index) => (cell === cells[index] || cell === `'${cells[index]}`) && !/^[=+\-@\t\r\n＝]/.test(cell))
      );
    });
    expect(fc.check(holds, { seed: 20261126, numRuns: 1000 }).counterexample).toBeNull();
  });
});
