/** What was found in a packed app. Paths are relative to the archive's root, with `/`. */
export interface PackedApp {
  /** Files inside `app.asar`, those that lie unpacked beside it included. */
  readonly packed: readonly string[];
  /** Files beside it, in `app.asar.unpacked`. */
  readonly unpacked: readonly string[];
  /** By the names that `electronFuses` of electron-builder.yml uses. */
  readonly fuses: Readonly<Record<string, boolean>>;
}

export interface Wanted {
  /** Files that the app cannot do without. */
  readonly files: readonly string[];
  /** `linux-x64` and the like: the platform whose native modules belong into it. */
  readonly platform: string;
  readonly fuses: Readonly<Record<string, boolean>>;
}

/** One thing that is to be so, and whether it is; `detail` names what is wrong. */
export interface Finding {
  readonly what: string;
  readonly holds: boolean;
  readonly detail: string;
}

const finding = (what: string, faults: readonly string[]): Finding => ({
  what,
  holds: faults.length === 0,
  detail: faults.slice(0, 5).join(', ') + (faults.length > 5 ? ` and ${faults.length - 5} more` : ''),
});

/** Holds a packed app against what it is to be. */
export function judgePackage(app: PackedApp, wanted: Wanted): Finding[] {
  const packed = new Set(app.packed);
  const natives = app.packed.filter((file) => file.endsWith('.node'));
  const unpacked = new Set(app.unpacked);
  return [
    finding(
      'every file that the app starts with is packed',
      wanted.files.filter((file) => !packed.has(file)),
    ),
    finding(
      'native modules lie unpacked beside the archive',
      natives.filter((file) => !unpacked.has(file)),
    ),
    finding(
      'there is a native module, and only for this platform',
      natives.length === 0 ? ['none'] : natives.filter((file) => !file.includes(wanted.platform)),
    ),
    finding(
      'no sources, tests, maps, caches or development packages are packed',
      app.packed.filter(
        (file) =>
          /\.(?:test\.ts|vue|map)$/.test(file) ||
          file.includes('/.compile-cache/') ||
          /^node_modules\/(?!better-sqlite3(?:\/|$))/.test(file),
      ),
    ),
    finding(
      'the FFmpeg that comes under the GPL is left out',
      app.packed.filter((file) => file.includes('node-av')),
    ),
    finding(
      'fuses are as electron-builder.yml says',
      Object.entries(wanted.fuses).flatMap(([name, on]) => (app.fuses[name] === on ? [] : [`${name} is ${String(app.fuses[name])}`])),
    ),
  ];
}
