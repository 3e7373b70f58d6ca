import { pathState } from '../contract.ts';
import type { RelayCore } from './relay-core.ts';

/** Prometheus text of what the relay does and holds. */
export function relayMetrics(
  core: RelayCore,
  now: { readonly heldRequests: number; readonly sockets: number; readonly hub: boolean },
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
  gauge('hub_connected', 'Whether a hub is connected.', now.hub ? 1 : 0);
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
  counter('origins_refused', 'Requests refused for their Host or Origin.', counters.originsRefused);
  counter('control_refused', 'Control connections without proof of the key.', counters.controlRefused);
  counter('idle_leases', 'Leases ended because nobody used them.', counters.leasesIdle);
  return `${lines.join('\n')}\n`;
}
