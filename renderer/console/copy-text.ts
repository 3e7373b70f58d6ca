/** Copies a text; false where the browser does not allow it (pages without TLS have no clipboard): then it is shown to be copied by hand. */
export async function copyText(words: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(words);
    return true;
  } catch {
    return false;
  }
}
