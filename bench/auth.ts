import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { io, type Socket } from 'socket.io-client';
import { z } from 'zod';
import { startHub, type RunningHub } from '../e2e/start-hub.ts';
import { configSchema } from '../main/config/config.ts';
import { defineCommand, type AnyCommand, type CommandHandler } from '../main/contract/define-command.ts';
import type { SessionId, UserId } from '../main/contract/ids.ts';
import { silentLog } from '../main/contract/log.ts';
import { rolePermissions } from '../main/contract/permissions.ts';
import type { Principal } from '../main/contract/principal.ts';
import { protocolVersion, type ClientToHub, type CommandReply, type HubToClient } from '../main/contract/protocol.ts';
import { ok } from '../main/contract/result.ts';
import { wholeCity } from '../main/contract/scope.ts';
import { createAuditLog } from '../main/hub/audit/audit-log.ts';
import { createCommandGateway, type Caller } from '../main/hub/commands/command-gateway.ts';
import { openLedger } from '../main/hub/ledger/open-ledger.ts';
import { systemClock } from '../main/supervision/system-clock.ts';
import { secondsOf } from './cpu-meter.ts';
import { endChild, startChild } from './peers/child.ts';
import { atLeast, atMost, percentile, printReport } from './report.ts';
import { nothingKnown } from '../main/hub/testdata/nothing-known.ts';

/**
 * What it costs that every command is authorised and on record. `--rate 1020 --seconds 20`: so many commands a second, four of five of them
 * changes that are audited and stored, from `--users 20` people with a socket each, whether the hub keeps up or not; then as many as it can. Peer, in the
 * same run: a hand-written service that stores the same arguments with one INSERT each. And by itself, in this process: a command that does
 * nothing, through the gateway and without it.
 */
const option = (name: string, otherwise: number) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
};
const rate = option('rate', 1020);
const seconds = option('seconds', 20);
const rushSeconds = option('rush', 5);
const users = option('users', 20);
/** Of each ten commands; the others look something up. */
const changesOfTen = 8;
/** How many commands one person has under way when as many are sent as are answered. */
const atOnce = 4;
/** A command that is answered later than this is lost. */
const answeredWithinMs = 20_000;
/** The delay of the loop is told with the time between two looks at it (`perf_hooks`). */
const lookEveryMs = 10;

const note = (text: string) => process.stderr.write(`auth bench: ${text}\n`);
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));
const round = (value: number | null, digits = 2) => (value === null ? null : Math.round(value * 10 ** digits) / 10 ** digits);

/** Somebody who can be asked; rejects when he refuses. */
interface Service {
  /** `number` counts the commands of this user. */
  ask(user: number, number: number): Promise<void>;
  /** CPU seconds it has used so far. */
  usedS(): Promise<number>;
  /** p99 of the delay of its loop since it was last asked, as it tells it. */
  loopDelayP99Ms(): Promise<number>;
}

interface Load {
  readonly offered: number;
  readonly answered: number;
  readonly failed: number;
  readonly seconds: number;
  readonly latenciesMs: readonly number[];
  readonly cpuS: number;
  readonly generatorCpuS: number;
  readonly loopDelayP99Ms: number;
}

const ownCpuS = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

async function measured(service: Service, send: (ask: (user: number) => Promise<void>) => Promise<void>): Promise<Load> {
  const latenciesMs: number[] = [];
  const numbers = Array.from({ length: users }, () => 0);
  let offered = 0;
  let failed = 0;
  await service.loopDelayP99Ms();
  const [cpuBefore, ownBefore, from] = [await service.usedS(), ownCpuS(), performance.now()];
  await send(async (user) => {
    offered += 1;
    const at = performance.now();
    numbers[user]! += 1;
    try {
      await service.ask(user, numbers[user]!);
      latenciesMs.push(performance.now() - at);
    } catch (error) {
      if (failed === 0) note(String(error));
      failed += 1;
    }
  });
  const took = (performance.now() - from) / 1000;
  return {
    offered,
    answered: latenciesMs.length,
    failed,
    seconds: took,
    latenciesMs,
    cpuS: (await service.usedS()) - cpuBefore,
    generatorCpuS: ownCpuS() - ownBefore,
    loopDelayP99Ms: Math.max(0, (await service.loopDelayP99Ms()) - lookEveryMs),
  };
}

/** So many commands a second, each user in turn, whether those before are answered or not. */
async function steady(ask: (user: number) => Promise<void>): Promise<void> {
  const all: Promise<void>[] = [];
  const from = performance.now();
  const total = rate * seconds;
  while (all.length < total) {
    const due = Math.min(total, Math.floor(((performance.now() - from) / 1000) * rate));
    while (all.length < due) all.push(ask(all.length % users));
    await pause(4);
  }
  await Promise.all(all);
}

/** As many as are answered. */
async function rush(ask: (user: number) => Promise<void>): Promise<void> {
  const end = performance.now() + rushSeconds * 1000;
  const worker = async (user: number) => {
    while (performance.now() < end) await ask(user);
  };
  await Promise.all(Array.from({ length: users * atOnce }, (_, index) => worker(index % users)));
}

const sceneOf = (number: number) => ({
  kind: 'grid',
  rows: 1,
  cols: 2,
  tiles: [{ panel: 'clock' }, { panel: 'note', text: `row ${number}` }],
});
const isChange = (number: number) => number % 10 < changesOfTen;

/** Twenty operators, each with a session, a socket and a layout of his own. */
async function hubService(hub: RunningHub): Promise<{ readonly service: Service; end(): void }> {
  const post = async <T>(name: string, args: object, token?: string): Promise<T> => {
    const answer = await fetch(`${hub.listening}/api/commands/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify(args),
    });
    if (!answer.ok) throw new Error(`${name}: ${await answer.text()}`);
    return (await answer.json()) as T;
  };
  const sockets: Socket<HubToClient, ClientToHub>[] = [];
  const layouts: string[] = [];
  const run = (user: number, name: string, args: object) =>
    new Promise<CommandReply>((done, failed) => {
      sockets[user]!.timeout(answeredWithinMs).emit('command', { name, args }, (error: Error | null, reply: CommandReply) =>
        error ? failed(error) : done(reply),
      );
    });
  for (let user = 0; user < users; user += 1) {
    const [name, first, next] = [`bench-${user}`, 'First-Shift-4711', 'Second-Shift-4712'];
    await hub.command('user.upsert', { name, roles: ['operator'], password: first });
    const { token } = await post<{ token: string }>('session.login', { user: name, password: first });
    await post('session.password', { current: first, next }, token);
    const socket: Socket<HubToClient, ClientToHub> = io(hub.listening, {
      transports: ['websocket'],
      forceNew: true,
      auth: { protocol: protocolVersion, token },
    });
    await new Promise<void>((done, failed) => {
      socket.once('welcome', () => done());
      socket.once('connect_error', failed);
    });
    sockets.push(socket);
    const made = await run(user, 'layout.save', { name: `layout ${user}`, scene: sceneOf(0) });
    if (!('result' in made)) throw new Error(`layout.save: ${JSON.stringify(made)}`);
    layouts.push((made.result as { layoutId: string }).layoutId);
  }
  const pid = await hub.child('hub.js');
  return {
    service: {
      async ask(user, number) {
        const answer = isChange(number)
          ? await run(user, 'layout.save', { layoutId: layouts[user], name: `layout ${user}`, scene: sceneOf(number) })
          : await run(user, 'session.who', {});
        if (!('result' in answer)) throw new Error(`refused: ${JSON.stringify(answer)}`);
      },
      usedS: async () => secondsOf(String(pid)),
      async loopDelayP99Ms() {
        return (await hub.metrics())['nodejs_eventloop_lag_p99_seconds']! * 1000;
      },
    },
    end() {
      for (const socket of sockets) socket.disconnect();
    },
  };
}

async function plainService(): Promise<{ readonly service: Service; end(): Promise<void> }> {
  const { child, line } = await startChild([resolve(import.meta.dirname, 'peers', 'plain-service.ts'), String(users)]);
  const { port, tokens } = JSON.parse(line) as { port: number; tokens: string[] };
  const agent = new Agent({ keepAlive: true, maxSockets: users * atOnce });
  const ask = (method: string, path: string, token = '', body?: object) =>
    new Promise<string>((done, failed) => {
      const bytes = body === undefined ? undefined : JSON.stringify(body);
      const headers = {
        authorization: `Bearer ${token}`,
        ...(bytes !== undefined && { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(bytes)) }),
      };
      const request = httpRequest({ host: '127.0.0.1', port, method, path, agent, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => (response.statusCode === 200 ? done(text) : failed(new Error(`${response.statusCode} ${text}`))));
        response.on('error', failed);
      });
      request.on('error', failed);
      request.end(bytes);
    });
  return {
    service: {
      async ask(user, number) {
        const token = tokens[user]!;
        if (isChange(number)) await ask('POST', '/api/commands/layout.save', token, { name: `layout ${user}`, scene: sceneOf(number) });
        else await ask('POST', '/api/commands/session.who', token, {});
      },
      usedS: async () => secondsOf(String(child.pid)),
      loopDelayP99Ms: async () => (JSON.parse(await ask('GET', '/figures')) as { p99Ms: number }).p99Ms,
    },
    async end() {
      agent.destroy();
      await endChild(child);
    },
  };
}

/** A command that does nothing, on a real disk: what the gateway adds to it. */
async function inProcess(count: number) {
  const folder = mkdtempSync(join(tmpdir(), 'taodu-auth-'));
  const config = configSchema.parse({});
  const ledger = openLedger(folder, { changesKept: config.ledger.changesKept, clock: systemClock, log: silentLog });
  try {
    const definition = defineCommand({
      name: 'bench.nothing',
      summary: '',
      args: z.object({ text: z.string() }).strict(),
      result: z.object({}),
      permission: 'layout.edit',
      scopeOf: () => [],
      risk: 'routine',
      audit: 'two-rows',
      deadlineMs: 3000,
    });
    const handler: CommandHandler<AnyCommand> = () => ok({ result: {} });
    const gateway = createCommandGateway({
      ledger,
      audit: createAuditLog(ledger.database, systemClock),
      handlers: { [definition.name]: handler },
      lookup: nothingKnown,
      callerNow: (admitted) => admitted,
      requesterNow: () => undefined,
      clock: systemClock,
      log: silentLog,
      definitions: [definition],
    });
    const principal: Principal = {
      sessionId: 'session' as SessionId,
      userId: 'user' as UserId,
      name: 'bench',
      roles: ['operator'],
      permissions: new Set(rolePermissions.operator),
      scope: wholeCity,
      screen: null,
      barrier: null,
    };
    const caller: Caller = { principal, from: { door: 'internal', address: '127.0.0.1', workstation: null } };
    const timed = async (work: (index: number) => unknown) => {
      const [wall, cpu] = [performance.now(), ownCpuS()];
      for (let index = 0; index < count; index += 1) await work(index);
      return { wallUs: ((performance.now() - wall) * 1000) / count, cpuUs: ((ownCpuS() - cpu) * 1e6) / count };
    };
    const through = async (index: number) => {
      const answer = await gateway.execute({ name: definition.name, args: { text: `row ${index}` } }, caller);
      if (!answer.ok) throw new Error(answer.error.code);
    };
    const context = {} as Parameters<typeof handler>[1];
    for (let index = 0; index < 200; index += 1) await through(index);
    const gatewayed = await timed(through);
    const bare = await timed((index) => handler({ text: `row ${index}` }, context));
    const rows = ledger.database.prepare('SELECT count(*) FROM audit').pluck().get() as number;
    if (rows !== (count + 200) * 2) throw new Error(`${rows} audit rows`);
    return { wallUs: gatewayed.wallUs - bare.wallUs, cpuUs: gatewayed.cpuUs - bare.cpuUs };
  } finally {
    ledger.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const figuresOf = ({ answered, failed, seconds: took, latenciesMs, cpuS, generatorCpuS, loopDelayP99Ms }: Load, most: Load) => ({
  commands_per_s: round(answered / took, 1),
  failed,
  latency_p50_ms: round(percentile(latenciesMs, 0.5)),
  latency_p99_ms: round(percentile(latenciesMs, 0.99)),
  loop_delay_p99_ms: round(loopDelayP99Ms),
  cpu_us_per_command: round((cpuS * 1e6) / answered, 0),
  cpu_load_generator_us_per_command: round((generatorCpuS * 1e6) / answered, 0),
  most_commands_per_s: round(most.answered / most.seconds, 0),
});

note('a command that does nothing, in this process');
const alone = await inProcess(2000);

note('starting the hub');
const hub = await startHub({ demo: false });
let ours: ReturnType<typeof figuresOf>;
try {
  const { service, end } = await hubService(hub);
  await measured(service, rush);
  note(`${rate} commands a second for ${seconds} s`);
  const load = await measured(service, steady);
  note('as many as are answered');
  ours = figuresOf(load, await measured(service, rush));
  end();
} finally {
  await hub.stop();
}

note('the same for the peer');
const plain = await plainService();
let peer: ReturnType<typeof figuresOf>;
try {
  await measured(plain.service, rush);
  const load = await measured(plain.service, steady);
  peer = figuresOf(load, await measured(plain.service, rush));
} finally {
  await plain.end();
}

const ratioOf = (key: 'cpu_us_per_command' | 'latency_p99_ms' | 'most_commands_per_s') =>
  ours[key] !== null && peer[key] ? round(ours[key] / peer[key]) : null;
printReport({
  bench: 'auth',
  ours: {
    offered_commands_per_s: rate,
    ...ours,
    authorise_and_audit_us_per_command: round(alone.wallUs, 0),
    authorise_and_audit_cpu_us_per_command: round(alone.cpuUs, 0),
  },
  peer: { name: 'fastify and better-sqlite3, one plain INSERT a command (WAL, FULL)', ...peer },
  ratio: {
    cpu_us_per_command: ratioOf('cpu_us_per_command'),
    latency_p99_ms: ratioOf('latency_p99_ms'),
    most_commands_per_s: ratioOf('most_commands_per_s'),
  },
  goals: [
    atLeast('commands_per_s', 1000, ours.failed === 0 ? ours.commands_per_s : null),
    atMost('hub_loop_delay_p99_ms', 20, ours.loop_delay_p99_ms),
  ],
});
