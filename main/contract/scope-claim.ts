import { z } from 'zod';

/** A `ScopeClaim` as it is stored with an entity or a row. */
export const scopeClaim = z.union([
  z.literal('city'),
  z.literal('none'),
  z.object({ district: z.string(), groups: z.array(z.string()).readonly() }).readonly(),
]);
