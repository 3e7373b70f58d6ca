import { createHmac, timingSafeEqual } from 'node:crypto';
import type { EpochMs } from '../../contract/time.ts';

/** RFC 6238 clause 4.1: steps of 30 seconds since 1970. Authenticators know no other. */
export const stepMs = 30_000;
const digits = 6;
/** RFC 6238 clause 5.2: one step either way, for clocks that differ and people who type slowly. */
const window = 1;

/** The code of a time step (RFC 4226 clause 5.3 with HMAC-SHA-1). */
export function totpCode(secret: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', secret).update(counter).digest();
  const offset = mac[mac.length - 1]! & 15;
  const number = mac.readUInt32BE(offset) & 0x7fff_ffff;
  return String(number % 10 ** digits).padStart(digits, '0');
}

/**
 * The time step that a code belongs to, or null: it must lie within one step of now and after `lastStep`, the newest that was used, because
 * no code opens anything twice (RFC 6238 clause 5.2). Which of the codes it is like takes the same time to find out.
 */
export function totpStep(secret: Uint8Array, code: string, at: EpochMs, lastStep: number): number | null {
  if (!/^\d{6}$/.test(code)) return null;
  const given = Buffer.from(code);
  const current = Math.floor(at / stepMs);
  let found: number | null = null;
  for (let step = Math.max(0, current - window); step <= current + window; step++) {
    const fits = timingSafeEqual(Buffer.from(totpCode(secret, step)), given);
    if (fits && step > lastStep) found ??= step;
  }
  return found;
}

/** What the QR code says to an authenticator; `secret` in base32. */
export function otpauthUri(issuer: string, account: string, secret: string): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`;
  const query = new URLSearchParams({ secret, issuer, algorithm: 'SHA1', digits: String(digits), period: String(stepMs / 1000) });
  // authenticators take a plus for a plus
  return `otpauth://totp/${label}?${query.toString().replaceAll('+', '%20')}`;
}
