/** Switches of Chromium, Electron and their tools that a start script or a desktop entry may carry; they are not ours to read. */
const notOurs = new RegExp(
  `^--(${[
    'ozone-platform(-hint)?',
    'disable-gpu(-sandbox|-compositing)?',
    'ignore-gpu-blocklist',
    'use-(gl|angle)',
    'gtk-version',
    'disable-dev-shm-usage',
    'force-color-profile',
    'force-device-scale-factor',
    'no-sandbox',
    '(enable|disable)-features',
    'enable-logging',
    'log-(file|level)',
    'lang',
    'js-flags',
    'password-store',
    'user-data-dir',
    'inspect(-brk)?',
    'remote-debugging-(port|pipe)',
  ].join('|')})(=|$)`,
);

/**
 * What the person who started the app gave it: the command line without the program, without the app folder (which only an
 * unpackaged app has) and without Chromium's switches.
 */
export function appArguments(argv: readonly string[], isPackaged: boolean): string[] {
  const given = argv.slice(1).filter((argument) => !notOurs.test(argument));
  if (isPackaged) return given;
  const folder = given.findIndex((argument) => !argument.startsWith('-'));
  return folder < 0 ? given : given.toSpliced(folder, 1);
}
