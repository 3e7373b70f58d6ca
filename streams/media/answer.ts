import { errorStatus, type ErrorCode, type ErrorParams } from '../../main/contract/errors.ts';

/** The answer to one request, the same over HTTP and over the socket. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array;
  readonly problem: ErrorCode | null;
}

/** An answer with content. */
export const content = (contentType: string, body: Uint8Array): Answer => ({ status: 200, contentType, body, problem: null });

/** An answer that says what is wrong; the status comes from the registry of error codes. */
export const refusal = (code: ErrorCode, params: ErrorParams = {}): Answer => ({
  status: errorStatus[code],
  contentType: 'application/json',
  body: Buffer.from(JSON.stringify({ error: { code, params } })),
  problem: code,
});
