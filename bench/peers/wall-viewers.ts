import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';
import type { WallAsk, WallEvent } from '../../streams/wire/wall-ask.ts';
import { decodeRecords, recordFlag, recordType, wallProtocol } from '../../streams/wire/wall-record.ts';

/**
 * Screens as the relay sees them, many in one process: a wall socket each, every record of it checked, counted and credited. Each line of
 * standard input, `{"url","origin","tickets":[...],"reads":true}`, opens one more screen with a subscription for each ticket; one that
 * does not read opens its subscriptions and never takes anything from its socket. Prints its totals twice a second:
 * `{"screens","moving","records","bytes","messages","gaps","gapsBeforeKey","harmlessGaps","closed"}`, `moving` being the subscriptions that have got a picture,
 * `gapsBeforeKey`
 * those that a key picture ends: nothing was decoded wrongly; `harmlessGaps` those at which the relay left out only pictures that no other refers to, because this process credited late.
 * Ends with its standard input.
 */
interface Screen {
  readonly url: string;
  readonly origin: string;
  readonly tickets: readonly string[];
  readonly reads: boolean;
}

/** As the page credits: not more often than this. */
const creditMs = 50;
const totals = { screens: 0, moving: 0, records: 0, bytes: 0, messages: 0, gaps: 0, gapsBeforeKey: 0, harmlessGaps: 0, closed: 0 };

function open({ url, origin, tickets, reads }: Screen): void {
  const socket = new WebSocket(url, [wallProtocol], { origin, perMessageDeflate: false });
  const say = (ask: WallAsk) => socket.send(JSON.stringify(ask));
  const lastSequence = new Map<number, number>();
  let worked = 0;
  let credited = 0;
  socket.on('open', () => {
    totals.screens += 1;
    tickets.forEach((ticket, id) => say({ op: 'sub', id, ticket, mode: 'full', format: 'annexb', audio: false }));
    if (!reads) return socket.pause();
    setInterval(() => {
      if (worked === credited || socket.readyState !== WebSocket.OPEN) return;
      credited = worked;
      say({ op: 'credit', bytes: worked });
    }, creditMs);
  });
  socket.on('message', (data: Buffer) => {
    const records = decodeRecords(data);
    if (!records.ok) throw new Error(`not records: ${records.error}`);
    for (const record of records.value) {
      if (record.type === recordType.event) {
        const event = JSON.parse(Buffer.from(record.payload).toString()) as WallEvent;
        if (event.event === 'ended') throw new Error(`a subscription was ended: ${event.code}`);
      }
      if (record.type !== recordType.video) continue;
      totals.records += 1;
      const last = lastSequence.get(record.subscription);
      if (last === undefined) totals.moving += 1;
      else if ((last + 1) >>> 0 !== record.sequence && (record.flags & recordFlag.discontinuity) === 0) {
        if ((record.flags & recordFlag.key) !== 0) totals.gapsBeforeKey += 1;
        else if ((record.flags & recordFlag.harmlessGap) === 0) totals.gaps += 1;
        else totals.harmlessGaps += 1;
      }
      lastSequence.set(record.subscription, record.sequence);
    }
    totals.messages += 1;
    totals.bytes += data.length;
    worked += data.length;
  });
  socket.on('error', () => {});
  socket.on('close', (code) => {
    totals.closed += 1;
    if (!reads) return;
    process.stderr.write(`the relay closed a screen: ${code}\n`);
    process.exit(1);
  });
}

createInterface({ input: process.stdin })
  .on('line', (line) => open(JSON.parse(line) as Screen))
  .on('close', () => process.exit(0));
setInterval(() => process.stdout.write(`${JSON.stringify(totals)}\n`), 500);
