import { execFile } from 'node:child_process';
import type { Display } from '../../layouts/displays.ts';

const answersWithinMs = 3000;
const longestAnswer = 64 * 1024;
const monitorsAtMost = 64;

/** ` 0: +*DP-1 1920/508x1080/286+0+0  DP-1`: number, marks, name, pixels/millimetres twice, place; its outputs follow. */
const monitorLine = /^ *\d{1,3}: \+?\*?(\S{1,128}) (\d{1,6})\/\d+x(\d{1,6})\/\d+([+-]\d{1,6})([+-]\d{1,6})(?: |$)/;

/**
 * The monitors that `xrandr --listactivemonitors` tells of, in desktop pixels; the name of a connector is id and label. What is no monitor's line is
 * passed over.
 */
export function parseMonitors(text: string): Display[] {
  const displays: Display[] = [];
  for (const line of text.slice(0, longestAnswer).split('\n')) {
    const [, name, width, height, x, y] = monitorLine.exec(line) ?? [];
    if (name === undefined) continue;
    displays.push({
      id: name,
      label: name,
      bounds: { x: Number(x), y: Number(y), width: Number(width), height: Number(height) },
      scaleFactor: 1,
    });
    if (displays.length === monitorsAtMost) break;
  }
  return displays;
}

/**
 * The displays of an X11 desktop, by the program `xrandr`. Null where nobody can tell: no X11, no such program, no answer within 3 s. It does not ask
 * the monitors themselves, which makes some of them flicker.
 */
export function readX11Displays(env: NodeJS.ProcessEnv): Promise<Display[] | null> {
  // Under Wayland nobody but the compositor places windows, and X11 tells half of it.
  if (process.platform !== 'linux' || !env['DISPLAY'] || env['WAYLAND_DISPLAY']) return Promise.resolve(null);
  return new Promise((resolve) => {
    execFile(
      'xrandr',
      ['--current', '--listactivemonitors'],
      { env: { ...env, LC_ALL: 'C' }, timeout: answersWithinMs, killSignal: 'SIGKILL', maxBuffer: longestAnswer },
      (error, stdout) => resolve(error || !stdout.startsWith('Monitors:') ? null : parseMonitors(stdout)),
    );
  });
}
