/** What a key does to the console's window itself. */
export type ConsoleKey = 'full-screen' | 'zoom-in' | 'zoom-out' | 'zoom-reset';

type Pressed = Pick<Electron.Input, 'type' | 'key' | 'control' | 'alt' | 'shift' | 'meta' | 'isAutoRepeat'>;

/** Reads a key as browsers do; null: it is the page's. */
export function consoleKey({ type, key, control, alt, shift, meta, isAutoRepeat }: Pressed, platform: NodeJS.Platform): ConsoleKey | null {
  if (type !== 'keyDown' || alt) return null;
  if (key === 'F11') return control || shift || meta || isAutoRepeat ? null : 'full-screen';
  const [command, other] = platform === 'darwin' ? [meta, control] : [control, meta];
  if (!command || other) return null;
  if (key === '+' || key === '=') return 'zoom-in';
  if (key === '-' || key === '_') return 'zoom-out';
  return key === '0' ? 'zoom-reset' : null;
}

/** Chromium's steps are factors of 1.2: from 58 % to 173 %. */
const zoomAtMost = 3;

/** The zoom level after a key. */
export function zoomAfter(level: number, key: Exclude<ConsoleKey, 'full-screen'>): number {
  if (key === 'zoom-reset') return 0;
  const wanted = Math.round(level) + (key === 'zoom-in' ? 1 : -1);
  return Math.min(zoomAtMost, Math.max(-zoomAtMost, wanted));
}
