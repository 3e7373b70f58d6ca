/** FFmpeg's libraries, bound to this process. */
export interface Ffmpeg {
  readonly lib: typeof import('node-av/lib');
  readonly constants: typeof import('node-av/constants');
}

/** Loads FFmpeg. Rejects when it is not installed, or not for this platform. Takes about half a second, during which the process stands still. */
export async function loadFfmpeg(): Promise<Ffmpeg> {
  // FFmpeg would pass our own proxy by where the environment says so, and go through another where it names one.
  for (const name of ['no_proxy', 'http_proxy']) delete process.env[name];
  const [lib, constants] = await Promise.all([import('node-av/lib'), import('node-av/constants')]);
  // What FFmpeg prints may hold addresses with their passwords.
  lib.Log.setLevel(constants.AV_LOG_QUIET);
  return { lib, constants };
}
