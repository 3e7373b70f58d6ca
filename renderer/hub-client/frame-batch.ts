/**
 * Runs `flush` once for any number of calls of `mark` within an animation frame; at the latest after 250 ms, because a page
 * that nobody sees gets no frames. `stop` forgets a flush that is due.
 */
export function createFrameBatch(flush: () => void): { mark(): void; stop(): void } {
  let frame = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const cancel = () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    timer = undefined;
  };
  const run = () => {
    cancel();
    flush();
  };
  return {
    mark() {
      if (timer !== undefined) return;
      timer = setTimeout(run, 250);
      frame = requestAnimationFrame(run);
    },
    stop: cancel,
  };
}
