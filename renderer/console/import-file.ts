/** What the hub accepts in one request is 64 MiB of JSON; base64 grows a file by a third. */
export const importFileBytesAtMost = 46 * 1024 * 1024;

/** The format of a file by its name; null when it is neither. */
export function importFormat(name: string): 'csv' | 'json' | null {
  if (/\.csv$/i.test(name)) return 'csv';
  return /\.json$/i.test(name) ? 'json' : null;
}

/** The bytes of a file in base64; the browser's own encoder, so that a large file does not stop the page. */
export function fileToBase64(file: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    // The answer is a data URL; what follows its first comma is the base64.
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ''));
    reader.onerror = () => reject(reader.error ?? new Error('the file could not be read'));
    reader.readAsDataURL(file);
  });
}
