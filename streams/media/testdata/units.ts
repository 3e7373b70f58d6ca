import type { AccessUnit } from '../../contract.ts';

/** An access unit for tests: its bytes are zeros behind a start code, so only code that does not look inside may take it. */
export function unitAt(ms: number, options: { key?: boolean; bytes?: number; codec?: AccessUnit['codec'] } = {}): AccessUnit {
  const annexB = new Uint8Array(options.bytes ?? 100);
  annexB.set([0, 0, 1, options.key ? 0x65 : 0x41].slice(0, annexB.length));
  return {
    codec: options.codec ?? 'h264',
    annexB,
    ptsUs: ms * 1000,
    dtsUs: ms * 1000,
    receivedAtMs: ms,
    key: options.key ?? false,
    discontinuity: false,
    corrupt: false,
  };
}
