import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { demoStories, type DemoStory } from '../contract/demo-city.ts';
import type { Result } from '../contract/result.ts';
import { err, ok } from '../contract/result.ts';

export interface LaunchOptions {
  /** `hub`: headless, one JSON line. `start`: for people: says what to open, or opens it. `setup`: the page of a first start, then the hub that it made. */
  readonly mode: 'hub' | 'start' | 'setup';
  readonly dataFolder: string;
  readonly configFile: string | null;
  readonly demo: boolean;
  /** What the demo city begins with; null: its everyday life; `none`: its systems say nothing at all. */
  readonly story: DemoStory | 'none' | null;
  readonly port: number | null;
  readonly host: string | null;
  readonly relayPort: number | null;
  readonly rtmpPort: number | null;
  readonly shell: 'none' | 'chromium';
  /** Only windows, of a hub on another machine: its origin. Null: a hub of its own. */
  readonly hub: string | null;
  readonly wall: string;
  /** The screens of the wall that this computer shows; null: all, and with `hub` one for each display. */
  readonly screens: readonly string[] | null;
  readonly help: boolean;
}

export const launchHelp = `Taodu (陶都), a city's command centre

  npm start [-- options]      the demo city: opens the wall, or says which pages to open
  npm run setup [-- options]  a first start: data folder, administrator, wall, on a page in the browser; then the hub
  npm run hub [-- options]    the hub alone; prints one JSON line on stdout when it listens
  npm run hub -- TOOL --help  what an administrator does beside it: audit verify, export verify, tls init,
                              operator-key, backup, restore, rollback

Options
  --data DIR        data folder: ledger, keys, first password      (default: ./data)
  --port N          port of the hub, 0 = any free one              (default: from the configuration, 8600)
  --host ADDRESS    address of the hub                             (default: from the configuration, 127.0.0.1)
  --relay-port N    port of the media relay, 0 = any free one      (default: from the configuration, 0)
  --rtmp-port N     port that cameras push RTMP to, 0 = any free one  (default: from the configuration, 1935)
  --config FILE     configuration, see main/config/config.reference.yaml  (default: DIR/taodu.yaml where it exists)
  --demo            run the demo city (npm start always does)
  --story NAME      with the demo city: begin with a jam, a rainstorm or an ambulance, over after an hour;
                    none: cameras alone, its systems say nothing
  --shell chromium  with npm start: kiosk windows in an installed Chromium, one for each screen of the wall
  --hub URL         with --shell chromium: only windows, of the hub at this address; each asks to be paired by a code
  --wall ID         with --hub: the wall that they belong to           (default: main)
  --screens 1,2     with --hub: its screens on this computer           (default: one for each display)
  --help            this text

Environment
  TAODU_ADMIN_PASSWORD   password of the first administrator (user "admin") at the very first start;
                         without it a random one is written to a file whose path is printed
`;

const modes = ['hub', 'start', 'setup'] as const;
/** Those that need no district. */
const startStories = [...demoStories.filter((story) => story !== 'district-offline'), 'none' as const];

/** Reads the command line. The error is one line for the person who typed it. */
export function readOptions(argv: readonly string[], cwd: string): Result<LaunchOptions, string> {
  const [first, ...rest] = argv;
  const mode = modes.find((known) => known === first) ?? 'hub';
  const args = mode === first ? rest : argv;
  let parsed;
  try {
    parsed = parseArgs({
      args: [...args],
      strict: true,
      allowPositionals: false,
      options: {
        data: { type: 'string' },
        port: { type: 'string' },
        host: { type: 'string' },
        'relay-port': { type: 'string' },
        'rtmp-port': { type: 'string' },
        config: { type: 'string' },
        demo: { type: 'boolean' },
        story: { type: 'string' },
        shell: { type: 'string' },
        hub: { type: 'string' },
        wall: { type: 'string' },
        screens: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    return err((error as Error).message.split('\n')[0]!.replace(/\. To specify.*$/, ''));
  }
  const port = portOf('--port', parsed.port);
  if (!port.ok) return port;
  const relayPort = portOf('--relay-port', parsed['relay-port']);
  if (!relayPort.ok) return relayPort;
  const rtmpPort = portOf('--rtmp-port', parsed['rtmp-port']);
  if (!rtmpPort.ok) return rtmpPort;
  if (parsed.shell !== undefined && parsed.shell !== 'chromium') return err(`--shell knows "chromium", not "${parsed.shell}"`);
  if (parsed.shell !== undefined && mode !== 'start') return err('--shell goes with npm start');
  const demo = parsed.demo === true || mode === 'start';
  const story = startStories.find((known) => known === parsed.story);
  if (parsed.story !== undefined && story === undefined) return err(`--story knows ${startStories.join(', ')}, not "${parsed.story}"`);
  if (story !== undefined && !demo) return err('--story goes with --demo');
  const elsewhere = wallElsewhere(parsed);
  if (!elsewhere.ok) return elsewhere;
  return ok({
    mode,
    dataFolder: resolve(cwd, parsed.data ?? 'data'),
    configFile: parsed.config === undefined ? null : resolve(cwd, parsed.config),
    demo,
    story: story ?? null,
    port: port.value,
    host: parsed.host ?? null,
    relayPort: relayPort.value,
    rtmpPort: rtmpPort.value,
    shell: parsed.shell === 'chromium' ? 'chromium' : 'none',
    ...elsewhere.value,
    help: parsed.help === true,
  });
}

function portOf(flag: string, text: string | undefined): Result<number | null, string> {
  if (text === undefined) return ok(null);
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  return port <= 65_535 ? ok(port) : err(`${flag} takes a port from 0 to 65535, not "${text}"`);
}

/** Of walls and screens, as `layouts/contract.ts` takes them. */
const idForm = /^[\w.:-]{1,64}$/;
const screensAtMost = 16;

function wallElsewhere(given: {
  hub?: string | undefined;
  wall?: string | undefined;
  screens?: string | undefined;
  shell?: string | undefined;
}): Result<Pick<LaunchOptions, 'hub' | 'wall' | 'screens'>, string> {
  const { hub, wall = 'main' } = given;
  const screens = given.screens?.split(',').map((id) => id.trim()) ?? null;
  if (hub === undefined)
    return given.wall === undefined && screens === null
      ? ok({ hub: null, wall, screens })
      : err(`--${given.wall === undefined ? 'screens' : 'wall'} goes with --hub`);
  if (given.shell === undefined) return err('--hub goes with --shell chromium');
  const url = URL.canParse(hub) ? new URL(hub) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.href !== `${url.origin}/`)
    return err(`--hub takes an address such as https://command.city.example:8600, not "${hub}"`);
  if (!idForm.test(wall)) return err(`--wall takes the id of a wall, not "${wall}"`);
  if (
    screens !== null &&
    (screens.length > screensAtMost || new Set(screens).size < screens.length || !screens.every((id) => idForm.test(id)))
  )
    return err(`--screens takes ids of screens such as 1,2, not "${given.screens}"`);
  return ok({ hub: url.origin, wall, screens });
}
