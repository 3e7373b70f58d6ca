import { problem, type Problem } from '../../../main/contract/errors.ts';
import { nowhere, type Place } from '../../../main/contract/place.ts';
import { err, ok, type Result } from '../../../main/contract/result.ts';
import type { EpochMs } from '../../../main/contract/time.ts';
import { Jt808FrameReader } from '../../protocols/jt808/frame-reader.ts';
import { readMessage, type Jt808Message } from '../../protocols/jt808/message.ts';
import { isStatus, itemNumber, readPosition, readPositions, type Jt808Position } from '../../protocols/jt808/position.ts';
import { readRegistration } from '../../protocols/jt808/session.ts';
import { alarmBits, terminalMessages, type AlarmBit } from '../../protocols/jt808/tables.ts';
import type { AssetFact, EventFact, Fact, FeedSettings, ObservationFact } from '../../feed-contract.ts';
import type { ReadRecord, RecordReader } from '../feed-connector.ts';

export type Jt808Settings = Extract<FeedSettings, { kind: 'jt808' }>;

const problemsAtMost = 8;
const hourMs = 3_600_000;
/** Of several alarms at once the gravest is the state. */
const rank = { critical: 0, high: 1, medium: 2, low: 3 } as const;

/** Reads one message of a vehicle's terminal, in one frame or several (JT/T 808-2011, -2013, -2019). Its coordinates are WGS-84. */
export function createJt808Reader(settings: Jt808Settings): RecordReader {
  const vehicles = new Map(settings.vehicles.map((vehicle) => [vehicle.id.replace(/^0+(?=.)/, ''), vehicle]));

  const assetOf = (phone: string, more: Pick<AssetFact, 'name' | 'properties'> = { name: null, properties: {} }): AssetFact => {
    const vehicle = vehicles.get(phone);
    return {
      kind: 'asset',
      entity: phone,
      assetKind: vehicle?.assetKind ?? 'vehicle',
      name: vehicle?.name ?? more.name,
      place: vehicle?.place ?? nowhere,
      properties: { ...vehicle?.properties, ...more.properties },
    };
  };

  const factsOf = (message: Jt808Message, note: (why: Problem) => void): readonly Fact[] | 'ignored' => {
    const { id, phone, body, version } = message;
    if (message.encryption !== 0) {
      note(problem('record-unsupported', { what: 'encryption' }));
      return [];
    }
    if (id === 0x0100) {
      const read = readRegistration(body, version);
      if (!read.ok) {
        note(read.error);
        return [];
      }
      const { plate, plateColour, maker, model, terminal } = read.value;
      return [assetOf(phone, { name: plate.slice(0, 128) || null, properties: { plate, plateColour, maker, model, terminal } })];
    }
    const positions = positionsOf(message, note);
    if (positions === null) return 'ignored';
    const name = vehicles.get(phone)?.name ?? phone;
    const facts = positions.flatMap((position) => [...observationsOf(phone, position), ...eventsOf(phone, name, position)]);
    return facts.length > 0 ? [assetOf(phone), ...facts] : [];
  };

  return {
    name: 'jt808/1',
    read({ bytes }): Result<ReadRecord, Problem> {
      const problems: Problem[] = [];
      const note = (why: Problem) => {
        if (problems.length < problemsAtMost) problems.push(why);
      };
      const facts: Fact[] = [];
      let ignored = false;
      for (const message of messagesOf(bytes, note)) {
        const found = factsOf(message, note);
        if (found === 'ignored') ignored = true;
        else facts.push(...found);
      }
      const sourceAt = facts.reduce<EpochMs | null>((at, fact) => (fact.kind === 'observation' && fact.at !== null ? fact.at : at), null);
      if (facts.length > 0 || (ignored && problems.length === 0)) return ok({ facts, problems, sourceAt, ignored: facts.length === 0 });
      return err(problems[0] ?? problem('record-empty'));
    },
  };
}

/** The messages of a record; packets of one message are put together in their order, whatever is missing is told. */
function messagesOf(bytes: Uint8Array, note: (why: Problem) => void): Jt808Message[] {
  const reader = new Jt808FrameReader();
  const found = [...reader.push(bytes)];
  if (found.length === 0 || reader.garbageBytes > 0 || reader.held > 1) note(problem('record-malformed', { at: 'frame' }));
  const messages: Jt808Message[] = [];
  const split = new Map<string, Map<number, Jt808Message>>();
  for (const frame of found) {
    if (!frame.ok) {
      const { reason } = frame.error;
      note(
        reason === 'escape'
          ? problem('frame-malformed', { at: 'escape' })
          : problem(reason === 'checksum' ? 'frame-checksum' : 'frame-length'),
      );
      continue;
    }
    const read = readMessage(frame.value.body);
    if (!read.ok) {
      note(read.error);
      continue;
    }
    if (!read.value.split) {
      messages.push(read.value);
      continue;
    }
    const key = splitKey(read.value);
    const parts = split.get(key) ?? new Map<number, Jt808Message>();
    split.set(key, parts.set(read.value.split.index, read.value));
  }
  for (const parts of split.values()) {
    const inOrder = [...parts].sort(([a], [b]) => a - b).map(([, message]) => message);
    const first = inOrder[0]!;
    if (inOrder.length < first.split!.total) {
      // A part of a body is none: nothing says where in it a position begins.
      note(problem('record-malformed', { at: 'packets' }, `${inOrder.length} of ${first.split!.total} packets`));
      continue;
    }
    messages.push({ ...first, split: null, body: Buffer.concat(inOrder.map(({ body }) => body)) });
  }
  return messages;
}

/** What packets of one message have in common: they are numbered one after another. */
export const splitKey = ({ id, phone, serial, split }: Jt808Message): string =>
  `${phone}/${id}/${split?.total ?? 1}/${(serial - (split?.index ?? 1) + 0x10000) & 0xffff}`;

/** Null: a message that holds none. */
function positionsOf({ id, body }: Jt808Message, note: (why: Problem) => void): readonly Jt808Position[] | null {
  const use = terminalMessages[id]?.use;
  if (use === undefined) {
    note(problem('record-unsupported', { what: `0x${id.toString(16).padStart(4, '0')}` }));
    return [];
  }
  if (use !== 'position') return null;
  if (id === 0x0704) {
    const several = readPositions(body);
    if (!several.ok) {
      note(several.error);
      return [];
    }
    several.value.problems.forEach(note);
    return several.value.positions.filter(({ at }) => {
      if (at === null) note(problem('time-invalid', { value: '' }));
      return at !== null;
    });
  }
  // What is asked for begins with the number of the question.
  const one = readPosition(id === 0x0200 ? body : body.subarray(2));
  if (!one.ok) {
    note(one.error);
    return [];
  }
  // It is told now: without a time of its own that of receipt stands for it.
  if (one.value.at === null) note(problem('time-invalid', { value: '' }));
  return [one.value];
}

function* observationsOf(entity: string, position: Jt808Position): Iterable<ObservationFact> {
  const { at, lat, lon } = position;
  const fact = (quantity: string, value: ObservationFact['value'], quality: ObservationFact['quality'] = 'good'): ObservationFact => ({
    kind: 'observation',
    entity,
    quantity,
    value,
    quality,
    flag: null,
    at,
  });
  // Without satellites a terminal sends the last place, or the middle of the Gulf of Guinea.
  const isNowhere = lat === 0 && lon === 0;
  const trust = isNowhere ? 'no-data' : isStatus(position, 'fixed') ? 'good' : 'suspect';
  yield fact('latitude', isNowhere ? null : lat, trust);
  yield fact('longitude', isNowhere ? null : lon, trust);
  yield fact('speed', position.speedKmh, trust === 'good' ? 'good' : 'suspect');
  if (position.direction <= 360) yield fact('direction', position.direction % 360, trust === 'good' ? 'good' : 'suspect');
  const mileage = itemNumber(position, 'mileage');
  if (mileage !== null) yield fact('mileage', mileage / 10);
  const fuel = itemNumber(position, 'fuel');
  if (fuel !== null) yield fact('fuel', fuel / 10);
  yield fact('state', isStatus(position, 'ignition') ? 'on' : 'off');
  const gravest = alarmsOf(position).reduce<AlarmBit | null>(
    (worst, alarm) => (worst === null || rank[alarm.severity] < rank[worst.severity] ? alarm : worst),
    null,
  );
  if (isAllOnes(position)) yield fact('alarm', null, 'no-data');
  else yield fact('alarm', gravest?.name ?? 'none');
}

/**
 * Grave alarms as events. One that its terminal shows until it is answered is told once, by its time; one that lasts is told anew every hour that it lasts, so that neither a
 * repeated message nor the next position makes another event of it. Nothing says when it was over: an hour later it is.
 */
function* eventsOf(entity: string, name: string, position: Jt808Position): Iterable<EventFact> {
  const { at, lat, lon } = position;
  const isPlaced = isStatus(position, 'fixed') && !(lat === 0 && lon === 0);
  const place: Place = isPlaced ? { ...nowhere, lat, lon } : nowhere;
  for (const alarm of alarmsOf(position)) {
    if (!alarm.event) continue;
    const from = at === null ? null : alarm.life === 'once' ? at : Math.floor(at / hourMs) * hourMs;
    yield {
      kind: 'event',
      external: `${entity}/${alarm.name}/${from ?? 'now'}`,
      version: 1,
      supersedes: [],
      class: `vehicle.${alarm.name}`,
      status: 'open',
      severity: alarm.severity,
      title: `${name} ${alarm.zh}`,
      text: null,
      instruction: null,
      at,
      startsAt: at,
      endsAt: from === null ? null : from + hourMs,
      place,
      area: null,
      source: { alarm: alarm.zh },
      exercise: false,
    };
  }
}

/** Every alarm that there is, reserved ones too, is none: a terminal that does not know writes that. */
const isAllOnes = ({ alarms }: Jt808Position): boolean => alarms.length === 32;

const alarmsOf = (position: Jt808Position): AlarmBit[] =>
  isAllOnes(position) ? [] : position.alarms.flatMap((number) => alarmBits[number] ?? []);
