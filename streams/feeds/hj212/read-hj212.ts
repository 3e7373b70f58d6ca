import { problem, type Problem } from '../../../main/contract/errors.ts';
import { nowhere } from '../../../main/contract/place.ts';
import { err, ok, type Result } from '../../../main/contract/result.ts';
import type { EpochMs } from '../../../main/contract/time.ts';
import { readChinaTime } from '../../protocols/china-time.ts';
import { readParameters, type FactorItem, type ParameterGroup } from '../../protocols/hj212/command-parameters.ts';
import { Hj212FrameReader } from '../../protocols/hj212/frame-reader.ts';
import { readPacket, type Hj212Packet } from '../../protocols/hj212/packet.ts';
import { commandNumbers, meaningOfFlag, runningStates, type DataFlagMeaning } from '../../protocols/hj212/tables.ts';
import type { AssetFact, AssetKind, Fact, FeedSettings, ObservationFact } from '../../feed-contract.ts';
import type { ReadRecord, RecordReader } from '../feed-connector.ts';
import { quantityOfFactor, type FactorQuantity } from './factor-quantities.ts';

export type Hj212Settings = Extract<FeedSettings, { kind: 'hj212' }>;

/** What a station is, by what it monitors. */
const assetKinds: ReadonlyMap<string, AssetKind> = new Map<string, AssetKind>([
  ['21', 'water-section'],
  ['22', 'air-station'],
  ['27', 'air-station'],
  ['31', 'pollution-source'],
  ['32', 'pollution-source'],
  ['33', 'pollution-source'],
  ['39', 'air-station'],
  ['51', 'pollution-source'],
  ['52', 'pollution-source'],
]);

/** How far a value can be trusted, by its flag. Only `good` ones raise alarms: what a sensor measures while it is calibrated is no river. */
const qualities: Readonly<Record<DataFlagMeaning, ObservationFact['quality']>> = {
  normal: 'good',
  'over-range': 'suspect',
  weather: 'suspect',
  abnormal: 'suspect',
  'source-off': 'bad',
  maintenance: 'bad',
  'set-by-hand': 'bad',
  fault: 'bad',
  calibration: 'bad',
  'communication-fault': 'bad',
  'power-fault': 'bad',
};

/** Which of a factor's values is its value: at the moment, or over a stretch of time. Extremes, sums and converted values stay in the journal. */
const momentary = ['rtd', 'avg', 'data'];
const overTime = ['avg', 'rtd', 'data', 'daydata', 'nightdata'];
const problemsAtMost = 8;

/** A packet with the parameters of all the packets that belong to it. */
interface Whole {
  readonly packet: Hj212Packet;
  readonly parameters: string;
}

/** Reads one message of a station, in one frame or several (HJ 212-2005, -2017, -2025). */
export function createHj212Reader(settings: Hj212Settings): RecordReader {
  const stations = new Map(settings.stations.map((station) => [station.id, station]));
  const own = new Map<string, FactorQuantity>(
    settings.factors.map(({ code, quantity, scale }) => [code.toLowerCase(), { quantity, scale }]),
  );

  const assetOf = ({ mn, st }: Hj212Packet): AssetFact => {
    const station = stations.get(mn);
    return {
      kind: 'asset',
      entity: mn,
      assetKind: station?.assetKind ?? assetKinds.get(st ?? '') ?? 'sensor',
      name: station?.name ?? null,
      place: station?.place ?? nowhere,
      properties: { ...station?.properties, ...(st !== null && { system: st }) },
    };
  };

  return {
    name: 'hj212/2',
    read({ bytes }): Result<ReadRecord, Problem> {
      const facts: Fact[] = [];
      const problems: Problem[] = [];
      const note = (why: Problem) => {
        if (problems.length < problemsAtMost) problems.push(why);
      };
      let sourceAt: EpochMs | null = null;
      let ignored = false;
      const wholes = messagesOf(bytes, note);
      for (const { packet, parameters } of wholes) {
        const meaning = commandNumbers.get(packet.cn);
        if (settings.password !== undefined && packet.pw !== settings.password) {
          note(problem('device-refused'));
          continue;
        }
        if (!meaning) {
          note(problem('record-unsupported', { what: `CN ${packet.cn}` }));
          continue;
        }
        const qnAt = packet.qn === null ? null : readChinaTime(packet.qn.padEnd(17, '0'));
        sourceAt ??= qnAt;
        if (meaning.kind !== 'values' && meaning.kind !== 'device') {
          ignored = true;
          continue;
        }
        const { groups, faults } = readParameters(parameters);
        if (faults > 0) note(problem('record-malformed', { at: 'CP' }));
        const observations: ObservationFact[] = [];
        for (const group of groups) {
          const at = group.dataTime === null ? qnAt : readChinaTime(group.dataTime);
          if (group.dataTime !== null && at === null) {
            note(problem('time-invalid', { value: group.dataTime.slice(0, 32) }));
            continue;
          }
          sourceAt = group.dataTime === null ? sourceAt : at;
          if (meaning.kind === 'values')
            observations.push(...valuesOf(packet, group, meaning.average ? overTime : momentary, at, own, note));
          else observations.push(...statesOf(packet, group, at));
        }
        if (observations.length > 0) facts.push(assetOf(packet), ...observations);
      }
      if (facts.length > 0 || (ignored && problems.length === 0)) return ok({ facts, problems, sourceAt, ignored: facts.length === 0 });
      return err(problems[0] ?? problem('record-empty'));
    },
  };
}

/** The messages of a record; packets of one message are put together in their order, whatever is missing is told. */
function messagesOf(bytes: Uint8Array, note: (why: Problem) => void): Whole[] {
  const reader = new Hj212FrameReader();
  const found = [...reader.push(bytes)];
  if (reader.end()) note(problem('frame-length'));
  if (found.length === 0 || reader.garbageBytes > 0) note(problem('record-malformed', { at: 'frame' }));
  const wholes: Whole[] = [];
  const split = new Map<string, Map<number, Hj212Packet>>();
  for (const frame of found) {
    if (!frame.ok) {
      note(problem(frame.error.reason === 'checksum' ? 'frame-checksum' : 'frame-length'));
      continue;
    }
    const read = readPacket(frame.value.data);
    if (!read.ok) {
      note(read.error);
      continue;
    }
    const packet = read.value;
    if (!packet.split) {
      wholes.push({ packet, parameters: packet.parameters });
      continue;
    }
    const key = splitKey(packet);
    let parts = split.get(key);
    if (!parts) {
      parts = new Map();
      split.set(key, parts);
    }
    parts.set(packet.split.index, packet);
  }
  for (const parts of split.values()) {
    const inOrder = [...parts].sort(([a], [b]) => a - b).map(([, packet]) => packet);
    const [first] = inOrder;
    if (inOrder.length < first!.split!.total)
      note(problem('record-malformed', { at: 'PNUM' }, `${inOrder.length} of ${first!.split!.total} packets`));
    wholes.push({ packet: first!, parameters: inOrder.map(({ parameters }) => parameters).join(';') });
  }
  return wholes;
}

/** What packets of one message have in common. */
export const splitKey = ({ mn, qn, cn, split }: Hj212Packet): string => `${mn}/${cn}/${qn ?? ''}/${split?.total ?? 1}`;

function* valuesOf(
  packet: Hj212Packet,
  { factors }: ParameterGroup,
  attributes: readonly string[],
  at: EpochMs | null,
  own: ReadonlyMap<string, FactorQuantity>,
  note: (why: Problem) => void,
): Iterable<ObservationFact> {
  for (const factor of factors) {
    const name = attributes.find((attribute) => factor.attributes.has(attribute));
    if (name === undefined) continue;
    const known = own.get(factor.code.toLowerCase()) ?? quantityOfFactor(factor.code, packet.st);
    if (!known) {
      note(problem('quantity-unknown', { quantity: factor.code }));
      continue;
    }
    const value = numberOf(factor.attributes.get(name)!);
    yield {
      kind: 'observation',
      entity: packet.mn,
      quantity: known.quantity,
      value: value === null ? null : scaled(value, known),
      ...trustIn(factor, value),
      at,
    };
  }
}

/** Twelve digits: what multiplying adds behind them says nothing. */
const scaled = (value: number, { scale, scaledAtMost = Number.POSITIVE_INFINITY }: FactorQuantity): number =>
  value > scaledAtMost ? value : Number((value * scale).toPrecision(12));

/** How pieces of equipment are: each is a state of `<station>/<equipment>`. */
function* statesOf({ mn }: Hj212Packet, { factors }: ParameterGroup, at: EpochMs | null): Iterable<ObservationFact> {
  for (const { code, attributes } of factors) {
    const state = attributes.get('rs');
    if (state === undefined) continue;
    yield {
      kind: 'observation',
      entity: `${mn}/${code}`,
      quantity: 'state',
      value: runningStates.get(state) ?? state.slice(0, 32),
      quality: 'good',
      flag: null,
      at,
    };
  }
}

function trustIn({ attributes }: FactorItem, value: number | null): Pick<ObservationFact, 'quality' | 'flag'> {
  const flag = attributes.get('flag')?.slice(0, 32) ?? null;
  if (value === null) return { quality: 'no-data', flag };
  if (flag === null || flag === '') return { quality: 'good', flag: null };
  const meaning = meaningOfFlag(flag);
  return { quality: meaning === null ? 'suspect' : qualities[meaning], flag };
}

/** What stations write when an analyser has nothing to say; no factor has such values. */
const sentinels = new Set([-999, -9999, -99_999]);

/** Null: the device has no value, and writes nothing, dashes, words or a sentinel for it. */
const numberOf = (text: string): number | null => {
  const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,2})?$/.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(number) && !sentinels.has(number) ? number : null;
};
