import { createHmac } from 'node:crypto';
import { get, type IncomingHttpHeaders } from 'node:http';
import { silentLog, type Log } from '../../../main/contract/log.ts';
import { WebSocket } from 'ws';
import { decodeRecord, encodeAsk, type FetchRecord } from '../../wire/fetch-record.ts';
import type { StreamConfig, WallAsk, WallEvent } from '../../wire/wall-ask.ts';
import { decodeRecords, recordType, wallProtocol, type WallRecord } from '../../wire/wall-record.ts';
import type { LeaseOrder, MediaRelay, RelayEvent } from '../media-relay.ts';
import { createRelayClient } from '../relay-client.ts';
import { serveRelay, type RelayServer, type RelayServerOptions } from '../relay-server.ts';
import { FakeMuxer } from './fake-muxer.ts';
import { lenientQuarantine, roomyStarts } from './roomy-limits.ts';
import { scriptedSources } from './scripted-source.ts';
import { ShiftedClock } from './shifted-clock.ts';

export const secret = Buffer.alloc(32, 5);
export const pageOrigin = 'http://127.0.0.1:8600';

/** A relay on a free port with sources that do what the test says. */
export async function runningRelay(options: Partial<RelayServerOptions> & { clock?: ShiftedClock } = {}) {
  const clock = options.clock ?? new ShiftedClock();
  const sources = scriptedSources();
  const server = await serveRelay({
    host: '127.0.0.1',
    port: 0,
    key: secret,
    lingerMs: 60_000,
    watchdogMs: 8_000,
    maxPaths: 64,
    maxLeases: 256,
    openSource: sources.openSource,
    starts: roomyStarts,
    quarantine: lenientQuarantine,
    createHls: () => new FakeMuxer(),
    log: silentLog,
    ...options,
    clock,
  });
  return { ...sources, clock, server, url: `http://127.0.0.1:${server.port}` };
}

/** The hub's side, with everything it heard and a way to wait for more. */
export function runningHub(url: string, options: { epoch?: number; log?: Log; key?: Buffer; publicUrl?: string } = {}) {
  const relay = createRelayClient({
    url,
    key: (options.key ?? secret).toString('base64'),
    clock: new ShiftedClock(),
    log: options.log ?? silentLog,
    ...(options.epoch === undefined ? {} : { epoch: options.epoch }),
    ...(options.publicUrl === undefined ? {} : { publicUrl: options.publicUrl }),
  });
  relay.allowOrigins([pageOrigin]);
  const events: RelayEvent[] = [];
  const waits = new Set<() => void>();
  relay.on((event) => {
    events.push(event);
    for (const wait of waits) wait();
  });
  /** The first event from number `from` on that fits. */
  const heard = <E extends RelayEvent>(fits: (event: RelayEvent) => event is E, from = 0): Promise<E> =>
    new Promise((resolve) => {
      const look = () => {
        const found = events.slice(from).find(fits);
        if (!found) return;
        waits.delete(look);
        resolve(found);
      };
      waits.add(look);
      look();
    });
  const kind =
    <K extends RelayEvent['kind']>(wanted: K, also: (event: Extract<RelayEvent, { kind: K }>) => boolean = () => true) =>
    (event: RelayEvent): event is Extract<RelayEvent, { kind: K }> =>
      event.kind === wanted && also(event as Extract<RelayEvent, { kind: K }>);
  return { relay, events, heard, kind };
}

export const orderOf = (leaseId: string, cameraId = 'c1'): LeaseOrder => ({
  leaseId,
  cameraId,
  profile: 'sub',
  source: { kind: 'rtsp', url: 'rtsp://admin:hunter2@10.0.0.1/ch1' },
  decodes: ['h264'],
  holder: 'session-1',
});

export const openTarget = (relay: MediaRelay, leaseId: string, now = Date.now()): string =>
  `/hls/open.m3u8?ticket=${relay.ticket(leaseId, now).ticket}`;

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly code: string | null;
}

/** A request with exactly these headers: `fetch` would set Host and Origin by itself. */
export function ask(url: string, options: { method?: string; headers?: Record<string, string> } = {}): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const request = get(url, { method: options.method ?? 'GET', headers: options.headers ?? {}, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const body = Buffer.concat(chunks);
        const isError = (response.headers['content-type'] ?? '').startsWith('application/json') && body.length > 0;
        const said = isError ? (JSON.parse(body.toString()) as { error?: { code: string } }) : {};
        resolve({ status: response.statusCode!, headers: response.headers, body, code: said.error?.code ?? null });
      });
      response.on('error', reject);
    });
    request.on('error', reject);
  });
}

/** The metrics as numbers by name with labels. */
export async function metricsOf(url: string): Promise<Record<string, number>> {
  const token = createHmac('sha256', secret).update('metrics').digest('hex');
  const answer = await ask(`${url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
  return Object.fromEntries(
    answer.body
      .toString()
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => [line.slice('taodu_relay_'.length, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
}

/** Asks again until it holds; a relay answers within milliseconds. */
export async function until(probe: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await probe())) await new Promise((done) => setTimeout(done, 10));
}

/** A page's socket. */
export async function pageSocket(server: RelayServer, origin: string | null = pageOrigin) {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/socket`, origin === null ? {} : { origin });
  const closed = new Promise<{ code: number }>((done) => socket.on('close', (code) => done({ code })));
  const answers = new Map<number, (record: FetchRecord) => void>();
  socket.on('message', (data: Buffer) => {
    const record = decodeRecord(data);
    if (!record.ok) throw new Error(record.error);
    answers.get(record.value.id)?.(record.value);
  });
  await new Promise<void>((open, failed) => {
    socket.on('open', open);
    socket.on('error', failed);
  });
  let lastId = 0;
  return {
    socket,
    closed,
    get(path: string): Promise<FetchRecord> & { id: number } {
      lastId += 1;
      const id = lastId;
      const answer = new Promise<FetchRecord>((done) => answers.set(id, done));
      socket.send(encodeAsk({ op: 'get', id, path }));
      return Object.assign(answer, { id });
    },
    cancel: (id: number) => socket.send(encodeAsk({ op: 'cancel', id })),
  };
}

/** A page's wall socket. `credits`: whether it says at once that everything is worked off. */
export async function wallSocket(server: RelayServer, options: { origin?: string; credits?: boolean } = {}) {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/socket`, wallProtocol, { origin: options.origin ?? pageOrigin });
  const closed = new Promise<{ code: number }>((done) => socket.on('close', (code) => done({ code })));
  const records: WallRecord[] = [];
  const heard = { messages: 0, bytes: 0 };
  socket.on('message', (data: Buffer) => {
    const decoded = decodeRecords(new Uint8Array(data));
    if (!decoded.ok) throw new Error(decoded.error);
    records.push(...decoded.value);
    heard.messages += 1;
    heard.bytes += data.length;
    if (options.credits ?? true) say({ op: 'credit', bytes: heard.bytes });
  });
  await new Promise<void>((open, failed) => {
    socket.on('open', open);
    socket.on('error', failed);
  });
  const say = (ask: WallAsk) => socket.send(JSON.stringify(ask));
  const of = (id: number, ...types: readonly number[]) =>
    records.filter((one) => one.subscription === id && (types.length === 0 || types.includes(one.type)));
  return {
    socket,
    closed,
    records,
    heard,
    say,
    sub: (id: number, ticket: string, more: Partial<Extract<WallAsk, { op: 'sub' }>> = {}) =>
      say({ op: 'sub', id, ticket, mode: 'full', format: 'annexb', audio: false, ...more }),
    /** Everything said so far was heard: a pong comes after it. */
    settled: () =>
      new Promise<void>((done) => {
        socket.once('pong', () => done());
        socket.ping();
      }),
    /** Everything that came for a subscription, of these types if any are named. */
    of,
    pictures: (id: number) => of(id, recordType.video),
    config: (id: number) => of(id, recordType.config).map((one) => JSON.parse(Buffer.from(one.payload).toString()) as StreamConfig),
    events: (id: number) => of(id, recordType.event).map((one) => JSON.parse(Buffer.from(one.payload).toString()) as WallEvent),
  };
}
