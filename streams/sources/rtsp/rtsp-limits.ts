/** How long things may take, in milliseconds. Tests shorten them. */
export interface RtspLimits {
  /** Until the TCP (and TLS) connection stands. */
  readonly connectMs: number;
  /** From the look-up of the name to the answer to PLAY. */
  readonly openMs: number;
  readonly stalledMs: number;
  readonly noKeyPictureMs: number;
  /** How often is looked at what is due. */
  readonly tickMs: number;
  /** Between receiver reports (RFC 3550 clause 6.2). */
  readonly receiverReportMs: number;
  /** Keep-alive at least so often, whatever time-out the server says. */
  readonly keepAliveMs: number;
  /** For the answer to a keep-alive; cameras that never give one still count it. */
  readonly keepAliveAnswerMs: number;
  /** For the goodbye. */
  readonly teardownMs: number;
}

export const rtspLimits: RtspLimits = {
  connectMs: 4000,
  openMs: 10_000,
  stalledMs: 8000,
  noKeyPictureMs: 15_000,
  tickMs: 1000,
  receiverReportMs: 5000,
  keepAliveMs: 30_000,
  keepAliveAnswerMs: 5000,
  teardownMs: 500,
};
