import type { ReadStream } from 'node:tty';

/** Longer than any secret that somebody types. */
const longest = 4096;

/** Where a secret is typed, or comes from. */
export type SecretSource = Pick<ReadStream, 'isTTY' | 'setRawMode' | 'setEncoding' | 'on' | 'off' | 'resume' | 'pause'>;

/**
 * Reads one line that nobody else should see: from a terminal without echoing it, otherwise from whatever is piped in. Null: given up, or longer than any secret.
 * `say` writes to the terminal as it is.
 */
export function readSecret(prompt: string, source: SecretSource, say: (text: string) => void): Promise<string | null> {
  const typed = source.isTTY === true;
  return new Promise((resolve) => {
    let text = '';
    const end = (secret: string | null) => {
      source.off('data', heard);
      source.off('end', ended);
      source.pause();
      if (typed) {
        source.setRawMode(false);
        say('\n');
      }
      resolve(secret);
    };
    const ended = () => end(text === '' ? null : text);
    const heard = (chunk: string) => {
      for (const character of chunk) {
        if (character === '\r' || character === '\n') return end(text);
        // As in any terminal: Ctrl+C and Ctrl+D give up, Backspace takes the last one back, Ctrl+U all.
        if (typed && (character === '\u0003' || character === '\u0004')) return end(null);
        else if (typed && (character === '\u007f' || character === '\b')) text = text.slice(0, -1);
        else if (typed && character === '\u0015') text = '';
        else text += character;
        if (text.length > longest) return end(null);
      }
    };
    if (typed) {
      say(prompt);
      source.setRawMode(true);
    }
    source.setEncoding('utf8');
    source.on('data', heard);
    source.on('end', ended);
    source.resume();
  });
}
