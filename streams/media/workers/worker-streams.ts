import { problem, type Problem } from '../../../main/contract/errors.ts';
import type { AccessUnit } from '../../contract.ts';
import type { UnitSender } from './unit-sender.ts';
import type { FromWorker, ToWorker } from './worker-protocol.ts';

export type StreamKind = 'pull' | 'tap' | 'transcode' | 'snapshot';
export type StreamNews = Extract<FromWorker, { readonly stream: number }>;

/** Who has a stream open. */
export interface StreamListener {
  readonly kind: StreamKind;
  /** On the monotonic clock: then it is given up. */
  readonly deadline?: number;
  unit(unit: AccessUnit): void;
  hear(news: StreamNews): void;
  /** It ended, by itself or with its worker; what else it hears is nothing. */
  ended(problem: Problem | null): void;
}

/** A stream from its opening on. */
export interface OpenStream {
  readonly stream: number;
  /** Ends it at the worker too; nothing more is heard of it. */
  close(): void;
}

/** The streams that the relay has open at one worker, by number. `tell` may end all of them: a worker that does not read is cut off. */
export class WorkerStreams {
  readonly #tell: (message: ToWorker) => void;
  readonly #sender: Pick<UnitSender, 'send' | 'forget'>;
  readonly #open = new Map<number, StreamListener>();
  #last = 0;

  constructor(tell: (message: ToWorker) => void, sender: Pick<UnitSender, 'send' | 'forget'>) {
    this.#tell = tell;
    this.#sender = sender;
  }

  get size(): number {
    return this.#open.size;
  }

  has(stream: number): boolean {
    return this.#open.has(stream);
  }

  count(kind: StreamKind): number {
    let count = 0;
    for (const listener of this.#open.values()) if (listener.kind === kind) count += 1;
    return count;
  }

  open(ask: (stream: number) => ToWorker, listener: StreamListener): OpenStream {
    this.#last += 1;
    const stream = this.#last;
    this.#open.set(stream, listener);
    this.#tell(ask(stream));
    return {
      stream,
      close: () => {
        if (!this.#open.has(stream)) return;
        this.forget(stream);
        this.#tell({ kind: 'close', stream });
      },
    };
  }

  /** Sends a unit on a stream; false when it could not be taken. */
  send(stream: number, unit: AccessUnit): boolean {
    return this.#open.has(stream) && this.#sender.send(stream, unit);
  }

  /** What the worker says of a stream. */
  hear(news: StreamNews): void {
    const listener = this.#open.get(news.stream);
    if (news.kind !== 'ended') return listener?.hear(news);
    this.forget(news.stream);
    listener?.ended(news.problem);
  }

  /** A unit from the worker; false when nobody has its stream open. */
  unit(stream: number, unit: AccessUnit): boolean {
    const listener = this.#open.get(stream);
    listener?.unit(unit);
    return listener !== undefined;
  }

  forget(stream: number): void {
    this.#open.delete(stream);
    this.#sender.forget(stream);
  }

  /** What takes too long is given up. */
  expire(now: number): void {
    for (const [stream, listener] of this.#open) {
      if (listener.deadline === undefined || now < listener.deadline) continue;
      this.forget(stream);
      this.#tell({ kind: 'close', stream });
      listener.ended(problem('snapshot-failed', { reason: 'timeout' }));
    }
  }

  /** The worker is gone: everybody hears why. */
  endAll(cause: Problem): void {
    const listeners = Array.from(this.#open.values());
    this.#open.clear();
    for (const listener of listeners) listener.ended(cause);
  }
}
