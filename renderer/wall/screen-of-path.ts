/** Which screen a page's path names: `/wall/<wallId>/<screenId>`; without one, the first screen of the first wall. */
export function screenOfPath(path: string): { readonly wallId: string; readonly screenId: string } {
  const [, , wallId, screenId] = path.split('/').map(decoded);
  return { wallId: wallId || 'main', screenId: screenId || '1' };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
