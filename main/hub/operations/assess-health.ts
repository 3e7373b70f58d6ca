import type { Health, HealthItem } from '../../contract/operations.ts';
import type { ErrorCode, ErrorParams, Problem } from '../../contract/errors.ts';
import type { EpochMs } from '../../contract/time.ts';
import type { ClockVerdict } from './clock/judge-clock.ts';
import type { DiskState } from './disk/disk-state.ts';

/** How one thing is: what the entity says besides since when. */
export interface Assessment {
  readonly state: Health['state'];
  readonly code: ErrorCode | null;
  readonly params: ErrorParams;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const mb = 1024 * 1024;

/** A day is sealed when it is over; half a day more is patience. */
export const sealWithinMs = 36 * hourMs;
/** The audit is verified every night; one that it fails in is patience, three are a file that cannot be read. */
export const verifyWithinMs = 3 * dayMs;
/** A seal of the future by more than this is of a clock that was set right since. */
const sealAheadMs = hourMs;
/** What is done at every start is given this time before somebody is told. */
export const graceMs = 10 * 60_000;
/** A certificate is renewed in time when somebody hears of it three weeks before. */
export const certificateWarnDays = 21;

const ok = (params: ErrorParams = {}): Assessment => ({ state: 'ok', code: null, params });
const warning = (code: ErrorCode, params: ErrorParams): Assessment => ({ state: 'warning', code, params });
const failed = (code: ErrorCode, params: ErrorParams): Assessment => ({ state: 'failed', code, params });

export function assessDisk(facts: {
  readonly state: DiskState;
  readonly freeBytes: number;
  readonly ballastHeld: boolean;
  readonly ledgerBytes: number;
  readonly warnMb: number;
  readonly stopMb: number;
}): Assessment {
  const { state, freeBytes, ballastHeld, ledgerBytes, warnMb, stopMb } = facts;
  const params = { freeMb: Math.floor(freeBytes / mb), ledgerMb: Math.ceil(ledgerBytes / mb), reserveHeld: ballastHeld, warnMb, stopMb };
  if (state === 'full') return failed('disk-low', { reason: 'full', ...params });
  return state === 'low' ? warning('disk-low', { reason: 'low', ...params }) : ok(params);
}

/** `verdict` is null while the servers are being asked for the first time: then nothing is said. */
export function assessClock(verdict: ClockVerdict | null, lastStepMs: number | null, driftMs: number): Assessment | null {
  if (verdict === null) return null;
  const step = lastStepMs === null ? {} : { steppedMs: lastStepMs };
  if (verdict.state === 'unknown') return { state: 'unknown', code: 'clock-unknown', params: step };
  const params = { offsetMs: verdict.offsetMs, servers: verdict.servers, driftMs, ...step };
  return verdict.state === 'drifting' ? failed('clock-drift', { ...params, offByMs: Math.abs(verdict.offsetMs) }) : ok(params);
}

/** The last run of the verification that this hub knows of; null before the first. */
export type AuditRun = { readonly ok: boolean; readonly firstBadSeq: number | null; readonly firstBadSeal: string | null } | null;

/**
 * @param unsealedSince the last seal, or the first row when nothing was ever sealed; null when there is nothing to seal
 * @param unverifiedSince the last verification that came to an end, whatever it found; the start of the hub before the first
 */
export function assessAudit(
  run: AuditRun,
  unsealedSince: EpochMs | null,
  unverifiedSince: EpochMs,
  startedAt: EpochMs,
  now: EpochMs,
): Assessment {
  if (run !== null && !run.ok) return failed('audit-broken', { firstBadSeq: run.firstBadSeq, firstBadSeal: run.firstBadSeal });
  // A clock that was ahead sealed days that are not over: until they are, no day is.
  if (unsealedSince !== null && unsealedSince - now > sealAheadMs)
    return warning('audit-unsealed', { aheadHours: Math.ceil((unsealedSince - now) / hourMs) });
  if (unsealedSince !== null && now - unsealedSince > sealWithinMs && now - startedAt > graceMs)
    return warning('audit-unsealed', { hours: Math.floor((now - unsealedSince) / hourMs) });
  if (now - unverifiedSince > verifyWithinMs) return warning('audit-unverified', { days: Math.floor((now - unverifiedSince) / dayMs) });
  return ok({ verified: run !== null });
}

/** `lastAt` is undefined before the folder was looked at: then nothing is said. */
export function assessBackup(facts: {
  readonly lastAt: EpochMs | null | undefined;
  readonly failure: Problem | null;
  readonly everyHours: number;
  readonly startedAt: EpochMs;
  readonly now: EpochMs;
}): Assessment | null {
  const { lastAt, failure, everyHours, startedAt, now } = facts;
  if (failure !== null) return failed('backup-failed', { ...failure.params, lastAt: lastAt ?? null });
  if (lastAt === undefined) return null;
  if (everyHours === 0) return lastAt === null ? { state: 'unknown', code: null, params: { everyHours } } : ok({ lastAt, everyHours });
  const since = Math.max(lastAt ?? startedAt, 0);
  if (now - since > 2 * everyHours * hourMs && now - startedAt > 2 * graceMs)
    return warning('backup-overdue', { hours: Math.floor((now - since) / hourMs), everyHours, lastAt });
  return ok({ lastAt, everyHours });
}

/** `reason` says why a newer certificate in the files cannot be used; the old one stays in force. */
export function assessCertificate(facts: { readonly notAfter: EpochMs; readonly reason: string | null }, now: EpochMs): Assessment {
  const days = Math.floor((facts.notAfter - now) / dayMs);
  if (facts.reason !== null) return failed('certificate-unusable', { reason: facts.reason, days });
  if (now >= facts.notAfter) return failed('certificate-expiring', { reason: 'expired', days });
  return days < certificateWarnDays ? warning('certificate-expiring', { days }) : ok({ days });
}

/** @param names accounts that hold duties together that ought to be apart */
export function assessDuties(names: readonly string[]): Assessment {
  return names.length === 0 ? ok() : warning('duties-not-separated', { users: names.slice(0, 8).join(', '), count: names.length });
}

/** What the last round of removing old records came to; null before the first: then nothing is said. */
export function assessRetention(round: { readonly failedStep: string | null; readonly held: boolean } | null): Assessment | null {
  if (round === null) return null;
  if (round.failedStep !== null) return failed('retention-failed', { step: round.failedStep });
  return round.held ? warning('retention-held', {}) : ok();
}

/** The order that people read them in. */
export const healthItems: readonly HealthItem[] = ['disk', 'clock', 'audit', 'backup', 'certificate', 'duties', 'retention'];
