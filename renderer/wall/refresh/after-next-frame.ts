/** A hidden page has no frames. */
const withoutFramesMs = 500;

/** Calls once, when the next frame has gone to the screen. */
export function afterNextFrame(then: () => void): void {
  let isDone = false;
  const once = () => {
    if (isDone) return;
    isDone = true;
    clearTimeout(late);
    then();
  };
  const late = setTimeout(once, withoutFramesMs);
  // The first is called before the frame with what was changed is drawn, the second once that was handed on.
  requestAnimationFrame(() => requestAnimationFrame(once));
}
