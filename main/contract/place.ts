import { z } from 'zod';
import { humanText } from './entity.ts';

/** How a position was measured: the record keeps what it was given, `wgs84Of` converts. */
export const datum = z.enum(['wgs84', 'gcj02', 'bd09', 'cgcs2000']);

/**
 * Where something is. Any part may be missing: a caller knows a crossing, a sensor knows its coordinates. `district` is an administrative-division code
 * (GB/T 2260 and its extensions): without it only the whole city's scope sees what lies here.
 */
export const place = z
  .object({
    lat: z.number().min(-90).max(90).nullable().default(null),
    lon: z.number().min(-180).max(180).nullable().default(null),
    datum: datum.default('wgs84'),
    district: z
      .string()
      .regex(/^\d{2,12}$/)
      .nullable()
      .default(null),
    /** In words, as people say it. */
    text: humanText(200).nullable().default(null),
  })
  .strict();
export type Place = z.output<typeof place>;

/** A place that nobody told. */
export const nowhere: Place = { lat: null, lon: null, datum: 'wgs84', district: null, text: null };
