/** Where a process writes what an administrator may need: structured fields first, one plain sentence second. Never secrets. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** A log that keeps quiet, for tests. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };
