import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './start-hub.ts';

/** An X server with so many displays of 1920×1080 that nobody sees: Xorg with its dummy driver, which can unplug them. */
export interface DummyDisplays {
  /** For `DISPLAY`. */
  readonly name: string;
  /** How many are plugged in, as the server says. */
  connected(): number;
  plug(index: number, on: boolean): Promise<void>;
  /** Moves displays, or gives them another size: 1920×1080 or 1280×720. */
  arrange(changes: readonly { readonly index: number; readonly x: number; readonly y: number; readonly height?: 720 | 1080 }[]): void;
  /** Where the windows of the top level are that are as large as a display, as the server says. */
  fullWindows(): { readonly x: number; readonly y: number }[];
  /** The kiosk windows of a wall as the server says; `isSeen`: not put away. */
  wallWindows(): {
    readonly screenId: string;
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
    readonly isSeen: boolean;
  }[];
  stop(): Promise<void>;
}

const width = 1920;
const height = 1080;
const columns = 3;

const found = (program: string) => (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(join(folder, program)));

/** What is missing on this machine for such displays; null when everything is there. */
export const displaysLack: string | null = ['Xorg', 'xrandr', 'xwininfo', 'openbox'].find((program) => !found(program)) ?? null;

/** Where display `index` is on the desktop, three in a row. */
export const placeOf = (index: number) => ({ x: (index % columns) * width, y: Math.floor(index / columns) * height, width, height });

export async function startDummyDisplays(count: number): Promise<DummyDisplays> {
  const folder = mkdtempSync(join(tmpdir(), 'taodu-displays-'));
  const configuration = join(folder, 'xorg.conf');
  const rows = Math.ceil(count / columns);
  writeFileSync(
    configuration,
    `Section "Device"
  Identifier "dummy"
  Driver "dummy"
  VideoRam 256000
EndSection
Section "Monitor"
  Identifier "monitor"
  HorizSync 5.0 - 1000.0
  VertRefresh 5.0 - 200.0
  Modeline "1920x1080" 172.80 1920 2040 2248 2576 1080 1081 1084 1118
  Modeline "1280x720" 74.50 1280 1344 1472 1664 720 723 728 748
EndSection
Section "Screen"
  Identifier "screen"
  Device "dummy"
  Monitor "monitor"
  DefaultDepth 24
  SubSection "Display"
    Depth 24
    Modes "1920x1080" "1280x720"
    Virtual ${columns * width} ${rows * height}
  EndSubSection
EndSection
Section "ServerFlags"
  Option "AutoAddDevices" "false"
EndSection
`,
  );
  const children: ChildProcess[] = [];
  const name = `:${await freeNumber()}`;
  const env = { ...process.env, DISPLAY: name };
  const server = ['-config', configuration, '-noreset', '-nolisten', 'tcp', '-novtswitch', '-sharevts', '-logfile', join(folder, 'log')];
  children.push(spawn('Xorg', [name, ...server], { stdio: 'ignore' }));
  const ask = (program: string, args: readonly string[]) => spawnSync(program, args, { env, encoding: 'utf8', timeout: 10_000 });
  const xrandr = (...args: string[]) => ask('xrandr', args);
  // A mode and a place: an output of the dummy driver has them only then.
  const on = (index: number) => {
    const { x, y } = placeOf(index);
    return ['--output', `DUMMY${index}`, '--mode', '1920x1080', '--pos', `${x}x${y}`, ...(index === 0 ? ['--primary'] : [])];
  };
  const connected = () => (xrandr('--query').stdout.match(/^DUMMY\d+ connected (?:primary )?1920x1080/gm) ?? []).length;
  try {
    await until('the X server', 60_000, async () => xrandr('--query').status === 0);
    await until(`${count} displays`, 60_000, async () => {
      for (let index = 1; index < count; index += 1) xrandr('--addmode', `DUMMY${index}`, '1920x1080');
      xrandr('--fb', `${columns * width}x${rows * height}`, ...Array.from({ length: count }, (_, index) => on(index)).flat());
      return connected() === count;
    });
    children.push(spawn('openbox', [], { env, stdio: 'ignore' }));
    await until('the window manager', 60_000, async () => ask('xprop', ['-root', '_NET_SUPPORTING_WM_CHECK']).stdout.includes('window id'));
  } catch (error) {
    await end();
    throw error;
  }
  async function end(): Promise<void> {
    for (const child of children.toReversed()) {
      const gone = new Promise<void>((done) => child.once('exit', () => done()));
      if (child.exitCode === null && child.signalCode === null && child.kill()) await gone;
    }
    rmSync(folder, { recursive: true, force: true });
  }
  return {
    name,
    connected,
    async plug(index, plugged) {
      const before = connected();
      if (plugged) xrandr(...on(index));
      else xrandr('--output', `DUMMY${index}`, '--off');
      await until(`display ${index} ${plugged ? 'plugged in' : 'unplugged'}`, 10_000, async () => connected() !== before);
    },
    fullWindows() {
      const lines = ask('xwininfo', ['-root', '-tree']).stdout.split('\n');
      // What a window manager puts around a window is a window as well, in the same place.
      const places = lines.flatMap((line) => {
        const at = /\b1920x1080\+-?\d+\+-?\d+\s+\+(-?\d+)\+(-?\d+)$/.exec(line.trim());
        return at ? [`${at[1]},${at[2]}`] : [];
      });
      return [...new Set(places)].map((place) => {
        const [x, y] = place.split(',').map(Number);
        return { x: x!, y: y! };
      });
    },
    arrange(changes) {
      const outputs = changes.flatMap(({ index, x, y, height: lines = height }) => {
        const mode = lines === 720 ? '1280x720' : '1920x1080';
        xrandr('--addmode', `DUMMY${index}`, mode);
        return ['--output', `DUMMY${index}`, '--mode', mode, '--pos', `${x}x${y}`];
      });
      const { status, stderr } = xrandr(...outputs);
      if (status !== 0) throw new Error(`xrandr: ${stderr}`);
    },
    wallWindows() {
      const tree = ask('xwininfo', ['-root', '-tree']).stdout.split('\n');
      return tree.flatMap((line) => {
        // A window of an app is named by the address that it was opened with.
        const [, id, screenId] = /^\s*(0x[0-9a-f]+) .*\("[^"]*__wall_main_(\w+?)" /.exec(line) ?? [];
        if (id === undefined || screenId === undefined) return [];
        const told = ask('xwininfo', ['-id', id]).stdout;
        const number = (name: string) => Number(new RegExp(`${name}:\\s+(-?\\d+)`).exec(told)?.[1]);
        return [
          {
            screenId,
            x: number('Absolute upper-left X'),
            y: number('Absolute upper-left Y'),
            width: number('Width'),
            height: number('Height'),
            isSeen: told.includes('IsViewable'),
          },
        ];
      });
    },
    stop: end,
  };
}

/** A number that no X server uses. */
async function freeNumber(): Promise<number> {
  for (let number = 80; number < 200; number += 1)
    if (!existsSync(`/tmp/.X${number}-lock`) && !existsSync(`/tmp/.X11-unix/X${number}`)) return number;
  throw new Error('no free number for an X server');
}
