import { type KeyObject, sign, verify } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import { canonicalJson } from '../commands/canonical-json.ts';

export const sealFormat = 'taodu-seal-1';

/** What a seal says of one day of the audit. */
export interface SealedDay {
  /** `YYYY-MM-DD` in the city's time zone. */
  readonly day: string;
  /** The last row when the day ended, and its hash: that of the day before when the day had none. */
  readonly seq: number;
  readonly hash: string;
  /** Rows since the seal before. */
  readonly rows: number;
  readonly sealedAt: number;
  /** The signature of the seal before; null in the first. A seal that is taken out breaks the next. */
  readonly previous: string | null;
}

/** A signed seal: Ed25519 (RFC 8032) over the canonical JSON of everything else, in base64. */
export interface Seal extends SealedDay {
  readonly signature: string;
}

/** Signs one day. */
export function signSeal(privateKey: KeyObject, sealed: SealedDay): Seal {
  return { ...sealed, signature: sign(null, messageOf(sealed), privateKey).toString('base64') };
}

/** Whether this key signed exactly this. */
export function isSignedBy(publicKey: KeyObject, { signature, ...sealed }: Seal): boolean {
  const bytes = Buffer.from(signature, 'base64');
  // No other spelling of the same bytes: the next seal covers the text.
  return bytes.toString('base64') === signature && verify(null, messageOf(sealed), publicKey, bytes);
}

const messageOf = ({ day, seq, hash, rows, sealedAt, previous }: SealedDay): Buffer =>
  Buffer.from(canonicalJson({ format: sealFormat, day, seq, hash, rows, sealedAt, previous }));

/** The text of `seals/<day>.json`: the signed message with its signature. */
export function sealText(seal: Seal): string {
  return `${JSON.stringify(givenSeal(seal), null, 2)}\n`;
}

/** A seal with the name of its form, as it stands in files. */
export function givenSeal({ day, seq, hash, rows, sealedAt, previous, signature }: Seal): z.output<typeof sealSchema> {
  return { format: sealFormat, day, seq, hash, rows, sealedAt, previous, signature };
}

/** A seal as it is given away. */
export const sealSchema = z
  .object({
    format: z.literal(sealFormat),
    day: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
    seq: z.number().int().nonnegative(),
    hash: z.string().regex(/^[0-9a-f]{64}$/),
    rows: z.number().int().nonnegative(),
    sealedAt: z.number().int(),
    previous: z.string().max(128).nullable(),
    signature: z.string().max(128),
  })
  .strict();

/** Reads what `sealText` wrote; null for anything else. */
export function parseSeal(text: string): Seal | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = sealSchema.safeParse(value);
  if (!parsed.success) return null;
  const { format: _format, ...seal } = parsed.data;
  return seal;
}

/** The seals of a ledger, oldest first; each names the signature of the one before as its row order says. */
export function storedSeals(database: Database): Seal[] {
  const rows = database
    .prepare('SELECT day, seq, hash, rows, sealed_at AS sealedAt, signature FROM audit_seals ORDER BY day')
    .all() as (Omit<Seal, 'previous'> & { previous?: string | null })[];
  return rows.map((row, index) => ({ ...row, previous: rows[index - 1]?.signature ?? null }));
}
