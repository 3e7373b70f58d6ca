import { expect, test } from 'vitest';
import type { ErrorCode } from '../../main/contract/errors.ts';
import { retryDelayMs } from './retry-delay.ts';

test.each<[ErrorCode, failures: number, refusedLogins: number, ms: number]>([
  ['source-unreachable', 0, 0, 250],
  ['source-unreachable', 1, 0, 500],
  ['source-stalled', 2, 0, 1000],
  ['source-ended', 3, 0, 2000],
  ['source-failed', 1000, 0, 2000],
  ['worker-unavailable', 9, 0, 2000],
  ['source-publisher-absent', 9, 0, 2000],
  ['source-login-refused', 0, 1, 250],
  ['source-login-refused', 1, 2, 60_000],
  ['source-login-refused', 40, 41, 60_000],
  ['source-not-found', 0, 0, 10_000],
  ['source-codec-unsupported', 7, 0, 10_000],
  ['source-address-refused', 0, 0, 10_000],
  ['source-kind-unsupported', 0, 0, 10_000],
])('%s after %i failures: again in %i ms', (code, failures, refusedLogins, ms) => {
  expect(retryDelayMs(code, failures, refusedLogins, () => 0.5)).toBe(ms);
});

test('a fleet does not march in step, and no ordinary failure waits longer than two seconds', () => {
  const delays = [0, 0.25, 0.5, 0.75, 1].map((random) => retryDelayMs('source-ended', 9, 0, () => random));
  expect(new Set(delays).size).toBeGreaterThan(1);
  expect(Math.max(...delays)).toBe(2000);
});
