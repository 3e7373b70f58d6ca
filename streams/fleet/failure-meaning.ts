import type { ErrorCode } from '../../main/contract/errors.ts';

/**
 * What a failure says about the camera. `ours`: nothing, it is our own limit or loss; `unasked`: nothing either, for what is written about
 * the camera keeps us from asking it; `camera`: the camera failed.
 */
export type FailureMeaning = 'ours' | 'unasked' | 'camera';

const ours: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'source-queued',
  'source-budget',
  'worker-unavailable',
  'relay-unavailable',
  'relay-overloaded',
  'deadline-exceeded',
  'unavailable',
  'internal-error',
]);
const unasked: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['source-address-refused', 'source-kind-unsupported', 'source-invalid']);

export const failureMeaning = (code: ErrorCode): FailureMeaning => (ours.has(code) ? 'ours' : unasked.has(code) ? 'unasked' : 'camera');
