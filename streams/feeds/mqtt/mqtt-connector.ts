import { connect, type IPublishPacket, type MqttClient } from 'mqtt';
import { problem, ProblemError, type Problem } from '../../../main/contract/errors.ts';
import { ok } from '../../../main/contract/result.ts';
import type { MappingDocument } from '../mapping/mapping-document.ts';
import { nothingSaid, type FeedConnector, type FeedContext, type RecordReader } from '../feed-connector.ts';
import { takePatiently } from '../tcp/take-patiently.ts';
import { readRetained, retainedType } from './mark-retained.ts';
import { readTopic, topicType } from './mark-topic.ts';

/** Who reads the payloads, by what the feed's settings say they are. */
export interface PayloadReaders {
  mapping(mapping: MappingDocument): RecordReader;
  ngsi(): RecordReader;
  indicator(): RecordReader;
}

/** So long the broker keeps what comes while we are away. */
const sessionSeconds = 7 * 86_400;
/** Messages on their way into the journal at once; the broker sends no more before one is acknowledged. */
const inFlightAtMost = 256;
/** The broker keeps larger ones to itself. */
const packetBytesAtMost = 16 * 1024 * 1024;
const connectTimeoutMs = 10_000;
const keepaliveSeconds = 30;
/** PUBACK, and the reason in it for what can never be taken: payload format invalid (MQTT 5 clause 3.4.2.1). */
const puback = 0x40;
const payloadInvalid = 0x99;

/**
 * Topics of an MQTT 5 broker. We ask for delivery at least once and keep our session over restarts: a message is acknowledged once the journal has it, whatever was not is sent
 * again. One run is one connection; the supervisor makes the next.
 */
export const createMqttConnector = (readers: PayloadReaders): FeedConnector<'mqtt'> => ({
  kind: 'mqtt',
  reader({ payload, mapping }) {
    if (payload !== 'mapping') return readMessage(readers[payload]());
    if (!mapping) throw new ProblemError(problem('feed-settings-invalid', { at: 'mapping' }));
    return readMessage(readers.mapping(mapping));
  },
  run: listen,
});

/** A message without a payload says nothing: by it a sender has its broker forget what it kept (MQTT 5 clause 3.3.1.3). */
function readMessage(payload: RecordReader): RecordReader {
  const reader = readTopic(readRetained(payload));
  return {
    name: reader.name,
    read: (record) => (record.bytes.length === 0 ? ok(nothingSaid) : reader.read(record)),
  };
}

async function listen(context: FeedContext<'mqtt'>): Promise<void> {
  const { feedId, settings, signal } = context;
  const { protocol, hostname, port, username, password } = new URL(settings.url);
  const isTls = protocol === 'mqtts:';
  const client = connect({
    protocol: isTls ? 'mqtts' : 'mqtt',
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? (isTls ? 8883 : 1883) : Number(port),
    ...(username !== '' && { username: decodeURIComponent(username) }),
    ...(password !== '' && { password: decodeURIComponent(password) }),
    clientId: settings.clientId ?? `taodu-${feedId}`,
    protocolVersion: 5,
    clean: false,
    properties: { sessionExpiryInterval: sessionSeconds, receiveMaximum: inFlightAtMost, maximumPacketSize: packetBytesAtMost },
    keepalive: keepaliveSeconds,
    connectTimeout: connectTimeoutMs,
    // The supervisor connects again, so that no acknowledgement of one connection is ever sent over another.
    reconnectPeriod: 0,
    resubscribe: false,
    manualConnect: true,
  });
  const over = Promise.withResolvers<never>();
  // Whoever waits for it hears of it; afterwards nobody does.
  over.promise.catch(() => {});
  const fail = (cause: unknown) => over.reject(cause);
  const ended = () => fail(signal.reason);
  const line = new AcknowledgedLine(context, client, fail);
  client.handleMessage = (packet, done) => line.take(packet, done);
  client.on('error', (cause) => fail(new ProblemError(problemOf(cause))));
  client.on('disconnect', ({ reasonCode }) => fail(new ProblemError(problem('feed-refused', { status: reasonCode ?? 0 }))));
  client.on('close', () => fail(new ProblemError(problem('feed-unreachable', {}, 'the connection ended'))));
  signal.addEventListener('abort', ended, { once: true });
  try {
    if (signal.aborted) return;
    const connected = new Promise<void>((resolve) => client.once('connect', () => resolve()));
    client.connect();
    await Promise.race([connected, over.promise]);
    // Retained messages come when a subscription is new, and not once more after each restart.
    const subscribed = client.subscribeAsync(settings.topics, { qos: 1, rap: false, rh: 1 });
    const granted = await Promise.race([subscribed, over.promise]);
    const refused = granted.find(({ qos }) => qos >= 0x80);
    if (refused) throw new ProblemError(problem('feed-refused', { status: refused.qos }, `the broker refuses ${refused.topic}`));
    context.connected(1);
    await over.promise;
  } catch (cause) {
    if (!signal.aborted) throw cause;
  } finally {
    signal.removeEventListener('abort', ended);
    client.end(true);
    await line.idle();
    if (!signal.aborted) context.connected(0);
  }
}

/**
 * Takes messages and acknowledges each when the journal has it. The library waits with the next message until it has acknowledged the last, which would be one message a group of
 * the journal; so it is told that a message is not to be acknowledged, and the acknowledgement is written here.
 */
class AcknowledgedLine {
  readonly #context: FeedContext<'mqtt'>;
  readonly #client: MqttClient;
  readonly #fail: (cause: unknown) => void;
  readonly #works = new Set<Promise<void>>();
  #goOn: (() => void) | null = null;

  constructor(context: FeedContext<'mqtt'>, client: MqttClient, fail: (cause: unknown) => void) {
    this.#context = context;
    this.#client = client;
    this.#fail = fail;
  }

  take(packet: IPublishPacket, done: (error?: Error) => void): void {
    const work = this.#keep(packet).finally(() => {
      this.#works.delete(work);
      const goOn = this.#goOn;
      this.#goOn = null;
      goOn?.();
    });
    this.#works.add(work);
    // What the library hears as an error it does not acknowledge, and goes on.
    const goOn = () => (packet.qos === 0 ? done() : done(new Error('acknowledged when it is kept')));
    if (this.#works.size < inFlightAtMost) goOn();
    else this.#goOn = goOn;
  }

  /** Resolves when nothing is on its way any more. */
  async idle(): Promise<void> {
    await Promise.all(this.#works);
  }

  async #keep({ topic, payload, retain, qos, messageId, properties }: IPublishPacket): Promise<void> {
    const { clock } = this.#context;
    const contentType = properties?.contentType ?? null;
    const record = {
      bytes: typeof payload === 'string' ? Buffer.from(payload) : payload,
      contentType: topicType(retain ? retainedType(contentType) : contentType, topic),
      receivedAt: clock.now(),
      from: topic.slice(0, topicCharactersAtMost),
    };
    try {
      await takePatiently(this.#context, record);
      if (qos !== 0) this.#acknowledge(messageId!);
    } catch (cause) {
      // What no waiting mends would come again for ever.
      if (cause instanceof ProblemError && cause.problem.code === 'record-too-large' && qos !== 0)
        this.#acknowledge(messageId!, payloadInvalid);
      else this.#fail(cause);
    }
  }

  #acknowledge(id: number, reason?: number): void {
    const { stream } = this.#client;
    // What is not acknowledged comes again, and is known then.
    if (this.#context.signal.aborted || stream.destroyed) return;
    const number = [id >> 8, id & 0xff];
    stream.write(Buffer.from(reason === undefined ? [puback, 2, ...number] : [puback, 3, ...number, reason]));
  }
}

const topicCharactersAtMost = 512;

/** What is wrong with a connection: the broker's refusal has a code of 0x80 or more. */
function problemOf(cause: Error & { readonly code?: unknown }): Problem {
  const { code, message } = cause;
  if (typeof code === 'number' && code >= 0x80) return problem('feed-refused', { status: code }, message);
  return problem('feed-unreachable', {}, message);
}
