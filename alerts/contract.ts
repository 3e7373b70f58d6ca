import { z } from 'zod';

/** How bad it is; the palette and the sounds hang on it. */
export const severity = z.enum(['critical', 'high', 'medium', 'low']);
export type Severity = z.output<typeof severity>;

/** The room's commands and collections; the pipeline fills them. */
export const alertCommands = [] as const;
export const alertCollections = [] as const;
