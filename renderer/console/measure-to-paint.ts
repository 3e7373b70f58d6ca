/**
 * Records how long it took from `startedAt` (of `performance.now()`) until the page draws the result: a performance entry
 * `name` that ends in the next animation frame. `detail.workMs` is the part in which the page was busy.
 */
export function measureToPaint(name: string, startedAt: number, detail: Readonly<Record<string, number>> = {}): void {
  requestAnimationFrame(() => {
    performance.measure(name, { start: startedAt, end: performance.now(), detail });
    // What nobody observes must not pile up in the browser's buffer.
    if (performance.getEntriesByName(name, 'measure').length > 500) performance.clearMeasures(name);
  });
}
