import type { Readable, Writable } from 'node:stream';

/** A message of the browser that answers nothing: method, parameters, and the session of the page that it is about. */
export interface DevtoolsEvent {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly sessionId: string | null;
}

/** The browser's own control channel (Chrome DevTools Protocol over `--remote-debugging-pipe`): no port, known to the parent process alone. */
export interface DevtoolsPipe {
  /** Rejects when the browser refuses, when `signal` aborts, and when the pipe has ended. */
  send(method: string, params: object, signal: AbortSignal, sessionId?: string): Promise<Record<string, unknown>>;
  /** Returns its end. */
  onEvent(listener: (event: DevtoolsEvent) => void): () => void;
  close(): void;
}

/** Longer messages are dropped whole: what we ask for is short. */
export const longestMessage = 1024 * 1024;
const waitingAtMost = 64;

interface Waiting {
  done(result: Record<string, unknown>): void;
  failed(error: Error): void;
}

/** Speaks over the two pipes of a browser that was just started: `write` is its file descriptor 3, `read` its 4. Messages end with a NUL. */
export function openDevtoolsPipe(write: Writable, read: Readable): DevtoolsPipe {
  const waiting = new Map<number, Waiting>();
  const listeners = new Set<(event: DevtoolsEvent) => void>();
  let lastId = 0;
  let ended = false;
  let parts: Buffer[] = [];
  let length = 0;
  let dropping = false;

  const end = () => {
    if (ended) return;
    ended = true;
    for (const { failed } of waiting.values()) failed(new Error('the browser has gone'));
    waiting.clear();
    listeners.clear();
    parts = [];
  };
  const hear = (text: string) => {
    let message: { id?: unknown; method?: unknown; params?: unknown; result?: unknown; error?: { message?: unknown }; sessionId?: unknown };
    try {
      message = JSON.parse(text) as typeof message;
    } catch {
      return;
    }
    if (typeof message !== 'object' || message === null) return;
    if (typeof message.id === 'number') {
      const asked = waiting.get(message.id);
      waiting.delete(message.id);
      if (message.error) asked?.failed(new Error(String(message.error.message ?? 'refused')));
      else asked?.done((message.result ?? {}) as Record<string, unknown>);
    } else if (typeof message.method === 'string') {
      const event = {
        method: message.method,
        params: (message.params ?? {}) as Record<string, unknown>,
        sessionId: typeof message.sessionId === 'string' ? message.sessionId : null,
      };
      listeners.forEach((listener) => listener(event));
    }
  };
  read.on('data', (chunk: Buffer) => {
    if (ended) return;
    for (let from = 0; from < chunk.length;) {
      const nul = chunk.indexOf(0, from);
      const part = chunk.subarray(from, nul < 0 ? chunk.length : nul);
      if (!dropping) {
        length += part.length;
        if (length > longestMessage) dropping = true;
        else parts.push(part);
      }
      if (nul < 0) return;
      if (!dropping) hear(Buffer.concat(parts).toString('utf8'));
      parts = [];
      length = 0;
      dropping = false;
      from = nul + 1;
    }
  });
  for (const stream of [read, write]) {
    stream.on('error', end);
    stream.on('close', end);
  }
  read.on('end', end);

  return {
    send(method, params, signal, sessionId) {
      if (ended) return Promise.reject(new Error('the browser has gone'));
      if (waiting.size >= waitingAtMost) return Promise.reject(new Error('too many questions wait for the browser'));
      lastId += 1;
      const id = lastId;
      return new Promise((resolve, reject) => {
        const giveUp = () => {
          waiting.delete(id);
          reject(new Error(`the browser does not answer ${method}`));
        };
        const over = () => signal.removeEventListener('abort', giveUp);
        waiting.set(id, {
          done(result) {
            over();
            resolve(result);
          },
          failed(error) {
            over();
            reject(error);
          },
        });
        signal.addEventListener('abort', giveUp, { once: true });
        if (signal.aborted) {
          giveUp();
          return;
        }
        write.write(`${JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) })}\0`);
      });
    },
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      end();
      write.destroy();
      read.destroy();
    },
  };
}
