import { describe, expect, it } from 'vitest';
import { ReceptionReport } from './reception-report.ts';
import type { SenderReport } from './rtcp.ts';
import { SequenceTracker } from './sequence-tracker.ts';

const heard: SenderReport = {
  kind: 'sender-report',
  ssrc: 7,
  ntpSeconds: 0xe000_1234,
  ntpFraction: 0x5678_9abc,
  timestamp: 0,
  packets: 0,
  octets: 0,
  blocks: [],
};

describe('report blocks', () => {
  it('say what was lost since the one before, and in all (appendix A.3)', () => {
    const report = new ReceptionReport();
    const tracker = new SequenceTracker();
    for (let i = 0; i < 100; i += 1) if (i % 4 !== 3) tracker.take(i);
    // 99 were to be expected: nobody knows of the last
    expect(report.make(7, tracker, 12, 0)).toMatchObject({ ssrc: 7, fractionLost: 62, lost: 24, highestSequence: 98, jitter: 12 });
    for (let i = 100; i < 200; i += 1) tracker.take(i);
    expect(report.make(7, tracker, 0, 1000)).toMatchObject({ fractionLost: 2, lost: 25, highestSequence: 199 });
    expect(report.make(7, tracker, 0, 2000)).toMatchObject({ fractionLost: 0, lost: 25 });
  });

  it('say when the sender was heard last', () => {
    const report = new ReceptionReport();
    const tracker = new SequenceTracker();
    tracker.take(1);
    expect(report.make(7, tracker, 0, 500)).toMatchObject({ lastReport: 0, sinceLastReport: 0 });
    report.heard(heard, 1000);
    expect(report.make(7, tracker, 0, 2500)).toMatchObject({ lastReport: 0x1234_5678, sinceLastReport: 98_304 });
    report.reset();
    expect(report.make(7, tracker, 0, 3000)).toMatchObject({ lastReport: 0, sinceLastReport: 0 });
  });

  it('begin anew with a sender that counts anew', () => {
    const report = new ReceptionReport();
    const tracker = new SequenceTracker();
    for (let i = 0; i < 1000; i += 1) tracker.take(i);
    report.make(7, tracker, 0, 0);
    for (const sequence of [40_000, 40_001, 40_003]) tracker.take(sequence);
    expect(report.make(7, tracker, 0, 0)).toMatchObject({ fractionLost: 64, lost: 1, highestSequence: 40_003 });
  });
});
