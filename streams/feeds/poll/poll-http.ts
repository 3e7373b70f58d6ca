import { createHash } from 'node:crypto';
import { problem, ProblemError, type Problem } from '../../../main/contract/errors.ts';
import type { FeedSettings } from '../../feed-contract.ts';
import type { FeedContext } from '../feed-connector.ts';
import { readAnswer } from './read-answer.ts';

type PollSettings = NonNullable<Extract<FeedSettings, { kind: 'ngsi' }>['poll']>;

const answerWithinMs = 30_000;
const bytesAtMost = 32 * 1024 * 1024;
/** Alerts that an index links to, taken in one round; the rest comes in the next. */
const linksAtOnce = 100;
/** Links that are known as taken: what an index still lists after so many others is fetched once more, and told as a duplicate. */
const linksKept = 5000;

/** What is asked, and what came of it. */
interface Answered {
  readonly bytes: Uint8Array;
  readonly contentType: string | null;
}

/**
 * Asks an address again and again until it is ended, and hands over what has changed since the last time. Redirects are refused: a source that has moved is said to have, and its
 * headers go nowhere else. `linksOf` names further addresses in an answer; each is fetched once, without the headers where it is of another origin.
 */
export async function pollHttp(
  { poll, clock, signal, take, connected }: Pick<FeedContext, 'clock' | 'signal' | 'take' | 'connected'> & { readonly poll: PollSettings },
  linksOf: (bytes: Uint8Array) => readonly string[] = () => [],
): Promise<void> {
  const { address, headers } = addressOf(poll);
  const taken = new Set<string>();
  let last = '';
  let validators: Record<string, string> = {};

  const fetched = async (url: string, more: Record<string, string>): Promise<Answered | null> => {
    const isOurs = new URL(url).origin === new URL(address).origin;
    const answer = await fetch(url, {
      redirect: 'manual',
      headers: { ...(isOurs ? headers : {}), ...more },
      signal: AbortSignal.any([signal, AbortSignal.timeout(answerWithinMs)]),
    });
    if (answer.status === 304) return null;
    if (answer.status !== 200) {
      await answer.body?.cancel();
      throw new ProblemError(problem('feed-refused', { status: answer.status }));
    }
    const bytes = await readAnswer(answer, bytesAtMost);
    if (url === address) {
      const [etag, modified] = [answer.headers.get('etag'), answer.headers.get('last-modified')];
      validators = { ...(etag && { 'if-none-match': etag }), ...(modified && { 'if-modified-since': modified }) };
    }
    return { bytes, contentType: answer.headers.get('content-type') };
  };
  const handOver = (url: string, { bytes, contentType }: Answered) => take({ bytes, contentType, receivedAt: clock.now(), from: url });

  const round = async (): Promise<Problem | undefined> => {
    const answered = await fetched(address, validators);
    if (!answered) return undefined;
    const hash = createHash('sha256').update(answered.bytes).digest('hex');
    const told = linksOf(answered.bytes).flatMap((link) => absolute(link, address) ?? []);
    const links = [...new Set(told)].filter((link) => !taken.has(link));
    if (hash !== last) await handOver(address, answered);
    let why: Problem | undefined;
    for (const link of links.slice(0, linksAtOnce)) {
      try {
        const linked = await fetched(link, {});
        if (linked) await handOver(link, linked);
        taken.add(link);
      } catch (cause) {
        // One that cannot be had keeps none of the others, and is asked for again.
        if (signal.aborted || isOurs(cause)) throw cause;
        why = problemOf(cause);
      }
    }
    for (const link of taken) {
      if (taken.size <= linksKept) break;
      taken.delete(link);
    }
    last = hash;
    // What was left over is looked at again, although the index does not change.
    if (why || links.length > linksAtOnce) validators = {};
    return why;
  };

  while (!signal.aborted) {
    try {
      const why = await round();
      connected(1, why);
    } catch (cause) {
      if (signal.aborted) return;
      connected(0, problemOf(cause));
      // What the journal did not take is asked for once more.
      [last, validators] = ['', {}];
    }
    await clock.sleep(poll.everySeconds * 1000, signal).catch(() => {});
  }
}

/** User and password before the @ become a header: no address with them is ever asked for or logged. */
function addressOf({ url, headers = {} }: PollSettings): { address: string; headers: Record<string, string> } {
  const parsed = new URL(url);
  const { username, password } = parsed;
  parsed.username = '';
  parsed.password = '';
  if (username === '' && password === '') return { address: parsed.href, headers };
  const login = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64');
  return { address: parsed.href, headers: { authorization: `Basic ${login}`, ...headers } };
}

/** A link as an address, from that of its index where it is none by itself; null: it leads nowhere that is asked. */
function absolute(link: string, base: string): string | null {
  const parsed = URL.parse(link, base);
  const isHttp = parsed?.protocol === 'http:' || parsed?.protocol === 'https:';
  return parsed && isHttp && parsed.username === '' && parsed.password === '' ? parsed.href : null;
}

/** A refusal of our own journal, as against one of the source. */
const isOurs = (cause: unknown) =>
  cause instanceof ProblemError && ['journal-unavailable', 'feed-throttled', 'shutting-down'].includes(cause.problem.code);

function problemOf(cause: unknown): Problem {
  return cause instanceof ProblemError
    ? cause.problem
    : problem('feed-unreachable', {}, String((cause as Error).cause ?? cause).slice(0, 200));
}
