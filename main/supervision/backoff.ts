/** How long to wait before try number `attempt` (0-based): doubling from `firstMs` to `capMs`, with ±25 % jitter so that a fleet does not march in step. */
export function backoffMs(attempt: number, options: { firstMs: number; capMs: number }, random: () => number = Math.random): number {
  const plain = Math.min(options.capMs, options.firstMs * 2 ** Math.min(attempt, 30));
  return Math.min(options.capMs, plain * (0.75 + random() * 0.5));
}
