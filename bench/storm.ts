import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startHub, until } from '../e2e/start-hub.ts';
import { measureCpu } from './cpu-meter.ts';
import { startAlertmanager } from './peers/alertmanager.ts';
import { endChild, startCounting } from './peers/child.ts';
import { pacedPosts } from './peers/paced-posts.ts';
import { atLeast, atMost, percentile, printReport } from './report.ts';

/**
 * 10,000 different alerts in 10 s, of things that were known before, each from a record of its own, one in a hundred of them critical: from sending the record to the receiver,
 * that is told of each alert by itself, and to screens that look at all alerts. Peer, in the same run: Debian's Alertmanager, told of the same alerts at the same pace, with
 * the same grouping. The hub has told of a few hundred alerts before, as one in service has; what the first second of the storm takes is a figure of its own.
 */
const alerts = 10_000;
/** Of other things, before the storm. */
const alertsBefore = 400;
const seconds = 10;
const screens = 4;
const criticalEach = 100;
const pumpFeeds = 3;
const base = performance.timeOrigin;
const now = () => performance.timeOrigin + performance.now() - base;
const lookEveryMs = 10;

interface Heard {
  readonly heard: number;
  readonly arrivals: readonly (readonly [name: string, at: number])[];
}
const rounded = (value: number | null, digits = 1) => (value === null ? null : Math.round(value * 10 ** digits) / 10 ** digits);

/** Who is told of alerts: knows when it heard of each first. */
async function startPager(namesOf: (body: string) => readonly string[]) {
  const heardAt = new Map<string, number>();
  let requests = 0;
  const server = createServer((request, response) => {
    const at = now();
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      requests += 1;
      for (const name of namesOf(body)) if (!heardAt.has(name)) heardAt.set(name, at);
      response.statusCode = 204;
      response.end();
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/in`,
    heardAt,
    get requests() {
      return requests;
    },
    stop: () => new Promise<void>((closed) => server.close(() => closed())),
  };
}
const isCritical = (nth: number) => nth % criticalEach === 0;
const nameOf = (nth: number) => `${isCritical(nth) ? 'R' : 'P'}-${nth}`;
/** When each was sent, by its name. */
type Sent = ReadonlyMap<string, number>;
const delaysSince = (sent: Sent, heard: Iterable<readonly [string, number]>) =>
  [...heard].flatMap(([name, at]) => (sent.has(name) ? [at - sent.get(name)!] : []));
const delaysOf = (delays: readonly number[]) => ({
  to_receiver_p50_ms: rounded(percentile(delays, 0.5)),
  to_receiver_p99_ms: rounded(percentile(delays, 0.99)),
  to_receiver_max_ms: rounded(percentile(delays, 1)),
});

const folder = mkdtempSync(join(tmpdir(), 'taodu-storm-'));
const ourPager = await startPager((body) =>
  (JSON.parse(body) as { alerts: { subject: { name: string } }[] }).alerts.map(({ subject }) => subject.name),
);
const peerPager = await startPager((body) =>
  (JSON.parse(body) as { alerts: { labels: Record<string, string> }[] }).alerts.map(({ labels }) => labels['subject']!),
);
const config = join(folder, 'config.yaml');
writeFileSync(
  config,
  JSON.stringify({
    alerts: {
      groupWaitSeconds: 0,
      groupBy: ['subject'],
      networks: ['127.0.0.0/8'],
      webhooks: [{ name: 'pager', url: ourPager.url, atLeast: 'low' }],
    },
  }),
);
const mapping = (kind: string, quantity: string, type: string) => ({
  format: 'json',
  entity: { path: 'name' },
  asset: { kind: { is: kind }, name: { path: 'name' } },
  values: [{ path: 'value', quantity, type }],
});

const hub = await startHub({ demo: false, args: ['--config', config] });
try {
  const { token } = await hub.command<{ token: string }>('session.login', { user: 'admin', password: 'Quiet-harbour-7' });
  const create = async (id: string, system: string, settings: object) =>
    (await hub.command<{ token: string }>('feed.create', { id, kind: 'mapping', system, settings })).token;
  const pumps = mapping('pump-station', 'state', 'text');
  const tokens = await Promise.all(
    Array.from({ length: pumpFeeds }, (_, index) => create(`pumps-${index}`, 'utilities', { mapping: pumps })),
  );
  const roadToken = await create('roads', 'traffic', { mapping: mapping('road-segment', 'wrong-way', 'boolean') });

  const post = (nth: number, fails: boolean, name = nameOf(nth)) => {
    const feed = nth % pumpFeeds;
    return {
      url: `${hub.listening}/api/feeds/${isCritical(nth) ? 'roads' : `pumps-${feed}`}`,
      headers: { authorization: `Bearer ${isCritical(nth) ? roadToken : tokens[feed]}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name, value: isCritical(nth) ? fails : fails ? 'trip' : 'run' }),
    };
  };
  await pacedPosts({ perSecond: alerts / seconds, seconds }, (nth) => post(nth, false));
  await pacedPosts({ perSecond: 100, seconds: alertsBefore / 100 }, (nth) => post(nth, true, `before-${nameOf(nth)}`));
  await until('all things', 60_000, async () => {
    const { items } = await hub.collection<{ status: { facts: number } | null }>('feeds');
    return items.reduce((sum, { status }) => sum + (status?.facts ?? 0), 0) >= alerts + alertsBefore;
  });
  await until('the alerts before', 60_000, async () => ourPager.heardAt.size >= alertsBefore);

  const child = startCounting<{ connected?: number } & Partial<Heard>>(resolve(import.meta.dirname, 'peers', 'fact-screens.ts'));
  child.order(JSON.stringify({ origin: hub.listening, token, screens, collection: 'alerts', base }));
  await child.totals(({ connected }) => connected === screens, 60_000);
  await hub.metrics();
  const cpu = await measureCpu(hub);
  const sent = new Map<string, number>();
  const posts = await pacedPosts({ perSecond: alerts / seconds, seconds }, (nth, at) => {
    sent.set(nameOf(nth), at - base);
    return post(nth, true);
  });
  await until('every alert at the receiver', 120_000, async () => ourPager.heardAt.size >= alerts + alertsBefore).catch(() => false);
  const metrics = await hub.metrics();
  const cores = await cpu();
  const loopDelayP99Ms = Math.max(0, metrics['nodejs_eventloop_lag_p99_seconds']! * 1000 - lookEveryMs);
  const figures = child.totals(({ arrivals }) => arrivals !== undefined, 30_000);
  child.order('figures');
  const heard = (await figures) as Heard;
  await endChild(child.child);
  const toReceiver = delaysSince(sent, ourPager.heardAt);
  const firstSecond = delaysSince(new Map([...sent].slice(0, alerts / seconds)), ourPager.heardAt);
  const toScreen = delaysSince(sent, heard.arrivals);
  const criticalToScreen = delaysSince(
    sent,
    heard.arrivals.filter(([name]) => name.startsWith('R')),
  );
  let kept = 0;
  for (let after: string | null = ''; after !== null;) {
    const page: { items: { subject: { name: string } }[]; next: string | null } = await hub.collection(
      'alerts',
      `?limit=1000${after === '' ? '' : `&after=${encodeURIComponent(after)}`}`,
    );
    kept += page.items.filter(({ subject }) => sent.has(subject.name)).length;
    after = page.next;
  }

  const alertmanager = await startAlertmanager(peerPager.url);
  let peer: Record<string, unknown> & { name: string } = {
    name: 'Alertmanager (not installed here: Debian package prometheus-alertmanager)',
  };
  let peerP99: number | null = null;
  if (alertmanager !== null) {
    const peerSent = new Map<string, number>();
    const peerPosts = await pacedPosts({ perSecond: alerts / seconds, seconds, takenStatus: 200 }, (nth, at) => {
      const subject = nameOf(nth);
      peerSent.set(subject, at - base);
      const labels = { alertname: isCritical(nth) ? 'wrong-way' : 'pump-trip', severity: isCritical(nth) ? 'critical' : 'high', subject };
      return { url: alertmanager.url, headers: { 'content-type': 'application/json' }, body: JSON.stringify([{ labels }]) };
    });
    await until('every alert at the receiver', 120_000, async () => peerPager.heardAt.size >= alerts).catch(() => false);
    const delays = delaysSince(peerSent, peerPager.heardAt);
    const { requests } = peerPager;
    peerP99 = percentile(delays, 0.99);
    peer = { name: 'Alertmanager 0.25, ungrouped', taken: peerPosts.taken, at_receiver: delays.length, requests, ...delaysOf(delays) };
    await alertmanager.stop();
  }
  const ourP99 = percentile(toReceiver, 0.99);
  printReport({
    bench: 'storm',
    ours: {
      alerts,
      seconds,
      alerts_before: alertsBefore,
      taken: posts.taken,
      refused: posts.refused,
      kept,
      at_receiver: toReceiver.length,
      requests: ourPager.requests,
      ...delaysOf(toReceiver),
      first_second_to_receiver_p99_ms: rounded(percentile(firstSecond, 0.99)),
      screens,
      at_screens_share: rounded(toScreen.length / (alerts * screens), 4),
      to_screen_p50_ms: rounded(percentile(toScreen, 0.5)),
      to_screen_p99_ms: rounded(percentile(toScreen, 0.99)),
      critical_to_screen_p99_ms: rounded(percentile(criticalToScreen, 0.99)),
      critical_to_screen_max_ms: rounded(percentile(criticalToScreen, 1)),
      loop_delay_p99_ms: rounded(loopDelayP99Ms),
      ...cores,
    },
    peer,
    ratio: { to_receiver_p99: ourP99 === null || peerP99 === null ? null : rounded(ourP99 / peerP99, 3) },
    goals: [
      atLeast('alerts_kept', alerts, kept),
      atLeast('alerts_at_receiver', alerts, toReceiver.length),
      atMost('to_receiver_p99_ms', 150, ourP99),
      atMost('critical_to_screen_max_ms', 1000, percentile(criticalToScreen, 1)),
    ],
  });
} finally {
  await hub.stop();
  await ourPager.stop();
  await peerPager.stop();
  rmSync(folder, { recursive: true, force: true });
}
