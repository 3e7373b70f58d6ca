import { Agent, request } from 'node:http';

/** What became of requests that were sent at a steady pace. */
export interface PacedPosts {
  readonly sent: number;
  readonly taken: number;
  readonly refused: number;
  /** From sending a request to its answer. */
  readonly answerMs: readonly number[];
  readonly perSecond: number;
}

const stepMs = 5;
const now = () => performance.timeOrigin + performance.now();

/**
 * Sends `perSecond` requests a second for `seconds`, whatever the other side does: a request that has to wait for a connection is late, and that counts. `next` makes the
 * n-th request at the time of sending.
 */
export async function pacedPosts(
  {
    perSecond,
    seconds,
    connections = 128,
    takenStatus = 204,
  }: { readonly perSecond: number; readonly seconds: number; readonly connections?: number; readonly takenStatus?: number },
  next: (nth: number, now: number) => { readonly url: string; readonly headers: Record<string, string>; readonly body: string },
): Promise<PacedPosts> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const answerMs: number[] = [];
  let taken = 0;
  let refused = 0;
  const send = (nth: number) =>
    new Promise<void>((done) => {
      const at = now();
      const { url, headers, body } = next(nth, at);
      const asked = request(
        url,
        { method: 'POST', agent, headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) } },
        (response) => {
          if (response.statusCode === takenStatus) taken += 1;
          else refused += 1;
          answerMs.push(now() - at);
          response.resume();
          response.on('end', done);
        },
      );
      asked.on('error', () => {
        refused += 1;
        done();
      });
      asked.end(body);
    });
  const begun = performance.now();
  const all: Promise<void>[] = [];
  const total = perSecond * seconds;
  for (let sent = 0; sent < total;) {
    const due = Math.min(total, Math.floor(((performance.now() - begun) / 1000) * perSecond));
    for (; sent < due; sent += 1) all.push(send(sent));
    await new Promise((later) => setTimeout(later, stepMs));
  }
  await Promise.all(all);
  const tookS = (performance.now() - begun) / 1000;
  agent.destroy();
  return { sent: total, taken, refused, answerMs, perSecond: Math.round(taken / tookS) };
}
