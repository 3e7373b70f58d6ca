/** One switch of Chromium, with why a wall needs it and where it is described. */
export interface Switch {
  readonly name: string;
  /** Joined by commas with what the command line already says, for the two lists of features; null: the switch has no value. */
  readonly value: string | null;
  /** Where it is wanted; null: everywhere. */
  readonly on: NodeJS.Platform | null;
  readonly why: string;
  readonly source: string;
}

/** Beyond it a session's cache is cleaned up. Pages come from this machine, and pictures never pass through it. */
const diskCacheBytes = 64 * 1024 * 1024;

/**
 * Everything that is added to Chromium's command line before the app is ready. A feature that Chromium does not know (any more) it ignores, and
 * most of these are how it behaves anyhow today: they are named so that a change of its defaults does not change a wall.
 */
export const switches: readonly Switch[] = [
  {
    name: 'autoplay-policy',
    value: 'no-user-gesture-required',
    on: null,
    why: 'nobody clicks on a wall before a picture may play',
    source: 'Chromium media/base/media_switches.cc; Electron docs/api/structures/web-preferences.md, autoplayPolicy',
  },
  {
    name: 'disable-renderer-backgrounding',
    value: null,
    on: null,
    why: 'a wall has no window in front and none behind: all go on at full priority',
    source: 'Electron docs/api/command-line-switches.md',
  },
  {
    name: 'disable-background-timer-throttling',
    value: null,
    on: null,
    why: 'as above, for timers',
    source: 'Chromium content/public/common/content_switches.cc',
  },
  {
    name: 'disable-backgrounding-occluded-windows',
    value: null,
    on: null,
    why: 'a notice of the desktop that covers a window for a moment does not stop its pictures',
    source: 'Chromium content/public/common/content_switches.cc',
  },
  {
    name: 'disable-features',
    value: 'CalculateNativeWinOcclusion',
    on: 'win32',
    why: 'Windows takes windows on displays that it believes off for covered, and Chromium then stops painting them',
    source: 'Chromium ui/base/ui_base_features.cc; electron#31016, electron#42378',
  },
  {
    name: 'disable-features',
    value: 'HardwareMediaKeyHandling',
    on: null,
    why: 'the pause key of a keyboard must not stop a picture',
    source: 'Chromium media/base/media_switches.cc',
  },
  {
    name: 'enable-features',
    value: 'PlatformHEVCDecoderSupport',
    on: null,
    why: 'H.265 where the graphics driver decodes it; there is no decoder in software, and pages ask what they can decode before they play',
    source: 'Chromium media/base/media_switches.cc; electron#48358',
  },
  {
    name: 'enable-features',
    value: 'AcceleratedVideoDecodeLinuxGL',
    on: 'linux',
    why: 'decoding by VA-API',
    source: 'Chromium media/base/media_switches.cc',
  },
  {
    name: 'max-web-media-player-count',
    value: '1000',
    on: null,
    why: 'a screen of single pictures holds more players than the 75 that some versions allowed',
    source: 'Chromium content/public/common/content_switches.cc',
  },
  {
    name: 'overscroll-history-navigation',
    value: '0',
    on: null,
    why: 'wiping a touch screen must not lead back to another page',
    source: 'Chromium content/public/common/content_switches.cc',
  },
  {
    name: 'disable-pinch',
    value: null,
    on: null,
    why: 'nor enlarge it',
    source: 'Chromium cc/base/switches.cc',
  },
  {
    name: 'noerrdialogs',
    value: null,
    on: null,
    why: 'nobody is there to close a dialog of Chromium, and it would lie on the pictures',
    source: 'Chromium base/base_switches.cc',
  },
  {
    name: 'password-store',
    value: 'basic',
    on: 'linux',
    why: 'with automatic login the key ring is locked, and asking for it would open a dialog on the wall; what would lie in it is the cookies of screens',
    source: 'Electron docs/api/safe-storage.md',
  },
  {
    name: 'disk-cache-size',
    value: String(diskCacheBytes),
    on: null,
    why: 'a wall runs for months on a small disk',
    source: 'Electron docs/api/command-line-switches.md',
  },
];

/**
 * What to append to the command line, one value a name. `given` answers what is on it already (`''`: nothing): lists of features are joined, for the last
 * one wins; anything else that somebody gave stays as it is.
 */
export function switchesToAppend(platform: NodeJS.Platform, given: (name: string) => string | null): Map<string, string | null> {
  const wanted = new Map<string, string | null>();
  for (const { name, value, on } of switches) {
    if (on !== null && on !== platform) continue;
    if (!name.endsWith('-features')) {
      if (given(name) === null) wanted.set(name, value);
      continue;
    }
    const before = wanted.get(name) ?? given(name) ?? '';
    wanted.set(name, [...new Set([...before.split(','), value ?? ''])].filter(Boolean).join(','));
  }
  return wanted;
}

/** What the windowing system of a Linux session means for a wall. */
export type Windowing =
  /** Windows can be placed. */
  | 'fine'
  /** Wayland with an X server beside it: the app has to be started again with `--ozone-platform=x11`. Chromium chooses before any line of ours runs (electron#35630). */
  | 'start-again-under-x11'
  /** Wayland alone, or asked for: no app can place its windows (electron#48749). */
  | 'wayland';

/** Judges the session that the app was started in. `ozone` is the value of `--ozone-platform`, null when it was not given. */
export function judgeWindowing(platform: NodeJS.Platform, env: NodeJS.ProcessEnv, ozone: string | null): Windowing {
  if (platform !== 'linux') return 'fine';
  if (ozone !== null) return ozone === 'wayland' ? 'wayland' : 'fine';
  // What Electron itself looks at since 38.
  const isWayland = env['XDG_SESSION_TYPE'] === 'wayland' || (env['XDG_SESSION_TYPE'] !== 'x11' && Boolean(env['WAYLAND_DISPLAY']));
  if (!isWayland) return 'fine';
  return env['DISPLAY'] ? 'start-again-under-x11' : 'wayland';
}

export const x11Switch = '--ozone-platform=x11';
