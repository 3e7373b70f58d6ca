import pino, { type Logger } from 'pino';

/** Lines that wait for a disk that takes none: beyond this they are lost. */
const waitingCharacters = 1024 * 1024;

/**
 * The log of a process: a line of JSON each, on its standard error. A log that cannot be written (its disk is full, nobody reads it any more) loses lines and ends nothing.
 */
export function openLog(name: string, level: string = 'info'): Logger {
  const lines = pino.destination({ dest: 2, sync: true, maxLength: waitingCharacters });
  lines.on('error', () => {});
  process.stderr.on('error', () => {});
  return pino({ name, level }, lines);
}
