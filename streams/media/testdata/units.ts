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

const startCode = [0, 0, 0, 1];
const nal = (hex: string) => [...startCode, ...Buffer.from(hex, 'hex')];
/** Parameter sets of 640 × 360 and of 720 × 576 pictures. */
export const parameterSets = {
  small: [...nal('674d4016eca05017fcb80880000003008000000f078b16cb'), ...nal('68ee3cb0')],
  large: [...nal('674d401eeca05a126c0440000003004000000c87c50a6580'), ...nal('68ee3cb0')],
} as const;

/** An access unit of H.264 with real NAL units, its slice filled up to `bytes`: what looks into it finds what it says. */
export function pictureAt(
  ms: number,
  options: { key?: boolean; bytes?: number; sets?: readonly number[] | null; disposable?: boolean; discontinuity?: boolean } = {},
): AccessUnit {
  const key = options.key ?? false;
  const sets = key ? (options.sets === undefined ? parameterSets.small : (options.sets ?? [])) : [];
  const head = [...sets, ...startCode, key ? 0x65 : options.disposable ? 0x01 : 0x41, 0x88];
  const annexB = new Uint8Array(Math.max(head.length + 8, options.bytes ?? 100)).fill(0x55);
  annexB.set(head);
  return { ...unitAt(ms, { key }), annexB, discontinuity: options.discontinuity ?? false };
}
