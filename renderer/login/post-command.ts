import type { CommandInput, CommandName, CommandResult } from '../../main/contract/catalog.ts';
import { problem, type Problem } from '../../main/contract/errors.ts';
import { err, ok, type Result } from '../../main/contract/result.ts';

/**
 * Runs a command over HTTP, with the page's own session cookie: for what comes before there is a socket (login) and what is too
 * large for it (import). A hub that cannot be reached, or that answers nonsense, is `unavailable`. `onSent` hears the
 * fraction of the body that has left, 0 to 1.
 */
export function postCommand<N extends CommandName>(
  name: N,
  args: CommandInput<N>,
  options: { readonly onSent?: (fraction: number) => void; readonly signal?: AbortSignal } = {},
): Promise<Result<CommandResult<N>, Problem>> {
  // XMLHttpRequest, because fetch does not tell how much of a body has been sent.
  const request = new XMLHttpRequest();
  return new Promise((resolve) => {
    const unreachable = () => resolve(err(problem('unavailable')));
    request.open('POST', `/api/commands/${name}`);
    request.setRequestHeader('content-type', 'application/json');
    request.onload = () => resolve(answerOf<N>(request.status, request.responseText));
    request.onerror = unreachable;
    request.onabort = unreachable;
    request.ontimeout = unreachable;
    if (options.onSent) {
      const { onSent } = options;
      request.upload.onprogress = (event) => onSent(event.lengthComputable && event.total > 0 ? event.loaded / event.total : 0);
      request.upload.onload = () => onSent(1);
    }
    options.signal?.addEventListener('abort', () => request.abort(), { once: true });
    request.send(JSON.stringify(args));
  });
}

/** What an answer of the machine API says. */
export function answerOf<N extends CommandName>(status: number, body: string): Result<CommandResult<N>, Problem> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return err(problem(status === 413 ? 'payload-too-large' : 'unavailable'));
  }
  if (typeof parsed !== 'object' || parsed === null) return err(problem('unavailable'));
  if ('error' in parsed && typeof parsed.error === 'object' && parsed.error !== null && 'code' in parsed.error) {
    const { code, params = {} } = parsed.error as Partial<Problem> & Pick<Problem, 'code'>;
    return err({ code, params });
  }
  if (status < 200 || status > 299) return err(problem('unavailable'));
  return ok(parsed as CommandResult<N>);
}
