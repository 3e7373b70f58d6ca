/**
 * The registry of error codes. A code is stable for ever; its prose is made in the client, in the reader's language.
 * The number is the HTTP status of the machine API: 400 malformed, 401 no login, 403 not allowed, 404 absent,
 * 409 conflict, 410 gone, 413 too large, 422 refused, 429 too many, 500 a bug, 503 not now.
 */
export const errorStatus = {
  // the request itself
  malformed: 400,
  'unknown-command': 404,
  'unknown-collection': 404,
  'not-found': 404,
  'payload-too-large': 413,
  'unsupported-media-type': 415,
  'too-many-requests': 429,
  'internal-error': 500,
  unavailable: 503,
  'deadline-exceeded': 503,
  'shutting-down': 503,
  // identity
  'login-required': 401,
  'login-refused': 401,
  'ticket-refused': 403,
  'field-link-refused': 403,
  'second-factor-required': 401,
  'second-factor-refused': 401,
  'second-factor-enrolment-required': 403,
  'session-locked': 403,
  'outside-shift': 403,
  'network-refused': 403,
  'password-change-required': 403,
  'password-too-weak': 422,
  forbidden: 403,
  'out-of-scope': 403,
  'host-refused': 403,
  'origin-refused': 403,
  'needs-second-person': 403,
  'approval-own': 403,
  'approval-expired': 409,
  'payload-mismatch': 409,
  'command-not-waiting': 409,
  'command-withdrawn': 409,
  'roles-incompatible': 422,
  'user-unknown': 404,
  'session-unknown': 404,
  'export-unknown': 404,
  // consistency
  'revision-conflict': 409,
  'idempotency-mismatch': 409,
  'cursor-invalid': 400,
  'protocol-incompatible': 400,
  // cameras
  'camera-unknown': 404,
  'camera-number-invalid': 422,
  'source-invalid': 422,
  'source-kind-unsupported': 422,
  'coordinates-invalid': 422,
  'csv-header-missing': 422,
  'csv-malformed': 422,
  'csv-too-many-columns': 422,
  'json-malformed': 422,
  'field-missing': 422,
  'field-invalid': 422,
  'number-duplicate': 422,
  'text-undecodable': 422,
  // streams: why there is no picture
  'relay-unavailable': 503,
  'lease-unknown': 404,
  'too-many-leases': 429,
  'playback-ended': 410,
  'path-starting': 503,
  'source-file-missing': 503,
  'source-file-refused': 503,
  'source-file-unreadable': 503,
  'source-no-video': 503,
  'source-codec-unsupported': 503,
  'source-stalled': 503,
  'source-ended': 503,
  'source-failed': 503,
  'source-address-refused': 503,
  'source-unresolved': 503,
  'source-unreachable': 503,
  'source-login-refused': 503,
  'source-not-found': 503,
  'source-refused': 503,
  'source-protocol': 503,
  'source-no-key-picture': 503,
  'source-queued': 503,
  'source-budget': 503,
  'source-quarantined': 503,
  'source-publisher-absent': 503,
  'worker-unavailable': 503,
  'transcode-budget': 503,
  'snapshot-failed': 503,
  'relay-overloaded': 503,
  'decode-budget': 503,
  // why a picture moves less than it could, or not at all, although its camera sends
  'viewer-too-slow': 503,
  'line-too-slow': 503,
  'stream-gap': 503,
  'decoder-failed': 503,
  'picture-too-large': 503,
  'insecure-context': 503,
  // what is wrong with a picture that comes
  'picture-frozen': 503,
  'picture-black': 503,
  'picture-covered': 503,
  // walls and layouts
  'wall-unknown': 404,
  'screen-unknown': 404,
  'pairing-unknown': 404,
  'layout-unknown': 404,
  'scene-invalid': 422,
  'panel-unknown': 422,
  'too-many-tiles': 422,
  'version-unknown': 404,
  'preset-unknown': 404,
  'number-taken': 409,
  'tour-absent': 409,
  'coverage-empty': 422,
  'wall-held': 409,
  'hold-unknown': 404,
  'hold-foreign': 403,
  'hold-overlap': 409,
  'priority-too-low': 403,
  // the desk
  'handover-unknown': 404,
  'handover-own': 403,
  'handover-ended': 409,
  // the data folder and its configuration
  'config-invalid': 422,
  'data-folder-in-use': 409,
  'data-folder-unusable': 503,
  'ledger-newer': 409,
  // how the hub itself is, and its backups
  'disk-low': 503,
  'clock-drift': 503,
  'clock-unknown': 503,
  'audit-broken': 503,
  'audit-unsealed': 503,
  'audit-unverified': 503,
  'backup-overdue': 503,
  'backup-failed': 503,
  'backup-damaged': 422,
  'backup-foreign': 409,
  'certificate-expiring': 503,
  'certificate-unusable': 422,
  'duties-not-separated': 503,
  'retention-failed': 503,
  'retention-held': 503,
  // feeds and their records
  'feed-unknown': 404,
  'feed-exists': 409,
  'feed-kind-unavailable': 422,
  'feed-settings-invalid': 422,
  'feed-token-refused': 401,
  'feed-disabled': 409,
  'feed-throttled': 429,
  'feed-unreachable': 503,
  'feed-refused': 503,
  'feed-silent': 503,
  'port-taken': 409,
  'system-unknown': 422,
  'journal-unavailable': 503,
  'record-unknown': 404,
  'record-too-large': 413,
  'record-encoding': 422,
  'record-malformed': 422,
  'record-empty': 422,
  'record-unsupported': 422,
  'time-invalid': 422,
  'time-future': 422,
  'quantity-unknown': 422,
  'unit-unknown-measure': 422,
  'indicator-unknown': 422,
  'asset-unknown': 404,
  'xml-malformed': 422,
  'xml-forbidden': 422,
  'frame-checksum': 422,
  'frame-length': 422,
  'frame-malformed': 422,
  'device-refused': 422,
  // alerts
  'alert-unknown': 404,
  'alert-over': 409,
  'alert-has-incident': 409,
  'silence-unknown': 404,
  // incidents, units and tasks
  'incident-unknown': 404,
  'incident-closed': 409,
  'incident-log-full': 409,
  'incident-event-illegal': 409,
  'incident-tasks-open': 409,
  'incident-drill-mixed': 422,
  'cases-too-many': 429,
  'incident-type-unknown': 422,
  'reason-required': 422,
  'step-unknown': 404,
  'unit-unknown': 404,
  'unit-busy': 409,
  'unit-not-available': 409,
  'task-unknown': 404,
  'task-event-illegal': 409,
  'photo-invalid': 422,
} as const satisfies Record<string, number>;

export type ErrorCode = keyof typeof errorStatus;

export type ErrorParams = Readonly<Record<string, string | number | boolean | null>>;

/** A failure as a value. `params` feed the client's sentence; `detail` is for the log reader, English, never shown alone. */
export interface Problem {
  readonly code: ErrorCode;
  readonly params: ErrorParams;
  readonly detail?: string;
}

/** Makes a problem; parameters default to none. */
export function problem(code: ErrorCode, params: ErrorParams = {}, detail?: string): Problem {
  return detail === undefined ? { code, params } : { code, params, detail };
}

/** A problem that must cross code which only understands exceptions; doors turn it back into the value. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problem: Problem;
  constructor(cause: Problem) {
    super(cause.detail ?? cause.code);
    this.problem = cause;
  }
}
