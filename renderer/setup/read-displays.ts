import type { ToldDisplay } from '../../layouts/planned-wall.ts';

/** What Window Management offers beyond the DOM's own types. */
interface ScreenDetails {
  readonly screens: readonly ToldDisplay[];
}

/** The displays of this computer, once its user allows it. `unsupported`: this browser knows no way; `refused`: not allowed; `failed`: it could not say. */
export async function readDisplays(): Promise<readonly ToldDisplay[] | 'unsupported' | 'refused' | 'failed'> {
  const ask = (globalThis as { getScreenDetails?: () => Promise<ScreenDetails> }).getScreenDetails;
  if (typeof ask !== 'function') return 'unsupported';
  try {
    const { screens } = await ask.call(globalThis);
    return screens.map(({ label, left, top, width, height, devicePixelRatio }) => ({ label, left, top, width, height, devicePixelRatio }));
  } catch (error) {
    return error instanceof DOMException && error.name === 'NotAllowedError' ? 'refused' : 'failed';
  }
}
