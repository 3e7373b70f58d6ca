import type { CommandInput, CommandName, CommandResult } from '../../main/contract/catalog.ts';
import { problem, type Problem } from '../../main/contract/errors.ts';
import { err, ok, type Result } from '../../main/contract/result.ts';
import { answerOf } from '../login/post-command.ts';

/** What this page asks the hub. An answer that did not come, or is none of the hub's, is `unavailable`. */
export interface UnitDoor {
  /** Exchanges the token of a link for the session of its unit, which the browser keeps in a cookie. */
  enter(token: string): Promise<Result<null, Problem>>;
  run<N extends 'task.mine' | 'task.report'>(
    name: N,
    args: CommandInput<N>,
    idempotencyKey?: string,
  ): Promise<Result<CommandResult<N>, Problem>>;
  /** The hub's clock now, in milliseconds since 1970, to the second; the phone's own until the hub has answered once. */
  hubNow(): number;
}

/** A photo over a bad network takes its time; a question that takes longer than this is asked anew. */
const reportMs = 60_000;
const askMs = 10_000;

export function createUnitDoor(): UnitDoor {
  let hubAheadMs = 0;

  async function post(path: string, body: unknown, timeoutMs: number, key?: string): Promise<{ status: number; text: string } | null> {
    try {
      const answer = await fetch(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(key !== undefined && { 'idempotency-key': key }) },
        body: JSON.stringify(body),
        cache: 'no-store',
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      });
      const text = await answer.text();
      // It is cut to seconds: half of one more is right on average.
      const at = Date.parse(answer.headers.get('date') ?? '');
      if (Number.isFinite(at)) hubAheadMs = at + 500 - Date.now();
      return { status: answer.status, text };
    } catch {
      return null;
    }
  }

  return {
    async enter(token) {
      const answer = await post('/unit/session', { token }, askMs);
      if (answer === null) return err(problem('unavailable'));
      if (answer.status === 204) return ok(null);
      const said = answerOf<CommandName>(answer.status, answer.text);
      return said.ok ? err(problem('unavailable')) : said;
    },
    async run(name, args, key) {
      const answer = await post(`/unit/commands/${name}`, args, name === 'task.report' ? reportMs : askMs, key);
      return answer === null ? err(problem('unavailable')) : answerOf(answer.status, answer.text);
    },
    hubNow: () => Date.now() + hubAheadMs,
  };
}
