import { z } from 'zod';
import { sealSchema } from './seal.ts';

export const exportFormat = 'taodu-export-1';

/** What an export holds besides its manifest and the signature: nothing else is ever read from or given out of one. */
export const exportedFiles = ['audit.jsonl', 'watches.csv'] as const;
export const manifestFile = 'manifest.json';
/** Ed25519 over the bytes of the manifest, 64 bytes. */
export const signatureFile = 'manifest.sig';
export const publicKeyFile = 'public.pem';

/** How an export's id looks: it is the name of its folder. */
export const exportIdForm = /^[0-9a-f]{32}$/;

const text = z.string().max(512);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** What an export is and who answers for it. `requestedBy`, `workstation` and `at` are its watermark. */
export const exportManifest = z
  .object({
    format: z.literal(exportFormat),
    exportId: z.string().regex(exportIdForm),
    purpose: text,
    caseNumber: text.nullable(),
    requestedBy: text,
    approvedBy: text,
    workstation: text,
    address: text,
    /** When it was made; times are milliseconds since 1970. */
    at: z.number().int(),
    from: z.number().int(),
    to: z.number().int(),
    /** Rows in all files. */
    rows: z.number().int().nonnegative(),
    files: z
      .array(
        z
          .object({ name: z.enum(exportedFiles), bytes: z.number().int().nonnegative(), sha256, rows: z.number().int().nonnegative() })
          .strict(),
      )
      .length(exportedFiles.length)
      .refine((files) => exportedFiles.every((name) => files.some((file) => file.name === name)), 'each file once'),
    /** The seal of the last sealed day, so that the rows can be told from later ones; null before the first. */
    seal: sealSchema.nullable(),
  })
  .strict();
export type ExportManifest = z.output<typeof exportManifest>;
