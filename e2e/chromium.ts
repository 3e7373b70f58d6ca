import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const candidates = [
  process.env['CHROMIUM_PATH'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
];

/** The installed Chromium, or null: browser tests are skipped then, loudly. */
export const chromiumPath: string | null = candidates.find((path) => path !== undefined && existsSync(path)) ?? null;

/** What lets a headless Chromium show video without a person's click and keep painting what nobody looks at, as a wall must. */
export const chromiumSwitches: readonly string[] = [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--autoplay-policy=no-user-gesture-required',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--disable-renderer-backgrounding',
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-dev-shm-usage',
  '--no-first-run',
];

/** A headless Chromium for tests. `more` are switches of its own. */
export async function startChromium(more: readonly string[] = []): Promise<Browser> {
  if (chromiumPath === null) throw new Error('no Chromium found; set CHROMIUM_PATH');
  return chromium.launch({ executablePath: chromiumPath, headless: true, args: [...chromiumSwitches, ...more] });
}
