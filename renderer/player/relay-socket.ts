import { decodeRecord, encodeAsk, type FetchRecord } from '../../streams/wire/fetch-record.ts';

/** The part of a WebSocket that is used here. */
export type SocketLike = Pick<WebSocket, 'readyState' | 'send' | 'close' | 'binaryType' | 'addEventListener'>;

/** Answers one fetch: the relay's record, or `null` when the line broke before it came. */
export type FetchAnswer = (record: FetchRecord | null) => void;

/**
 * All fetches of a page from one relay over one WebSocket, opened by the first fetch and closed when its last user has left. It does
 * not reconnect by itself: a broken line fails what was asked, and who still wants a picture asks again in his own time.
 */
export interface RelaySocket {
  /** Fetches a path (with its query) of the relay; answers how to cancel it. Answered exactly once unless cancelled. */
  fetch(path: string, answer: FetchAnswer): () => void;
}

export interface RelaySockets {
  /** Joins the socket at this address; `release` leaves it. */
  join(url: string): RelaySocket & { release(): void };
  /** How many sockets are open or opening. */
  readonly open: number;
  /** Records that answered nothing we asked, or that were no records. */
  readonly strays: number;
}

/** Fetches in flight on one socket; nine players need some thirty. */
const maxPending = 1024;
/** A socket without users stays this long: a changed scene asks the same relay again at once. */
const lingerMs = 10_000;
/** A line that does not open within this is given up. */
const openWithinMs = 5_000;

/** The page's sockets, one for each relay. */
export function createRelaySockets(open: (url: string) => SocketLike = (url) => new WebSocket(url)): RelaySockets {
  const lines = new Map<string, Line>();
  let strays = 0;

  class Line {
    users = 0;
    readonly url: string;
    #socket: SocketLike | null = null;
    #pending = new Map<number, FetchAnswer>();
    #waiting: { id: number; path: string }[] = [];
    #lastId = 0;
    #opening: ReturnType<typeof setTimeout> | undefined;
    #linger: ReturnType<typeof setTimeout> | undefined;

    constructor(url: string) {
      this.url = url;
    }

    get isOpen(): boolean {
      return this.#socket !== null;
    }

    fetch(path: string, answer: FetchAnswer): () => void {
      const id = (this.#lastId = (this.#lastId % 0xffff_ffff) + 1);
      if (this.#pending.size >= maxPending) {
        queueMicrotask(() => answer(null));
        return () => {};
      }
      this.#pending.set(id, answer);
      const socket = this.#socket ?? this.#connect();
      if (socket.readyState === 1) socket.send(encodeAsk({ op: 'get', id, path }));
      else this.#waiting.push({ id, path });
      return () => {
        if (!this.#pending.delete(id)) return;
        this.#waiting = this.#waiting.filter((ask) => ask.id !== id);
        if (this.#socket === socket && socket.readyState === 1) socket.send(encodeAsk({ op: 'cancel', id }));
      };
    }

    use(): void {
      clearTimeout(this.#linger);
      this.users += 1;
    }

    leave(): void {
      this.users -= 1;
      if (this.users === 0) this.#linger = setTimeout(() => this.#end(), lingerMs);
    }

    #connect(): SocketLike {
      const socket = open(this.url);
      this.#socket = socket;
      socket.binaryType = 'arraybuffer';
      this.#opening = setTimeout(() => socket.close(), openWithinMs);
      socket.addEventListener('open', () => {
        clearTimeout(this.#opening);
        for (const { id, path } of this.#waiting.splice(0)) socket.send(encodeAsk({ op: 'get', id, path }));
      });
      socket.addEventListener('message', ({ data }: MessageEvent) => {
        const record = data instanceof ArrayBuffer ? decodeRecord(new Uint8Array(data)) : null;
        const answer = record?.ok ? this.#pending.get(record.value.id) : undefined;
        if (!record?.ok || !answer) {
          strays += 1;
          return;
        }
        this.#pending.delete(record.value.id);
        answer(record.value);
      });
      // An error is always followed by a close.
      socket.addEventListener('close', () => this.#broken(socket));
      return socket;
    }

    #broken(socket: SocketLike): void {
      if (this.#socket !== socket) return;
      clearTimeout(this.#opening);
      this.#socket = null;
      this.#waiting = [];
      const failed = [...this.#pending.values()];
      this.#pending.clear();
      for (const answer of failed) answer(null);
    }

    #end(): void {
      lines.delete(this.url);
      const socket = this.#socket;
      if (!socket) return;
      this.#broken(socket);
      socket.close();
    }
  }

  return {
    join(url) {
      const line = lines.get(url) ?? new Line(url);
      lines.set(url, line);
      line.use();
      let joined = true;
      return {
        fetch: (path, answer) => line.fetch(path, answer),
        release() {
          if (!joined) return;
          joined = false;
          line.leave();
        },
      };
    },
    get open() {
      return [...lines.values()].filter((line) => line.isOpen).length;
    },
    get strays() {
      return strays;
    },
  };
}
