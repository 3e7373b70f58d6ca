import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Handlers } from '../../main/contract/catalog.ts';
import { problem, ProblemError, type Problem } from '../../main/contract/errors.ts';
import type { Change, Ledger } from '../../main/contract/ledger.ts';
import { demoCityUser } from '../../main/contract/demo-city.ts';
import type { Log } from '../../main/contract/log.ts';
import type { LatestValues } from '../../main/contract/readings.ts';
import { err, ok, type Result } from '../../main/contract/result.ts';
import type { Clock } from '../../main/contract/time.ts';
import { backoffMs } from '../../main/supervision/backoff.ts';
import type { SecretWrite } from '../../main/contract/define-command.ts';
import { feedSettings, type Feed, type FeedKind, type FeedSettings, type FeedStatus } from '../feed-contract.ts';
import type { AnyFeedConnector, FeedConnector, RawRecord } from './feed-connector.ts';
import type { Ingest, IngestFeed } from './ingest.ts';
import type { Journal } from './journal.ts';
import { reservePort } from './reserve-port.ts';
import { openSettings, sealSettings, shownSettings } from './settings-secrets.ts';
import { usualStalenessSeconds } from './usual-staleness.ts';
import { wrongWord } from './wrong-word.ts';

export interface FeedsDeps {
  readonly ledger: Ledger;
  readonly latest: LatestValues;
  readonly journal: Journal;
  readonly ingest: Ingest;
  readonly clock: Clock;
  readonly log: Log;
  readonly connectors: readonly AnyFeedConnector[];
  /** Where feeds that devices connect to listen. */
  readonly listenHost: string;
  /** Whether there is such a system. */
  knowsSystem(id: string): boolean;
  /** Whether it has such a figure. */
  knowsIndicator(system: string, indicator: string): boolean;
  /** What others find wrong with what a feed tells; null: nothing. */
  problemOf?(feedId: string): Problem | null;
}

/** The feeds of this hub: what is taken in, and how each of them is. */
export interface Feeds {
  readonly handlers: Handlers<
    'feed.create' | 'feed.update' | 'feed.remove' | 'feed.rotate-token' | 'journal.search' | 'journal.record' | 'journal.retry'
  >;
  /** What is wrong with a sender, before anything that it sends is read: a token that is none, a feed that is off; null: nothing. */
  refusal(feedId: string, token: string): Problem | null;
  /** Takes what was pushed. Resolves when the journal has it; refuses with a problem. */
  push(feedId: string, token: string, record: RawRecord): Promise<Result<null, Problem>>;
  /** After this its values are stale, in milliseconds. */
  staleAfterMs(feedId: string): number;
  /** Reads what a crash left over, then opens the doors. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

const statusEveryMs = 1000;
const feedsAtMost = 500;
/** The plainest settings of a kind that can do without any: it is pushed to, or listens on whatever port is free. */
const plain: Partial<Record<FeedKind, object>> = { ngsi: {}, cap: {}, indicator: {}, hj212: { port: 0 }, jt808: { port: 0 } };

interface Running {
  readonly feed: Feed;
  readonly ingest: IngestFeed;
  readonly end: AbortController;
  done: Promise<void>;
  connections: number;
  problem: Problem | null;
  /** For the rate. */
  lastCount: number;
  lastAt: number;
  perSecond: number;
  lastThrottled: number;
}

const hashOf = (token: string) => createHash('sha256').update(token).digest();

export function createFeeds(deps: FeedsDeps): Feeds {
  const { ledger, latest, journal, ingest, clock, log, connectors } = deps;
  const byKind = new Map(connectors.map((connector) => [connector.kind as FeedKind, connector as unknown as FeedConnector]));
  const running = new Map<string, Running>();
  const stopping = new AbortController();
  let started = false;

  const feedOf = (id: string) => ledger.get('feeds', id) as Feed | undefined;
  const tokenOf = (id: string) => (ledger.get('feed-tokens', id) as { hash: string } | undefined)?.hash;
  const refusal = (feedId: string, token: string): Problem | null => {
    const hash = tokenOf(feedId);
    // The same work for a feed that there is and one that there is not.
    const isRight = timingSafeEqual(Buffer.from(hash ?? '0'.repeat(64), 'hex'), hashOf(token));
    if (!hash || !isRight) return problem('feed-token-refused');
    return running.has(feedId) ? null : problem('feed-disabled');
  };
  const newToken = (id: string): { token: string; change: Change } => {
    const token = randomBytes(24).toString('base64url');
    return { token, change: { collection: 'feed-tokens', op: 'put', key: id, value: { hash: hashOf(token).toString('hex') } } };
  };
  const settingsOf = (feed: Feed): FeedSettings | null => {
    const parsed = feedSettings.safeParse(openSettings(feed.settings, ledger.secret(`feed:${feed.id}`)));
    return parsed.success ? parsed.data : null;
  };
  /** What a command asked for, or what is wrong with it. */
  const read = (kind: FeedKind, system: string, given: object | undefined): Result<FeedSettings, Problem> => {
    if (!byKind.has(kind)) return err(problem('feed-kind-unavailable', { kind }));
    const wanted = given ?? plain[kind];
    if (!wanted) return err(problem('feed-settings-invalid', { at: 'settings' }));
    const parsed = feedSettings.safeParse({ ...wanted, kind });
    if (parsed.success) {
      const wrong = wrongWord(parsed.data, (indicator) => deps.knowsIndicator(system, indicator));
      return wrong === null ? ok(parsed.data) : err(problem('feed-settings-invalid', { at: wrong }));
    }
    const issue = parsed.error.issues[0]!;
    return err(problem('feed-settings-invalid', { at: issue.path.join('.') || 'settings' }, issue.message));
  };
  const sealed = (id: string, settings: FeedSettings): { shown: unknown; hasSecret: boolean; secrets: SecretWrite[] } => {
    const secret = sealSettings(settings);
    return { shown: shownSettings(settings), hasSecret: secret !== null, secrets: [{ key: `feed:${id}`, value: secret }] };
  };

  /** The port that a feed with these settings is to listen on; null: it listens on none. */
  const portOf = async (settings: FeedSettings): Promise<Result<number | null, Problem>> =>
    'port' in settings ? reservePort(deps.listenHost, settings.port, 'udp' in settings && settings.udp) : ok(null);

  /** Starts a feed. Resolves when it listens, or at once where it does not; refuses when it cannot. */
  async function begin(feed: Feed): Promise<Result<null, Problem>> {
    const settings = settingsOf(feed);
    const connector = byKind.get(feed.kind);
    if (!settings || !connector) return err(problem('feed-settings-invalid', { at: 'settings' }));
    const end = new AbortController();
    const now = clock.monotonic();
    const live: Running = {
      feed,
      ingest: {
        id: feed.id,
        system: feed.system,
        reader: connector.reader(settings as never),
        simulated: feed.simulated,
        drill: feed.drill,
      },
      end,
      done: Promise.resolve(),
      connections: 0,
      problem: null,
      lastCount: 0,
      lastAt: now,
      perSecond: 0,
      lastThrottled: 0,
    };
    running.set(feed.id, live);
    if (!connector.run) return ok(null);
    const listening = Promise.withResolvers<Result<null, Problem>>();
    if (feed.port === null) listening.resolve(ok(null));
    const signal = AbortSignal.any([end.signal, stopping.signal]);
    const context = {
      feedId: feed.id,
      settings: (feed.port === null ? settings : { ...settings, port: feed.port }) as never,
      listenHost: deps.listenHost,
      clock,
      log,
      signal,
      take: (record: RawRecord) => ingest.take(live.ingest, record),
      connected(connections: number, why?: Problem) {
        live.connections = connections;
        live.problem = why ?? null;
      },
    };
    live.done = (async () => {
      let attempt = 0;
      while (!signal.aborted) {
        const from = clock.monotonic();
        try {
          await connector.run!(context, () => listening.resolve(ok(null)));
        } catch (cause) {
          if (signal.aborted) break;
          live.connections = 0;
          live.problem = cause instanceof ProblemError ? cause.problem : problem('feed-unreachable', {}, String(cause));
          listening.resolve(err(live.problem));
          log.warn({ feedId: feed.id, code: live.problem.code, detail: live.problem.detail }, 'a feed failed, starting it again');
        }
        attempt = clock.monotonic() - from > 30_000 ? 0 : attempt + 1;
        await clock.sleep(backoffMs(attempt, { firstMs: 500, capMs: 30_000 }), signal).catch(() => {});
      }
    })();
    return listening.promise;
  }
  async function end(id: string): Promise<void> {
    const live = running.get(id);
    running.delete(id);
    live?.end.abort();
    await live?.done;
  }

  function report(): void {
    const now = clock.now();
    for (const feed of ledger.all('feeds') as IterableIterator<Feed>) {
      const live = running.get(feed.id);
      const counts = ingest.counts(feed.id);
      const records = counts?.records ?? 0;
      if (live) {
        const seconds = (clock.monotonic() - live.lastAt) / 1000;
        if (seconds > 0) live.perSecond = Math.round((10 * (records - live.lastCount)) / seconds) / 10;
        live.lastCount = records;
        live.lastAt = clock.monotonic();
      }
      const throttled = counts?.throttled ?? 0;
      const isThrottled = live !== undefined && throttled > live.lastThrottled;
      if (live) live.lastThrottled = throttled;
      const lastRecordAt = counts?.lastRecordAt ?? null;
      const isStale = lastRecordAt !== null && now - lastRecordAt > feed.staleAfterSeconds * 1000;
      const state: FeedStatus['state'] =
        !feed.enabled || !live
          ? 'stopped'
          : isThrottled
            ? 'throttled'
            : live.problem
              ? 'failing'
              : lastRecordAt === null
                ? 'waiting'
                : isStale
                  ? 'stale'
                  : 'live';
      latest.set({
        collection: 'feeds',
        key: feed.id,
        fields: {
          status: {
            state,
            at: now,
            lastRecordAt,
            records,
            facts: counts?.facts ?? 0,
            quarantined: counts?.quarantined ?? 0,
            late: counts?.late ?? 0,
            duplicate: counts?.duplicate ?? 0,
            throttled,
            perSecond: live?.perSecond ?? 0,
            connections: live?.connections ?? 0,
            problem: live?.problem ?? deps.problemOf?.(feed.id) ?? counts?.lastProblem ?? null,
          } satisfies FeedStatus,
        },
      });
    }
  }
  let reporting: Promise<void> = Promise.resolve();

  return {
    handlers: {
      async 'feed.create'({ id, kind, system, name, settings: given, staleAfterSeconds, enabled, drill }, { now, principal }) {
        if (feedOf(id)) return err(problem('feed-exists'));
        if (ledger.size('feeds') >= feedsAtMost) return err(problem('too-many-requests'));
        if (!deps.knowsSystem(system)) return err(problem('system-unknown'));
        const settings = read(kind, system, given);
        if (!settings.ok) return settings;
        const listens = await portOf(settings.value);
        if (!listens.ok) return listens;
        const { shown, hasSecret, secrets } = sealed(id, settings.value);
        const { token, change } = newToken(id);
        const feed: Feed = {
          id,
          kind,
          system,
          name: name ?? id,
          enabled,
          settings: shown,
          hasSecret,
          staleAfterSeconds: staleAfterSeconds ?? usualStalenessSeconds(kind, system),
          port: listens.value,
          createdAt: now,
          status: null,
          simulated: principal?.userId === demoCityUser,
          drill,
        };
        return ok({
          result: { token, ...(listens.value !== null && { port: listens.value }) },
          changes: [{ collection: 'feeds', op: 'put', key: id, value: feed }, change],
          secrets,
          ...(enabled && started && { afterCommit: () => opened(feed) }),
        });
      },
      async 'feed.update'({ feedId, name, settings: given, staleAfterSeconds, enabled }) {
        const before = feedOf(feedId);
        if (!before) return err(problem('feed-unknown'));
        const settings = given === undefined ? null : read(before.kind, before.system, given);
        if (settings?.ok === false) return settings;
        // Its own port is not taken: it is where it is, unless another one is wanted.
        const wanted = settings && 'port' in settings.value ? settings.value.port : null;
        const listens = settings && wanted !== before.port && wanted !== 0 ? await portOf(settings.value) : ok(before.port);
        if (!listens.ok) return listens;
        const seal = settings ? sealed(feedId, settings.value) : null;
        const feed: Feed = {
          ...before,
          name: name ?? before.name,
          staleAfterSeconds: staleAfterSeconds ?? before.staleAfterSeconds,
          enabled: enabled ?? before.enabled,
          port: listens.value,
          ...(seal && { settings: seal.shown, hasSecret: seal.hasSecret }),
        };
        return ok({
          result: listens.value === null ? {} : { port: listens.value },
          changes: [{ collection: 'feeds', op: 'put', key: feedId, value: feed }],
          ...(seal && { secrets: seal.secrets }),
          async afterCommit() {
            await end(feedId);
            if (feed.enabled && started) await opened(feed);
          },
        });
      },
      'feed.remove'({ feedId }) {
        if (!feedOf(feedId)) return err(problem('feed-unknown'));
        return ok({
          result: {},
          changes: [
            { collection: 'feeds', op: 'delete', key: feedId },
            { collection: 'feed-tokens', op: 'delete', key: feedId },
          ],
          secrets: [{ key: `feed:${feedId}`, value: null }],
          async afterCommit() {
            await end(feedId);
            latest.forget('feeds', feedId);
            ingest.forget(feedId);
          },
        });
      },
      'feed.rotate-token'({ feedId }) {
        if (!feedOf(feedId)) return err(problem('feed-unknown'));
        const { token, change } = newToken(feedId);
        return ok({ result: { token }, changes: [change] });
      },
      async 'journal.search'({ feedId, outcome, before, limit }) {
        const found = await journal.search({
          limit: limit + 1,
          ...(feedId !== undefined && { feedId }),
          ...(outcome !== undefined && { outcome }),
          ...(before !== undefined && { before }),
        });
        return ok({ result: { records: found.slice(0, limit) as never, more: found.length > limit } });
      },
      async 'journal.record'({ recordId }) {
        const found = await journal.read(recordId);
        if (!found) return err(problem('record-unknown'));
        const { raw, ...record } = found;
        return ok({ result: { record: record as never, ...shownBytes(raw) } });
      },
      async 'journal.retry'({ feedId, recordIds }) {
        const live = running.get(feedId);
        if (!live) return err(problem(feedOf(feedId) ? 'feed-disabled' : 'feed-unknown'));
        let [taken, quarantined] = [0, 0];
        for (const id of recordIds) {
          const outcome = await ingest.again(live.ingest, id);
          if (outcome === 'quarantined') quarantined += 1;
          else if (outcome !== null) taken += 1;
        }
        return ok({ result: { taken, quarantined } });
      },
    },
    refusal,
    async push(feedId, token, record) {
      const refused = refusal(feedId, token);
      if (refused) return err(refused);
      const live = running.get(feedId)!;
      try {
        await ingest.take(live.ingest, record);
        return ok(null);
      } catch (cause) {
        if (cause instanceof ProblemError) return err(cause.problem);
        throw cause;
      }
    },
    staleAfterMs: (feedId) => (feedOf(feedId)?.staleAfterSeconds ?? 600) * 1000,
    async start() {
      const feeds = [...(ledger.all('feeds') as IterableIterator<Feed>)].filter(({ enabled }) => enabled);
      // Their readers first: what a crash left over is read before anything new.
      const readers = new Map<string, IngestFeed>();
      for (const feed of feeds) {
        const settings = settingsOf(feed);
        const connector = byKind.get(feed.kind);
        if (settings && connector)
          readers.set(feed.id, {
            id: feed.id,
            system: feed.system,
            reader: connector.reader(settings as never),
            simulated: feed.simulated,
            drill: feed.drill,
          });
      }
      const resumed = await ingest
        .resume((id) => readers.get(id))
        .catch((cause: unknown) => {
          log.error({ err: cause }, 'what a crash left over could not be read');
          return 0;
        });
      if (resumed > 0) log.info({ records: resumed }, 'read the records that had no verdict');
      started = true;
      await Promise.all(feeds.map(opened));
      reporting = (async () => {
        while (!stopping.signal.aborted) {
          report();
          await clock.sleep(statusEveryMs, stopping.signal).catch(() => {});
        }
      })();
    },
    async stop() {
      stopping.abort();
      await Promise.all([...running.keys()].map(end));
      await reporting;
    },
  };

  /** Begins a feed; one that cannot begin goes on trying, and says why. */
  async function opened(feed: Feed): Promise<void> {
    const begun = await begin(feed);
    if (!begun.ok) log.warn({ feedId: feed.id, code: begun.error.code, detail: begun.error.detail }, 'a feed could not be opened');
  }
}

const shownAtMost = 64 * 1024;

/** The first part of a record as text, or in hexadecimal where it is none. */
function shownBytes(raw: Uint8Array): { text: string; encoding: 'utf8' | 'gbk' | 'hex'; truncated: boolean } {
  const part = raw.subarray(0, shownAtMost);
  const truncated = raw.length > shownAtMost;
  for (const [encoding, label] of [
    ['utf8', 'utf-8'],
    ['gbk', 'gbk'],
  ] as const) {
    try {
      // A cut may go through a character: `stream` leaves what it began out.
      const text = new TextDecoder(label, { fatal: true }).decode(part, { stream: truncated });
      // oxlint-disable-next-line no-control-regex -- what has such characters is no text
      if (!/[\u0000-\u0008\u000e-\u001f]/.test(text)) return { text, encoding, truncated };
    } catch {
      // the next one
    }
  }
  return { text: Buffer.from(part).toString('hex'), encoding: 'hex', truncated };
}
