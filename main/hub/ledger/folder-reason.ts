/** Which of the reasons an administrator can act on, from what the system said. */
export function reasonOf(cause: unknown): string {
  const code = String((cause as { code?: unknown } | null)?.code ?? '');
  if (code === 'ENOTDIR' || code === 'EEXIST') return 'not-a-directory';
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'SQLITE_FULL') return 'no-space';
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') return 'damaged';
  return 'not-writable';
}
