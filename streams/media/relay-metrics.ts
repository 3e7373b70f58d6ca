import { pathState } from '../contract.ts';
import { subscriptionModes } from '../wire/wall-ask.ts';
import type { RelayCore } from './relay-core.ts';
import type { WallDoor } from './wall-door.ts';
import type { WorkerDoor } from './workers/worker-door.ts';
import { workerName } from './workers/worker-protocol.ts';

/** Prometheus text of what the relay does and holds. */
export function relayMetrics(
  core: RelayCore,
  now: {
    readonly heldRequests: number;
    readonly sockets: number;
    readonly walls: Pick<WallDoor, 'open' | 'subscriptions'>;
    readonly hub: boolean;
    readonly publishers: number;
    readonly workerDoor: Pick<WorkerDoor, 'workers' | 'counters'> | null;
  },
): string {
  const entries = core.entries();
  const { counters } = core;
  const outputsOf = (entry: (typeof entries)[number]) => [...entry.outputs.values()];
  const sum = (of: (entry: (typeof entries)[number]) => number) => entries.reduce((total, entry) => total + of(entry), 0);
  const lines: string[] = [];
  const metric = (
    type: 'counter' | 'gauge',
    name: string,
    help: string,
    samples: readonly (readonly [labels: string, value: number])[],
  ) => {
    lines.push(`# HELP taodu_relay_${name} ${help}`, `# TYPE taodu_relay_${name} ${type}`);
    for (const [labels, value] of samples) lines.push(`taodu_relay_${name}${labels} ${value}`);
  };
  const gauge = (name: string, help: string, value: number) => metric('gauge', name, help, [['', value]]);
  const counter = (name: string, help: string, value: number) => metric('counter', `${name}_total`, help, [['', value]]);

  metric(
    'gauge',
    'paths',
    'Camera profiles by state.',
    pathState.options.map((state) => [`{state="${state}"}`, entries.filter((entry) => entry.path.state === state).length]),
  );
  gauge('leases', 'Leases that the hub ordered.', core.leases().length);
  gauge('playbacks', 'Viewers playing.', core.playbackCount);
  gauge('held_requests', 'Requests waiting for a part that does not exist yet.', now.heldRequests);
  gauge('sockets', 'Open WebSockets of pages.', now.sockets);
  gauge('wall_sockets', 'Open wall sockets of pages.', now.walls.open);
  metric(
    'gauge',
    'wall_subscriptions',
    'Subscriptions at wall sockets by mode.',
    subscriptionModes.map((mode) => [`{mode="${mode}"}`, now.walls.subscriptions(mode)]),
  );
  gauge('hub_connected', 'Whether a hub is connected.', now.hub ? 1 : 0);
  gauge('start_queue', 'Sources that wait for their turn to start.', core.queueLength);
  gauge('opening', 'Sources being opened that do not send yet.', core.openingCount);
  gauge(
    'quarantined',
    'Camera profiles left alone because they flap.',
    sum((entry) => (entry.path.isQuarantined ? 1 : 0)),
  );
  gauge('publishers', 'Cameras that push.', now.publishers);
  const workers = workerName.options.map((name) => [name, now.workerDoor?.workers.state(name) ?? null] as const);
  metric(
    'gauge',
    'worker_connected',
    'Whether a worker is at work.',
    workers.map(([name, state]) => [`{worker="${name}"}`, state ? 1 : 0]),
  );
  const of = (kind: 'pulls' | 'taps' | 'transcodes') => workers.reduce((total, [, state]) => total + (state?.[kind] ?? 0), 0);
  gauge('pulls', 'Sources that FFmpeg opens.', of('pulls'));
  gauge('taps', 'Pushed streams that are watched.', of('taps'));
  gauge('transcodes', 'Streams being transcoded.', of('transcodes'));
  gauge(
    'ring_bytes',
    'Bytes of access units kept to start viewers with.',
    sum((entry) => entry.path.heldBytes),
  );
  gauge(
    'hls_bytes',
    'Bytes of HLS parts and segments.',
    sum((entry) => outputsOf(entry).reduce((total, output) => total + output.stream.heldBytes, 0)),
  );
  counter('source_runs', 'Starts of a source.', counters.sourceRuns + sum((entry) => entry.path.runs));
  counter(
    'dropped_units',
    'Units not kept for later viewers: their GOP was too large.',
    counters.droppedUnits + sum((entry) => entry.path.droppedUnits),
  );
  counter('skipped_units', 'Units before the first key picture of a run.', counters.skippedUnits + sum((entry) => entry.path.skippedUnits));
  counter('requests', 'Requests for HLS resources.', counters.requests);
  counter('sent_bytes', 'Bytes of HLS bodies sent.', counters.bytesOut);
  counter('playbacks_opened', 'Playbacks opened with a ticket.', counters.playbacksOpened);
  counter('tickets_refused', 'Tickets forged, expired or used before.', counters.ticketsRefused);
  counter('held_refused', 'Requests refused because too many waited.', counters.heldRefused);
  counter('slow_sockets', 'WebSockets closed because their page did not read.', counters.slowSockets);
  counter('wall_records', 'Records sent at wall sockets.', counters.wallRecords);
  counter('wall_sent_bytes', 'Bytes of records sent at wall sockets.', counters.wallBytes);
  counter('wall_messages', 'Messages that the records were sent in.', counters.wallMessages);
  counter('wall_bursts', 'Kept pictures that subscriptions began with.', counters.wallBursts);
  metric(
    'counter',
    'wall_dropped_records_total',
    'Records left out because a page or its line did not keep up.',
    Object.entries(counters.wallDrops).map(([reason, count]) => [`{reason="${reason}"}`, count]),
  );
  counter('origins_refused', 'Requests refused for their Host or Origin.', counters.originsRefused);
  counter('control_refused', 'Control connections without proof of the key.', counters.controlRefused);
  counter('budgets_refused', 'Sources told to wait because their host or line is full.', counters.budgetsRefused);
  counter('quarantines', 'Times that a flapping camera was left alone.', counters.quarantines);
  counter('logins_refused', 'Logins that cameras refused.', counters.loginsRefused);
  counter('lost_packets', 'Gaps in RTP sequence numbers that nothing filled.', counters.packetsLost);
  counter('probes', 'Cameras asked whether they are there.', counters.probes);
  const door = now.workerDoor?.counters;
  counter('workers_refused', 'Connections that were no workers.', door?.refused ?? 0);
  counter('workers_cut', 'Workers cut off because they flooded or did not answer.', door?.cut ?? 0);
  counter('worker_dropped_units', 'Units left out because a worker did not keep up.', door?.droppedUnits ?? 0);
  counter('idle_leases', 'Leases ended because nobody used them.', counters.leasesIdle);
  return `${lines.join('\n')}\n`;
}
