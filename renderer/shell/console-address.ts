/**
 * The way between console and login: a link to a diagnosis (`?diagnose=<camera id>`) is still one on the other side. The hub does the same
 * when it sends somebody to the login.
 */
export function consoleAddress(page: '/console' | '/login', search: string): string {
  const camera = new URLSearchParams(search).get('diagnose');
  return camera === null ? page : `${page}?diagnose=${encodeURIComponent(camera)}`;
}
