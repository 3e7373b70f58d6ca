import { createHash } from 'node:crypto';
import type { Problem } from '../../contract/errors.ts';
import type { Result } from '../../contract/result.ts';
import type { Clock } from '../../contract/time.ts';
import type { SqliteLedger } from '../ledger/open-ledger.ts';
import { canonicalJson } from './canonical-json.ts';

/** How long an answer is kept for a repeated request. */
export const keptMs = 24 * 3_600_000;
/** The most answers kept. */
export const keptAnswers = 100_000;
/** The most old answers that storing one removes. */
const trimStep = 8;

/** One request that names itself: who, which command, its key, and what was asked. */
export interface NamedRequest {
  readonly principal: string;
  readonly command: string;
  readonly key: string;
  readonly argsHash: string;
}

export type Answer = Result<unknown, Problem>;

/** The answers already given. */
export interface AnswerStore {
  /** The stored answer; `'mismatch'` when the key was used for other arguments; undefined when it is new. */
  find(request: NamedRequest): Answer | 'mismatch' | undefined;
  /** Call it inside the transaction that makes the answer true. */
  store(request: NamedRequest, answer: Answer): void;
}

/** A key that a client may choose: printable ASCII (draft-ietf-httpapi-idempotency-key-header leaves the form to us). */
export const idempotencyKeyForm = /^[\x21-\x7e]{1,128}$/;

/** SHA-256 of the canonical arguments, hexadecimal. */
export function hashArgs(args: unknown): string {
  return createHash('sha256').update(canonicalJson(args)).digest('hex');
}

/** What an answer is sealed under: it opens for the same request alone. */
const nameOf = ({ principal, command, key }: NamedRequest) => `answer:${canonicalJson([principal, command, key])}`;

/** Everything is sealed in the file: an answer may hold a ticket, and the hash of short arguments may be guessed back to a password. */
export function createAnswerStore(ledger: Pick<SqliteLedger, 'database' | 'box'>, clock: Pick<Clock, 'now'>): AnswerStore {
  const { database, box } = ledger;
  const find = database.prepare('SELECT sealed, at FROM idempotency WHERE principal = ? AND command = ? AND key = ?');
  const forget = database.prepare('DELETE FROM idempotency WHERE principal = ? AND command = ? AND key = ?');
  const insert = database.prepare('INSERT INTO idempotency (principal, command, key, sealed, at) VALUES (?, ?, ?, ?, ?)');
  // Rows are numbered as they come, so the lowest numbers are the oldest; those too many or too old go, a few at a time.
  const trim = database.prepare(
    `DELETE FROM idempotency WHERE id IN (SELECT id FROM idempotency ORDER BY id LIMIT ${trimStep}) AND (id <= ? OR at <= ?)`,
  );

  return {
    find(request) {
      const row = find.get(request.principal, request.command, request.key) as { sealed: Buffer; at: number } | undefined;
      if (row === undefined || row.at <= clock.now() - keptMs) return undefined;
      const stored = JSON.parse(box.open(nameOf(request), row.sealed)) as { argsHash: string; answer: Answer };
      return stored.argsHash === request.argsHash ? stored.answer : 'mismatch';
    },
    store(request, answer) {
      const { principal, command, key, argsHash } = request;
      const sealed = box.seal(nameOf(request), JSON.stringify({ argsHash, answer }));
      forget.run(principal, command, key);
      const { lastInsertRowid } = insert.run(principal, command, key, sealed, clock.now());
      trim.run(Number(lastInsertRowid) - keptAnswers, clock.now() - keptMs);
    },
  };
}
