import type { ErrorCode } from '../../main/contract/errors.ts';
import { backoffMs } from '../../main/supervision/backoff.ts';

/** A watched source is tried again after this (product rule: within 2 s). */
const ordinary = { firstMs: 250, capMs: 2000 };
/** What will not mend itself within seconds: it needs somebody to change the camera or its entry here. */
const settled = { firstMs: 10_000, capMs: 10_000 };
/**
 * A refused login. Cameras lock an account after a few wrong logins (commonly five to seven), and then nobody can log in, operators
 * included: two tries, then one a minute, until the entry is changed. This departs from the rule of two seconds on purpose.
 */
const lockingOut = { firstMs: 60_000, capMs: 60_000 };
const quickLogins = 2;

const settledCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'source-not-found',
  'source-codec-unsupported',
  'source-address-refused',
  'source-kind-unsupported',
  'source-invalid',
]);

/**
 * How long a failed source is left alone, in milliseconds, jitter included. `failures`: how often it has failed in a row before;
 * `refusedLogins`: how many logins in a row were refused, this one included.
 */
export function retryDelayMs(code: ErrorCode, failures: number, refusedLogins: number, random: () => number = Math.random): number {
  if (code === 'source-login-refused' && refusedLogins >= quickLogins) return backoffMs(0, lockingOut, random);
  return backoffMs(failures, settledCodes.has(code) ? settled : ordinary, random);
}
