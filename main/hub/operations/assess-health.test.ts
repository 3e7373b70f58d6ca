import { describe, expect, test } from 'vitest';
import { problem } from '../../contract/errors.ts';
import {
  assessAudit,
  assessBackup,
  assessCertificate,
  assessClock,
  assessDisk,
  assessDuties,
  assessRetention,
  graceMs,
  sealWithinMs,
  verifyWithinMs,
} from './assess-health.ts';

const hour = 3_600_000;
const day = 24 * hour;
const mb = 1024 * 1024;
const now = 1_795_651_200_000;
const long = now - 30 * day;

test('disk', () => {
  const facts = { freeBytes: 5000 * mb + 7, ballastHeld: true, ledgerBytes: 12.2 * mb, warnMb: 2048, stopMb: 256 };
  const params = { freeMb: 5000, ledgerMb: 13, reserveHeld: true, warnMb: 2048, stopMb: 256 };
  expect(assessDisk({ ...facts, state: 'enough' })).toEqual({ state: 'ok', code: null, params });
  expect(assessDisk({ ...facts, state: 'low' })).toEqual({ state: 'warning', code: 'disk-low', params: { reason: 'low', ...params } });
  expect(assessDisk({ ...facts, state: 'full' })).toEqual({ state: 'failed', code: 'disk-low', params: { reason: 'full', ...params } });
});

test('clock', () => {
  expect(assessClock(null, null, 1000)).toBeNull();
  expect(assessClock({ state: 'unknown' }, null, 1000)).toEqual({ state: 'unknown', code: 'clock-unknown', params: {} });
  expect(assessClock({ state: 'unknown' }, -5000, 1000)).toEqual({ state: 'unknown', code: 'clock-unknown', params: { steppedMs: -5000 } });
  expect(assessClock({ state: 'right', offsetMs: 4, servers: 2 }, null, 1000)).toEqual({
    state: 'ok',
    code: null,
    params: { offsetMs: 4, servers: 2, driftMs: 1000 },
  });
  expect(assessClock({ state: 'drifting', offsetMs: -4000, servers: 1 }, null, 1000)).toMatchObject({
    state: 'failed',
    code: 'clock-drift',
    params: { offsetMs: -4000, offByMs: 4000 },
  });
});

describe('audit', () => {
  const good = { ok: true, firstBadSeq: null, firstBadSeal: null };
  test.each<[string, Parameters<typeof assessAudit>, object]>([
    ['verified and sealed', [good, now - day, now, long, now], { state: 'ok', code: null, params: { verified: true } }],
    ['not verified yet', [null, now - day, now, long, now], { state: 'ok', code: null, params: { verified: false } }],
    ['nothing to seal', [null, null, now, long, now], { state: 'ok' }],
    ['just in time', [good, now - sealWithinMs, now, long, now], { state: 'ok' }],
    ['unsealed', [good, now - sealWithinMs - 1, now, long, now], { state: 'warning', code: 'audit-unsealed', params: { hours: 36 } }],
    ['unsealed while the hub was away', [good, now - 9 * day, now, now - graceMs, now], { state: 'ok' }],
    [
      'altered',
      [{ ok: false, firstBadSeq: 7, firstBadSeal: null }, now, now, long, now],
      { state: 'failed', code: 'audit-broken', params: { firstBadSeq: 7 } },
    ],
    [
      'sealed in a future that a wrong clock made',
      [null, now + 30 * day, now, long, now],
      { state: 'warning', params: { aheadHours: 720 } },
    ],
    ['verified some nights ago', [good, now, now - verifyWithinMs, long, now], { state: 'ok' }],
    [
      'not verified although it was tried every night',
      [good, now, now - verifyWithinMs - 1, long, now],
      { state: 'warning', code: 'audit-unverified', params: { days: 3 } },
    ],
    ['sealed a moment from now', [null, now + hour, now, long, now], { state: 'ok' }],
    [
      'altered outweighs unsealed',
      [{ ok: false, firstBadSeq: null, firstBadSeal: '2026-11-20' }, long, now, long, now],
      { state: 'failed', code: 'audit-broken' },
    ],
  ])('%s', (_name, facts, expected) => {
    expect(assessAudit(...facts)).toMatchObject(expected);
  });
});

describe('backup', () => {
  const facts = { lastAt: now - day, failure: null, everyHours: 24, startedAt: long, now };
  test.each<[string, Partial<Parameters<typeof assessBackup>[0]>, object | null]>([
    ['in time', {}, { state: 'ok', code: null, params: { lastAt: now - day, everyHours: 24 } }],
    ['the folder was not looked at yet', { lastAt: undefined }, null],
    ['twice its time', { lastAt: now - 48 * hour }, { state: 'ok' }],
    ['overdue', { lastAt: now - 48 * hour - 1 }, { state: 'warning', code: 'backup-overdue', params: { hours: 48, everyHours: 24 } }],
    ['overdue, and only just started', { lastAt: now - 90 * day, startedAt: now - graceMs }, { state: 'ok' }],
    ['never, in a young hub', { lastAt: null, startedAt: now - hour }, { state: 'ok', params: { lastAt: null } }],
    ['never, in an old hub', { lastAt: null }, { state: 'warning', code: 'backup-overdue' }],
    ['made elsewhere', { lastAt: null, everyHours: 0 }, { state: 'unknown', code: null }],
    ['made by hand', { lastAt: now - 90 * day, everyHours: 0 }, { state: 'ok' }],
    [
      'failed',
      { failure: problem('backup-failed', { reason: 'no-space' }) },
      { state: 'failed', code: 'backup-failed', params: { reason: 'no-space', lastAt: now - day } },
    ],
  ])('%s', (_name, more, expected) => {
    const found = assessBackup({ ...facts, ...more });
    if (expected === null) expect(found).toBeNull();
    else expect(found).toMatchObject(expected);
  });
});

describe('certificate', () => {
  test.each<[string, number, string | null, object]>([
    ['three weeks', 21 * day, null, { state: 'ok', code: null, params: { days: 21 } }],
    ['less', 21 * day - 1, null, { state: 'warning', code: 'certificate-expiring', params: { days: 20 } }],
    ['over', 0, null, { state: 'failed', code: 'certificate-expiring', params: { reason: 'expired', days: 0 } }],
    [
      'a new one that cannot be used',
      90 * day,
      'key-mismatch',
      { state: 'failed', code: 'certificate-unusable', params: { reason: 'key-mismatch', days: 90 } },
    ],
  ])('%s', (_name, left, reason, expected) => {
    expect(assessCertificate({ notAfter: now + left, reason }, now)).toEqual(expected);
  });
});

test('duties', () => {
  expect(assessDuties([])).toEqual({ state: 'ok', code: null, params: {} });
  expect(assessDuties(['admin', 'wang'])).toEqual({
    state: 'warning',
    code: 'duties-not-separated',
    params: { users: 'admin, wang', count: 2 },
  });
  expect(assessDuties(Array.from({ length: 100 }, (_, index) => `u${index}`)).params).toEqual({
    users: 'u0, u1, u2, u3, u4, u5, u6, u7',
    count: 100,
  });
});

test('retention', () => {
  expect(assessRetention(null)).toBeNull();
  expect(assessRetention({ failedStep: null, held: false })).toEqual({ state: 'ok', code: null, params: {} });
  expect(assessRetention({ failedStep: null, held: true })).toMatchObject({ state: 'warning', code: 'retention-held' });
  expect(assessRetention({ failedStep: 'audit', held: true })).toEqual({
    state: 'failed',
    code: 'retention-failed',
    params: { step: 'audit' },
  });
});
