import { z } from 'zod';

/**
 * Where a value stands in a record. JSON: names and indexes with dots, `status.level`, `points[0].x`; XML: local names with dots, an attribute behind `@`, of several elements alike
 * the one at a place from 0, `lane[1]`, or with an attribute, `lane[@no=2]`; CSV: the header of the column. An empty path is the record itself. Of a message of a broker `$topic` is
 * its topic and `$topic[1]` a level of it, from 0, or from the end with a minus.
 */
const path = z.string().max(256);
const word = z.string().max(200);

/** How a source writes time. Without an offset in the text it is in `zone`. */
const timePath = z
  .object({
    path,
    format: z.enum(['iso', 'epoch-seconds', 'epoch-ms', 'yyyyMMddHHmmss', 'yyyy-MM-dd HH:mm:ss']).default('iso'),
    zone: z.string().max(64).default('Asia/Shanghai'),
  })
  .strict();

/** A word that stands in the document itself, or one that stands in the record; `words` turns what the source writes into what we do. */
const wordFrom = z.union([
  z.object({ is: word }).strict(),
  z.object({ path, words: z.record(z.string().max(64), word).optional(), otherwise: word.optional() }).strict(),
]);

const placeFrom = z
  .object({
    lat: path.optional(),
    lon: path.optional(),
    datum: z.enum(['wgs84', 'gcj02', 'bd09', 'cgcs2000']).default('wgs84'),
    district: wordFrom.optional(),
    text: path.optional(),
  })
  .strict();

const valueFrom = z
  .object({
    path,
    quantity: z
      .string()
      .regex(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/)
      .max(64),
    type: z.enum(['number', 'text', 'boolean']).default('number'),
    /** What the source writes times `scale` plus `offset` is our unit. */
    scale: z.number().default(1),
    offset: z.number().default(0),
    /** What the source writes when it has no value; then there is one with the quality `no-data`. */
    noData: z
      .array(z.union([z.string().max(32), z.number()]))
      .max(16)
      .default([]),
    words: z.record(z.string().max(64), z.union([z.number(), word, z.boolean()])).optional(),
  })
  .strict();

/**
 * How records of a source without a public standard are read, without code: which part of the text is a record, what names its thing, when it was, and which values,
 * events and indicators it holds. Read by `streams/feeds/mapping/read-mapped.ts`.
 */
export const mappingDocument = z
  .object({
    format: z.enum(['json', 'csv', 'xml']),
    /** JSON: the path of the list (empty: the text itself, one or a list). XML: the local name of the record's element. CSV: left out. */
    records: z.string().max(256).default(''),
    /** CSV alone. */
    separator: z.enum([',', ';', '\t', '|']).default(','),
    encoding: z.enum(['utf8', 'gbk']).default('utf8'),
    entity: wordFrom,
    time: timePath.optional(),
    asset: z
      .object({
        kind: wordFrom,
        name: wordFrom.optional(),
        place: placeFrom.optional(),
        properties: z.record(z.string().max(64), path).default({}),
      })
      .strict()
      .optional(),
    values: z.array(valueFrom).max(64).default([]),
    event: z
      .object({
        external: path,
        version: path.optional(),
        class: wordFrom,
        status: wordFrom.optional(),
        severity: wordFrom,
        title: wordFrom,
        text: path.optional(),
        startsAt: timePath.optional(),
        endsAt: timePath.optional(),
        place: placeFrom.optional(),
        /** The source's own words, kept as they are: `state` (how far a case is), `code` (its class by the standard), `extendBy` and whatever else helps one who checks. */
        source: z
          .record(z.string().regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/), path)
          .refine((words) => Object.keys(words).length <= 16, 'more than 16 words')
          .optional(),
      })
      .strict()
      .optional(),
    indicators: z
      .array(z.object({ path, indicator: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/), scale: z.number().default(1) }).strict())
      .max(64)
      .default([]),
  })
  .strict();
export type MappingDocument = z.output<typeof mappingDocument>;
