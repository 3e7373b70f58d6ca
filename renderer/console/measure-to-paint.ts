/**
 * Records how long it took from `startedAt` (of `performance.now()`) until the page draws the result: a performance entry
 * `name` that ends in the next animation frame, so it holds the wait for the display's next frame. `detail` goes with it: what was
 * ready when, without that wait.
 */
export function measureToPaint(name: string, startedAt: number, detail: Readonly<Record<string, number>> = {}): void {
  requestAnimationFrame(() => {
    performance.measure(name, { start: startedAt, end: performance.now(), detail });
    // What nobody observes must not pile up in the browser's buffer.
    if (performance.getEntriesByName(name, 'measure').length > 500) performance.clearMeasures(name);
  });
}
