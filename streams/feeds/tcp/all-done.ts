/** Waits for all of them, whatever becomes of some; then rejects with the first that failed. */
export async function allDone(works: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(works);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
