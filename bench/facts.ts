import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startHub, until } from '../e2e/start-hub.ts';
import { measureCpu } from './cpu-meter.ts';
import { endChild, startChild, startCounting } from './peers/child.ts';
import { pacedPosts, type PacedPosts } from './peers/paced-posts.ts';
import { atLeast, atMost, percentile, printReport } from './report.ts';

/**
 * 2,000 facts a second, each a record of its own over HTTP, from four feeds and of 2,000 things, heard by 50 connected screens that look at all of them: from sending a fact to
 * every screen. Peer, in the same run: a socket.io server that keeps nothing and sends each fact on to the same screens.
 */
const { values } = parseArgs({ options: { seconds: { type: 'string', default: '30' } } });
const seconds = Math.min(600, Math.max(5, Number(values.seconds)));
const perSecond = 2000;
const screens = 50;
const feeds = 4;
const things = 2000;
const base = performance.timeOrigin;
/** The interval at which the loop's delay is looked at is part of what is measured. */
const lookEveryMs = 10;

interface Heard {
  readonly heard: number;
  readonly delays: readonly number[];
}
const rounded = (value: number | null, digits = 1) => (value === null ? null : Math.round(value * 10 ** digits) / 10 ** digits);

async function withScreens<T>(
  given: { readonly origin: string; readonly token: string | null },
  work: () => Promise<T>,
): Promise<{ readonly done: T; readonly heard: Heard }> {
  const child = startCounting<{ connected?: number } & Partial<Heard>>(resolve(import.meta.dirname, 'peers', 'fact-screens.ts'));
  try {
    child.order(JSON.stringify({ ...given, screens, collection: 'assets', base }));
    await child.totals(({ connected }) => connected === screens, 60_000);
    const done = await work();
    // What is still under way arrives, or is late for good.
    await new Promise((later) => setTimeout(later, 1000));
    const heard = child.totals(({ delays }) => delays !== undefined, 30_000);
    child.order('figures');
    return { done, heard: (await heard) as Heard };
  } finally {
    await endChild(child.child);
  }
}
const delaysOf = ({ heard, delays }: Heard) => ({
  deliveries: heard,
  delay_p50_ms: rounded(percentile(delays, 0.5)),
  delay_p99_ms: rounded(percentile(delays, 0.99)),
  delay_max_ms: rounded(percentile(delays, 1)),
});

const mapping = {
  format: 'json',
  entity: { path: 'id' },
  asset: { kind: { is: 'car-park' } },
  values: [{ path: 'value', quantity: 'spaces-free' }],
};

const hub = await startHub({ demo: false });
try {
  const { token } = await hub.command<{ token: string }>('session.login', { user: 'admin', password: 'Quiet-harbour-7' });
  const tokens = await Promise.all(
    Array.from({ length: feeds }, async (_, index) => {
      const id = `bench-${index}`;
      return (await hub.command<{ token: string }>('feed.create', { id, kind: 'mapping', system: 'traffic', settings: { mapping } })).token;
    }),
  );
  const post = (nth: number, at: number) => {
    const feed = nth % feeds;
    return {
      url: `${hub.listening}/api/feeds/bench-${feed}`,
      headers: { authorization: `Bearer ${tokens[feed]}`, 'content-type': 'application/json' },
      body: JSON.stringify({ id: `thing-${nth % things}`, value: Math.round((at - base) * 100) / 100 }),
    };
  };
  // Every thing is known before anybody counts: a thing that is new is a commit of the ledger.
  await pacedPosts({ perSecond: 1000, seconds: things / 1000 }, post);
  await until('all things', 30_000, async () => {
    const { items } = await hub.collection<{ status: { facts: number } | null }>('feeds');
    return items.reduce((sum, { status }) => sum + (status?.facts ?? 0), 0) >= things;
  });

  const ours = await withScreens({ origin: hub.listening, token }, async () => {
    await hub.metrics();
    const cpu = await measureCpu(hub);
    const posts = await pacedPosts({ perSecond, seconds }, post);
    const metrics = await hub.metrics();
    return { posts, cpu: await cpu(), metrics };
  });
  const loopDelayP99Ms = Math.max(0, ours.done.metrics['nodejs_eventloop_lag_p99_seconds']! * 1000 - lookEveryMs);

  const { child, line } = await startChild([resolve(import.meta.dirname, 'peers', 'plain-fact-server.ts')]);
  try {
    const origin = `http://127.0.0.1:${(JSON.parse(line) as { port: number }).port}`;
    const peer = await withScreens({ origin, token: null }, async () => {
      await fetch(`${origin}/figures`);
      const posts = await pacedPosts({ perSecond, seconds: Math.min(seconds, 10) }, (nth, at) => ({
        url: origin,
        headers: { 'content-type': 'application/json' },
        body: post(nth, at).body,
      }));
      const { p99Ms } = (await (await fetch(`${origin}/figures`)).json()) as { p99Ms: number };
      return { posts, p99Ms: Math.max(0, p99Ms - lookEveryMs) };
    });
    const answers = ({ answerMs, perSecond: rate, refused }: PacedPosts) => ({
      facts_per_second: rate,
      refused,
      answer_p50_ms: rounded(percentile(answerMs, 0.5)),
      answer_p99_ms: rounded(percentile(answerMs, 0.99)),
    });
    const ourDelays = delaysOf(ours.heard);
    const peerDelays = delaysOf(peer.heard);
    printReport({
      bench: 'facts',
      ours: {
        seconds,
        screens,
        ...answers(ours.done.posts),
        ...ourDelays,
        delivered_share: rounded(ours.heard.heard / (ours.done.posts.taken * screens), 4),
        loop_delay_p99_ms: rounded(loopDelayP99Ms),
        ...ours.done.cpu,
      },
      peer: {
        name: 'a socket.io server that keeps nothing',
        ...answers(peer.done.posts),
        ...peerDelays,
        delivered_share: rounded(peer.heard.heard / (peer.done.posts.taken * screens), 4),
        loop_delay_p99_ms: rounded(peer.done.p99Ms),
      },
      ratio: { delay_p99: rounded((ourDelays.delay_p99_ms ?? NaN) / (peerDelays.delay_p99_ms ?? NaN), 2) },
      goals: [
        atLeast('facts_per_second', perSecond * 0.99, ours.done.posts.perSecond),
        atMost('refused', 0, ours.done.posts.refused),
        atMost('delay_p99_ms', 200, ourDelays.delay_p99_ms),
        atMost('hub_loop_delay_p99_ms', 20, loopDelayP99Ms),
      ],
    });
  } finally {
    await endChild(child);
  }
} finally {
  await hub.stop();
}
