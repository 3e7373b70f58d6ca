/** The private channel to the process that started this one. */
export interface ParentChannel {
  /** Resolves when the message is on its way, or cannot be delivered any more. */
  send(message: object): Promise<void>;
  onMessage(listener: (message: unknown) => void): void;
  /** The parent is gone. Electron ends its utility processes by itself. */
  onClose(listener: () => void): void;
}

/** What Electron gives a utility process instead of Node's IPC. */
interface ParentPort {
  postMessage(message: object): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

/** Node's IPC of a forked child, or the parent port of an Electron utility process; null when nobody started this process. */
export function parentChannel(): ParentChannel | null {
  const { parentPort } = process as NodeJS.Process & { readonly parentPort?: ParentPort };
  if (parentPort) {
    return {
      send: async (message) => parentPort.postMessage(message),
      onMessage: (listener) => parentPort.on('message', (event) => listener(event.data)),
      onClose: () => {},
    };
  }
  if (!process.send) return null;
  return {
    send: (message) =>
      new Promise((resolve) => {
        if (process.connected) process.send?.(message, undefined, undefined, () => resolve());
        else resolve();
      }),
    onMessage: (listener) => void process.on('message', listener),
    onClose: (listener) => void process.on('disconnect', listener),
  };
}
