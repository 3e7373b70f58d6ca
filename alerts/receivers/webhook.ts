import { createHmac, randomUUID } from 'node:crypto';
import type { Log } from '../../main/contract/log.ts';
import type { Clock, EpochMs } from '../../main/contract/time.ts';
import type { Severity } from '../contract.ts';
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

/** Requests that may wait; the oldest go first. */
const waitingAtMost = 1000;
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
  readonly type: string;
  readonly body: string;
}

/**
 * Tells another system of alerts over HTTP, one request after the other, in order. What is not taken is tried again, later each time; what is refused for good, or too
 * often, is given up and counted. A request carries `taodu-delivery`, and with a secret `taodu-signature: t=<ms>,v1=<hex>`: HMAC-SHA-256 over `<ms>.<body>`.
 */
export function createWebhook(settings: WebhookSettings, deps: WebhookDeps): Receiver {
  return new Webhook(settings, deps);
}

class Webhook implements Receiver {
  readonly name: string;
  readonly figures = { sent: 0, waiting: 0, dropped: 0, kept: 0 };
  readonly #settings: WebhookSettings;
  readonly #deps: WebhookDeps;
  readonly #queue: Waiting[] = [];
  readonly #end = new AbortController();
  #running = false;
  #failing = false;

  constructor(settings: WebhookSettings, deps: WebhookDeps) {
    this.name = settings.name;
    this.#settings = settings;
    this.#deps = deps;
  }

  offer(told: Told): void {
    const severe = told.alerts.filter(({ severity }) => severityRank(severity) >= severityRank(this.#settings.atLeast));
    const outward = severe.filter(isOutward);
    this.figures.kept += severe.length - outward.length;
    if (outward.length === 0) return;
    for (const waiting of this.#written(told, outward)) this.#queue.push(waiting);
    while (this.#queue.length > waitingAtMost) this.#drop(1);
    this.figures.waiting = this.#queue.length;
    if (!this.#running && !this.#end.signal.aborted) void this.#run();
  }

  stop(): void {
    this.#end.abort();
  }

  #written({ why, route, group }: Told, alerts: readonly OutwardAlert[]): Waiting[] {
    if (this.#settings.format === 'cap')
      return alerts.map((alert) => ({
        id: randomUUID(),
        type: 'application/cap+xml',
        body: capDocument(alert, why, this.#settings.sender),
      }));
    const said = alerts.map((alert) => Object.fromEntries(toldOutside.map((field) => [field, alert[field]])));
    return [
      {
        id: randomUUID(),
        type: 'application/json',
        body: JSON.stringify({ version: 1, sender: this.#settings.sender.id, why, route: route.id, group, alerts: said }),
      },
    ];
  }

  async #run(): Promise<void> {
    this.#running = true;
    const { signal } = this.#end;
    let tries = 0;
    while (this.#queue.length > 0 && !signal.aborted) {
      const waiting = this.#queue[0]!;
      const result = await this.#deps.post(this.#delivery(waiting, this.#deps.clock.now()), signal);
      if (signal.aborted) break;
      // It may have gone for want of room while it was under way.
      const isThere = this.#queue[0] === waiting;
      const outcome = outcomeOf(result);
      if (outcome === 'sent') {
        this.figures.sent += 1;
        this.#failing = false;
        if (isThere) this.#queue.shift();
        tries = 0;
      } else {
        tries += 1;
        if (!this.#failing) this.#deps.log.warn({ receiver: this.name, ...result }, 'A receiver of alerts does not take what it is sent');
        this.#failing = true;
        if (outcome === 'refused' || tries >= triesAtMost) {
          if (isThere) this.#drop(1);
          tries = 0;
        } else await this.#deps.clock.sleep(Math.min(delayAtMostMs, firstDelayMs * 2 ** (tries - 1)), signal).catch(() => undefined);
      }
      this.figures.waiting = this.#queue.length;
    }
    this.#running = false;
  }

  #drop(count: number): void {
    this.figures.dropped += this.#queue.splice(0, count).length;
  }

  #delivery({ id, type, body }: Waiting, now: EpochMs): Delivery {
    const { secret, url } = this.#settings;
    const signature = secret === null ? null : createHmac('sha256', secret).update(`${now}.${body}`).digest('hex');
    return {
      url,
      headers: {
        'content-type': `${type}; charset=utf-8`,
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
