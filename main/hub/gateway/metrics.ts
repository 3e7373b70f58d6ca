import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { commands } from '../../contract/catalog.ts';
import type { CommandGateway } from '../commands/command-gateway.ts';

/** One number of the hub: read when somebody asks. */
export interface MetricSource {
  readonly name: string;
  readonly help: string;
  readonly kind: 'gauge' | 'counter';
  /** Where there is one figure for each of several things: what tells them apart. */
  readonly label?: string;
  /** The figure; with a label the figure of each thing, by its name. */
  read(): number | Readonly<Record<string, number>>;
}

export interface Metrics {
  /** The gateway, with its commands counted and timed. */
  counted(gateway: CommandGateway): CommandGateway;
  add(source: MetricSource): void;
  /** Prometheus text exposition format. */
  text(): Promise<string>;
  readonly contentType: string;
}

/** Memory, CPU and event-loop delay belong to the process: they are watched once, however many hubs a test starts in it. */
let processRegistry: Registry | null = null;

function processMetrics(): Registry {
  if (!processRegistry) {
    processRegistry = new Registry();
    collectDefaultMetrics({ register: processRegistry });
  }
  return processRegistry;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  const names: ReadonlySet<string> = new Set(commands.map(({ name }) => name));
  const answered = new Counter({
    name: 'taodu_commands_total',
    help: 'Commands answered, by name and outcome (ok or error code).',
    labelNames: ['name', 'outcome'],
    registers: [registry],
  });
  const seconds = new Histogram({
    name: 'taodu_command_seconds',
    help: 'Time from receiving a command to its answer.',
    labelNames: ['name'],
    buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10],
    registers: [registry],
  });

  return {
    counted: (gateway) => ({
      async execute(request, caller) {
        // callers choose the name: only known ones become labels
        const name = names.has(request.name) ? request.name : 'unknown';
        const done = seconds.startTimer({ name });
        const answer = await gateway.execute(request, caller);
        done();
        answered.inc({ name, outcome: answer.ok ? 'ok' : answer.error.code });
        return answer;
      },
      start: () => gateway.start(),
      get inFlight() {
        return gateway.inFlight;
      },
      close: () => gateway.close(),
    }),
    add({ name, help, kind, label, read }) {
      const metric = kind === 'gauge' ? Gauge : Counter;
      new metric({
        name,
        help,
        labelNames: label === undefined ? [] : [label],
        registers: [registry],
        collect() {
          const found = read();
          const figures: readonly (readonly [Record<string, string>, number])[] =
            typeof found === 'number'
              ? [[{}, found]]
              : Object.entries(found).map(([thing, value]) => [{ [label ?? 'name']: thing }, value]);
          this.reset();
          for (const [labels, value] of figures) {
            if (this instanceof Gauge) this.set(labels, value);
            else this.inc(labels, value);
          }
        },
      });
    },
    text: async () => `${await processMetrics().metrics()}\n${await registry.metrics()}`,
    contentType: registry.contentType,
  };
}
