/** True for an address of one of the hub's own pages. Compared as parsed origins: a string that merely begins alike is not ours. */
export function isOwnPage(url: string, hubOrigin: string): boolean {
  if (!URL.canParse(url) || !URL.canParse(hubOrigin)) return false;
  const { origin, username, password } = new URL(url);
  return origin !== 'null' && origin === new URL(hubOrigin).origin && username === '' && password === '';
}
