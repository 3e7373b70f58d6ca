import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createAlerts, createWebhookTo, type Alerts, type Route, type Rule } from '../../../alerts/index.ts';
import type { Config } from '../../config/config.ts';
import { problem, ProblemError } from '../../contract/errors.ts';
import type { Log } from '../../contract/log.ts';
import type { Clock } from '../../contract/time.ts';
import type { FeedStatus } from '../../../streams/feed-contract.ts';
import type { SqliteLedger } from '../ledger/open-ledger.ts';
import type { MetricSource } from '../gateway/metrics.ts';
import type { FlushedValues } from '../readings/latest-values.ts';
import { createAlertHistory } from './alert-history.ts';
import { createAlertOutbox } from './alert-outbox.ts';

/** The room of alerts with what it needs of the hub: its history, how feeds are, and who is told beyond the house. */
export interface AlertRoom extends Alerts {
  readonly metrics: readonly MetricSource[];
}

/** @throws ProblemError `config-invalid` for a secret that cannot be read */
export function createAlertRoom(deps: {
  readonly ledger: SqliteLedger;
  readonly latest: Pick<FlushedValues, 'get'>;
  readonly rules: readonly Rule[];
  readonly config: Config['alerts'];
  readonly clock: Clock;
  readonly log: Log;
}): AlertRoom {
  const { ledger, latest, rules, config, clock, log } = deps;
  const receivers = config.webhooks.map(({ name, url, secretFile, format, atLeast }, index) =>
    createWebhookTo(
      {
        name,
        url: new URL(url),
        secret: secretFile === undefined ? null : secretOf(secretFile, index),
        format,
        atLeast,
        sender: { id: config.sender, name: config.sender },
      },
      { clock, log, networks: config.networks },
    ),
  );
  const everything: Route = {
    id: 'desk',
    match: [],
    groupBy: config.groupBy,
    receivers: receivers.map(({ name }) => name),
  };
  const alerts = createAlerts({
    ledger,
    transact: (write, alongside) => void ledger.transact(write, alongside),
    history: createAlertHistory(ledger),
    outbox: createAlertOutbox(ledger),
    clock,
    log,
    rules,
    feedState: (id) => (latest.get('feeds', id)?.['status'] as FeedStatus | undefined)?.state ?? null,
    receivers,
    settings: { groupWaitMs: config.groupWaitSeconds * 1000, routes: [everything] },
    newId: randomUUID,
  });
  const sum = (figure: 'sent' | 'waiting' | 'dropped' | 'kept') => receivers.reduce((total, { figures }) => total + figures[figure], 0);

  return Object.assign(alerts, {
    metrics: [
      { name: 'taodu_alerts', help: 'Alerts that are active or wait for somebody.', kind: 'gauge', read: () => alerts.figures.active },
      {
        name: 'taodu_alerts_dropped_total',
        help: 'Alerts that found no room, or gave theirs to worse ones.',
        kind: 'counter',
        read: () => alerts.figures.dropped + alerts.figures.signalsDropped,
      },
      {
        name: 'taodu_alert_floods',
        help: 'Routes with more alerts than somebody can read.',
        kind: 'gauge',
        read: () => alerts.figures.flooded,
      },
      {
        name: 'taodu_alert_rule_states',
        help: 'Pairs of a rule and a thing that something is remembered of.',
        kind: 'gauge',
        read: () => alerts.figures.engine.states,
      },
      {
        name: 'taodu_alert_rule_states_refused_total',
        help: 'Such pairs that found no room.',
        kind: 'counter',
        read: () => alerts.figures.engine.statesRefused,
      },
      { name: 'taodu_alerts_sent_total', help: 'Messages of alerts that receivers took.', kind: 'counter', read: () => sum('sent') },
      { name: 'taodu_alerts_unsent', help: 'Messages of alerts that wait for receivers.', kind: 'gauge', read: () => sum('waiting') },
      {
        name: 'taodu_alerts_given_up_total',
        help: 'Messages of alerts that no receiver took.',
        kind: 'counter',
        read: () => sum('dropped'),
      },
      {
        name: 'taodu_alerts_kept_in_total',
        help: 'Exercises and simulated alerts that receivers were not told of.',
        kind: 'counter',
        read: () => sum('kept'),
      },
    ] satisfies MetricSource[],
  });
}

function secretOf(file: string, index: number): string {
  try {
    const secret = readFileSync(file, 'utf8').trim();
    if (secret !== '') return secret;
  } catch {
    // told below, like an empty one
  }
  throw new ProblemError(
    problem('config-invalid', { file: null, key: `alerts.webhooks.${index}.secretFile`, message: `${file} holds no secret`, line: null }),
  );
}
