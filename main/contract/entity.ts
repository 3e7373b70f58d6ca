import { z } from 'zod';

/** Marks that every entity carries: simulated or exercise data can never reach a real device or an outside channel. */
export const entityMarks = {
  simulated: z.boolean().default(false),
  drill: z.boolean().default(false),
};

/** Text a person typed and another will read: bounded, no control characters, no bidirectional overrides, no half characters. */
export const humanText = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    // oxlint-disable-next-line no-control-regex -- refusing them is the point
    .regex(/^[^\u0000-\u001f\u007f\u202a-\u202e\u2066-\u2069\ud800-\udfff]*$/u);

/** As `humanText`, in as many lines as it takes. */
export const humanLines = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    // oxlint-disable-next-line no-control-regex -- refusing them is the point
    .regex(/^[^\u0000-\u0009\u000b-\u001f\u007f\u202a-\u202e\u2066-\u2069\ud800-\udfff]*$/u);

/** Milliseconds since 1970 on the hub's clock. */
export const epochMs = z.number().int().nonnegative();
