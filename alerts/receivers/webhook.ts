import { createHmac, randomUUID } from 'node:crypto';
import type { Log } from '../../main/contract/log.ts';
import type { Clock, EpochMs } from '../../main/contract/time.ts';
import type { Alert, Severity } from '../contract.ts';
import type { Told } from '../pipeline/alert-pipeline.ts';
import { severityRank } from '../rules/severity-rank.ts';
import { capDocument, type CapSender } from './cap-out.ts';
import { isOutward, type OutwardAlert } from './outward.ts';
import type { Delivery, PostResult } from './post.ts';
import type { Receiver } from './receiver.ts';

export interface WebhookSettings {
  readonly name: string;
  readonly url: URL;
  /** Signs what is sent; null: nothing is signed. */
  readonly secret: string | null;
  /** JSON, a group a request; or CAP 1.2, an alert a request. */
  readonly format: 'json' | 'cap';
  readonly atLeast: Severity;
  readonly sender: CapSender;
}

export interface WebhookDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** Sends once; never rejects. */
  post(delivery: Delivery, signal: AbortSignal): Promise<PostResult>;
}

/** Messages that may wait; the oldest go first. */
const waitingAtMost = 20_000;
/** Messages under way at a time, each of another group: a receiver that is far away is not told of a storm one round trip after the other. */
const linesAtMost = 32;
/** Alerts of a group that wait together go together, so many at most. */
const alertsAMessage = 250;
const triesAtMost = 10;
const firstDelayMs = 1000;
const delayAtMostMs = 300_000;

/** What leaves the house of an alert; who has acknowledged it and what holds it stays here. */
const toldOutside = [
  'id',
  'rule',
  'system',
  'severity',
  'title',
  'advice',
  'labels',
  'subject',
  'place',
  'reading',
  'active',
  'since',
  'raisedAt',
  'clearedAt',
  'count',
  'cameras',
] as const satisfies readonly (keyof OutwardAlert)[];

interface Waiting {
  /** The same over all tries: whoever has it already can tell. */
  readonly id: string;
  readonly told: Told;
  readonly alerts: OutwardAlert[];
  /** As it was tried first; null: it never was, and more may join it. */
  body: string | null;
  /** To be called when it was taken or given up, of each that joined it. */
  readonly settled: (() => void)[];
}

/**
 * Tells another system of alerts over HTTP: in order within a group, many groups at a time, and one at a time while it fails. What is not taken is tried again, later
 * each time; what is refused for good, or too often, is given up and counted. A request carries `taodu-delivery`, and with a secret `taodu-signature: t=<ms>,v1=<hex>`:
 * HMAC-SHA-256 over `<ms>.<body>`.
 */
export function createWebhook(settings: WebhookSettings, deps: WebhookDeps): Receiver {
  return new Webhook(settings, deps);
}

class Webhook implements Receiver {
  readonly name: string;
  readonly figures = { sent: 0, waiting: 0, dropped: 0, kept: 0 };
  readonly #settings: WebhookSettings;
  readonly #deps: WebhookDeps;
  /** In the order in which they came. */
  readonly #queue = new Set<Waiting>();
  /** The last that waits of each group. */
  readonly #lastOf = new Map<string, Waiting>();
  /** Groups that something is under way of. */
  readonly #busy = new Set<string>();
  readonly #end = new AbortController();
  #failing = false;

  constructor(settings: WebhookSettings, deps: WebhookDeps) {
    this.name = settings.name;
    this.#settings = settings;
    this.#deps = deps;
  }

  wants(told: Told): boolean {
    return this.#severe(told).some(isOutward);
  }

  offer(told: Told, settled: () => void = () => {}): void {
    const severe = this.#severe(told);
    const outward = severe.filter(isOutward);
    this.figures.kept += severe.length - outward.length;
    if (outward.length === 0) {
      settled();
      return;
    }
    if (this.#settings.format === 'cap') {
      let left = outward.length;
      const oneSettled = () => {
        left -= 1;
        if (left === 0) settled();
      };
      for (const alert of outward) this.#add(told, [alert], oneSettled);
    } else if (!this.#join(told, outward, settled)) this.#add(told, outward, settled);
    for (const oldest of this.#queue) {
      if (this.#queue.size <= waitingAtMost) break;
      this.#remove(oldest);
      this.figures.dropped += 1;
    }
    this.figures.waiting = this.#queue.size;
    this.#sendWhatMay();
  }

  stop(): void {
    this.#end.abort();
  }

  #severe({ alerts }: Told): Alert[] {
    return alerts.filter(({ severity }) => severityRank(severity) >= severityRank(this.#settings.atLeast));
  }

  #add(told: Told, alerts: OutwardAlert[], settled: () => void): void {
    const waiting: Waiting = { id: randomUUID(), told, alerts, body: null, settled: [settled] };
    this.#queue.add(waiting);
    this.#lastOf.set(told.group, waiting);
  }

  /** True when the last that waits of the group says the same of other alerts, and has room for these. */
  #join({ group, why }: Told, alerts: readonly OutwardAlert[], settled: () => void): boolean {
    const last = this.#lastOf.get(group);
    if (last === undefined || last.body !== null || last.told.why !== why || last.alerts.length + alerts.length > alertsAMessage)
      return false;
    last.alerts.push(...alerts);
    last.settled.push(settled);
    return true;
  }

  #remove(waiting: Waiting): void {
    if (!this.#queue.delete(waiting)) return;
    for (const settled of waiting.settled) settled();
    if (this.#lastOf.get(waiting.told.group) === waiting) this.#lastOf.delete(waiting.told.group);
  }

  #sendWhatMay(): void {
    for (const waiting of this.#queue) {
      if (this.#busy.size >= (this.#failing ? 1 : linesAtMost) || this.#end.signal.aborted) return;
      if (!this.#busy.has(waiting.told.group)) void this.#send(waiting);
    }
  }

  /** Sends one until it is taken or given up, and then what waits behind it. */
  async #send(waiting: Waiting): Promise<void> {
    const { signal } = this.#end;
    const { group } = waiting.told;
    this.#busy.add(group);
    waiting.body ??= this.#written(waiting);
    // It may go for want of room while it is under way.
    for (let tries = 1; this.#queue.has(waiting); tries += 1) {
      const result = await this.#deps.post(this.#delivery(waiting.id, waiting.body, this.#deps.clock.now()), signal);
      if (signal.aborted) return;
      const outcome = outcomeOf(result);
      if (outcome === 'sent') {
        this.figures.sent += 1;
        this.#failing = false;
        this.#remove(waiting);
        break;
      }
      if (!this.#failing) this.#deps.log.warn({ receiver: this.name, ...result }, 'A receiver of alerts does not take what it is sent');
      this.#failing = true;
      if (outcome === 'refused' || tries >= triesAtMost) {
        if (this.#queue.has(waiting)) this.figures.dropped += 1;
        this.#remove(waiting);
      } else await this.#deps.clock.sleep(Math.min(delayAtMostMs, firstDelayMs * 2 ** (tries - 1)), signal).catch(() => undefined);
      if (signal.aborted) return;
    }
    this.#busy.delete(group);
    this.figures.waiting = this.#queue.size;
    this.#sendWhatMay();
  }

  #written({ told: { why, route, group }, alerts }: Waiting): string {
    const { format, sender } = this.#settings;
    if (format === 'cap') return capDocument(alerts[0]!, why, sender);
    const said = alerts.map((alert) => Object.fromEntries(toldOutside.map((field) => [field, alert[field]])));
    return JSON.stringify({ version: 1, sender: sender.id, why, route: route.id, group, alerts: said });
  }

  #delivery(id: string, body: string, now: EpochMs): Delivery {
    const { secret, url, format } = this.#settings;
    const signature = secret === null ? null : createHmac('sha256', secret).update(`${now}.${body}`).digest('hex');
    return {
      url,
      headers: {
        'content-type': `application/${format === 'cap' ? 'cap+xml' : 'json'}; charset=utf-8`,
        'taodu-delivery': id,
        ...(signature === null ? {} : { 'taodu-signature': `t=${now},v1=${signature}` }),
      },
      body,
    };
  }
}

/** A receiver that is busy or broken may mend; one that says no means it, and one that sends elsewhere is not followed. */
function outcomeOf(result: PostResult): 'sent' | 'later' | 'refused' {
  if ('failed' in result) return result.failed === 'refused-address' ? 'refused' : 'later';
  const { status } = result;
  if (status >= 200 && status < 300) return 'sent';
  return status === 408 || status === 425 || status === 429 || status >= 500 ? 'later' : 'refused';
}
