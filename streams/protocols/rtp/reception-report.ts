import type { ReportBlock, SenderReport } from './rtcp.ts';
import type { SequenceTracker } from './sequence-tracker.ts';

/** Keeps what one report block needs of the one before (RFC 3550 clause 6.4.1 and appendix A.3). */
export class ReceptionReport {
  #expectedBefore = 0;
  #receivedBefore = 0;
  #lastReport = 0;
  #lastReportMs = 0;

  /** A sender report arrived. */
  heard(report: SenderReport, arrivalMs: number): void {
    this.#lastReport = ((report.ntpSeconds & 0xffff) * 0x10000 + (report.ntpFraction >>> 16)) >>> 0;
    this.#lastReportMs = arrivalMs;
  }

  /** The block about `ssrc` for the report that is sent now. */
  make(ssrc: number, { expected, received, highest }: SequenceTracker, jitter: number, nowMs: number): ReportBlock {
    // A sender that counts anew begins a new interval.
    const isNew = expected < this.#expectedBefore;
    const expectedHere = expected - (isNew ? 0 : this.#expectedBefore);
    const lostHere = expectedHere - (received - (isNew ? 0 : this.#receivedBefore));
    this.#expectedBefore = expected;
    this.#receivedBefore = received;
    const sinceMs = this.#lastReport === 0 ? 0 : Math.max(0, nowMs - this.#lastReportMs);
    return {
      ssrc,
      fractionLost: expectedHere === 0 || lostHere <= 0 ? 0 : Math.min(255, Math.floor((lostHere * 256) / expectedHere)),
      lost: Math.max(-0x80_0000, Math.min(0x7f_ffff, expected - received)),
      highestSequence: highest,
      jitter,
      lastReport: this.#lastReport,
      sinceLastReport: Math.min(0xffff_ffff, Math.round(sinceMs * 65.536)),
    };
  }

  /** Another sender. */
  reset(): void {
    this.#expectedBefore = this.#receivedBefore = 0;
    this.#lastReport = 0;
  }
}
