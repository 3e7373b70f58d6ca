import { parse } from 'csv-parse/sync';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvRecords, type CsvRecord } from './csv-records.ts';

type Short = readonly [line: number, fields: readonly string[] | string];

const short = (record: CsvRecord): Short => [record.line, record.ok ? record.fields : record.reason];

const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

describe('csvRecords', () => {
  const cases: readonly [name: string, text: string, records: readonly Short[]][] = [
    ['nothing', '', []],
    ['one line without an end', 'a,b', [[1, ['a', 'b']]]],
    ['a byte-order mark', '\ufeffa,b\n', [[1, ['a', 'b']]]],
    [
      'all three line ends',
      'a\r\nb\nc\rd',
      [
        [1, ['a']],
        [2, ['b']],
        [3, ['c']],
        [4, ['d']],
      ],
    ],
    [
      'empty lines and lines of spaces',
      'a\n\n  \r\n\r\nb\n',
      [
        [1, ['a']],
        [5, ['b']],
      ],
    ],
    [
      'empty fields',
      ',\na,\n,b',
      [
        [1, ['', '']],
        [2, ['a', '']],
        [3, ['', 'b']],
      ],
    ],
    [
      'quotes',
      '"a ""b"" c","d,e"\nf',
      [
        [1, ['a "b" c', 'd,e']],
        [2, ['f']],
      ],
    ],
    [
      'line ends inside quotes',
      '"a\r\nb\nc",d\r\ne',
      [
        [1, ['a\r\nb\nc', 'd']],
        [4, ['e']],
      ],
    ],
    [
      'blanks around quotes',
      '"a", "b" ,\t"c"\n"d,e", "f ""g"", h" , i',
      [
        [1, ['a', 'b', 'c']],
        [2, ['d,e', 'f "g", h', ' i']],
      ],
    ],
    ['blanks before tabs between fields', 'a\t"b"', [[1, ['a\t"b"']]]],
    [
      'a quote after a blank that does not hold the field',
      'a, "b" c, d\ne, "f\ng',
      [
        [1, ['a', ' "b" c', ' d']],
        [2, ['e', ' "f']],
        [3, ['g']],
      ],
    ],
    ['empty quotes', '"",""', [[1, ['', '']]]],
    [
      'a quote inside an unquoted field',
      'a"b,c\nd',
      [
        [1, ['a"b', 'c']],
        [2, ['d']],
      ],
    ],
    [
      'text after a closing quote: that row only',
      'a,"b"c\nd,e',
      [
        [1, 'text-after-quote'],
        [2, ['d', 'e']],
      ],
    ],
    [
      'a quote never closed: that row only',
      'a,"b\nc,d\ne,f',
      [
        [1, 'quote-not-closed'],
        [2, ['c', 'd']],
        [3, ['e', 'f']],
      ],
    ],
    [
      'a row without end',
      `${'x'.repeat(20_000)}\na`,
      [
        [1, 'record-too-long'],
        [2, ['a']],
      ],
    ],
  ];
  it.each(cases)('%s', (_, text, records) => {
    expect([...csvRecords(text)].map(short)).toEqual(records);
  });

  it('does not let an unclosed quote swallow a long text, nor search it to the end each time', () => {
    const read = [...csvRecords('a,"b\n'.repeat(20_000) + 'c,d')];
    expect(read).toHaveLength(20_001);
    expect(read.at(-1)).toEqual({ ok: true, line: 20_001, fields: ['c', 'd'] });
  });

  it('reads well-formed text as csv-parse does', () => {
    const field = fc.string({ unit: fc.constantFrom('a', '路', ' ', ',', '"', '\n', '\r\n'), maxLength: 6 });
    fc.assert(
      fc.property(
        fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { maxLength: 8 }),
        fc.constantFrom('\n', '\r\n'),
        (rows, end) => {
          const text = rows.map((row) => row.map(quoted).join(',') + end).join('');
          const read = [...csvRecords(text)].map((record) => (record.ok ? record.fields : record.reason));
          expect(read).toEqual(parse(text, { relax_column_count: true, record_delimiter: [end] }));
        },
      ),
      { seed: 4180, numRuns: 300 },
    );
  });

  it('never throws, always ends, and its lines grow', () => {
    const text = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', '\ufeff', '路'), maxLength: 80 });
    fc.assert(
      fc.property(text, (garbage) => {
        const lines = [...csvRecords(garbage)].map(({ line }) => line);
        expect(lines).toEqual([...new Set(lines)].toSorted((a, b) => a - b));
      }),
      { seed: 4181, numRuns: 1000 },
    );
  });
});
