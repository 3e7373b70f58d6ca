/** How near to a corner of the page a pointer counts as being in it, in CSS pixels. */
const cornerPx = 48;
const holdMs = 3000;

/** Where a pointer is; of every pointer event. */
type Pointed = Pick<PointerEvent, 'clientX' | 'clientY'>;

/** Whether this place is in one of the four corners of a page of that size. */
export function inCorner({ clientX, clientY }: Pointed, { width, height }: { readonly width: number; readonly height: number }): boolean {
  return (clientX < cornerPx || clientX >= width - cornerPx) && (clientY < cornerPx || clientY >= height - cornerPx);
}

/** Calls back when the main button, or a finger, was held in a corner of the page for three seconds. Answers its end. */
export function watchCornerHold(page: Window, held: () => void): () => void {
  const ended = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const size = () => ({ width: page.innerWidth, height: page.innerHeight });
  const leave = () => clearTimeout(timer);
  const listen = <T extends 'pointerdown' | 'pointermove' | 'pointerup' | 'pointercancel' | 'blur'>(
    type: T,
    heard: (event: WindowEventMap[T]) => void,
  ) => page.addEventListener(type, heard, { signal: ended.signal, capture: true });
  listen('pointerdown', (event) => {
    leave();
    if (event.button === 0 && inCorner(event, size())) timer = setTimeout(held, holdMs);
  });
  listen('pointermove', (event) => {
    if (!inCorner(event, size())) leave();
  });
  for (const type of ['pointerup', 'pointercancel', 'blur'] as const) listen(type, leave);
  return () => {
    leave();
    ended.abort();
  };
}
