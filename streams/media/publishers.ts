import type { Clock, EpochMs } from '../../main/contract/time.ts';
import type { Publisher } from './media-relay.ts';

/** What the publishers tell whoever connects them to the hub. */
export interface PublisherListener {
  /** A camera began to push, or (null) ended. */
  publishing(cameraId: string, since: EpochMs | null): void;
  /** Where cameras push to now; null: nowhere. */
  ingest(url: string | null): void;
}

/** The ingest worker as the publishers need it: may whoever uses this key publish? `false` also ends one who does already. */
export type Admit = (keyHash: string, admitted: boolean) => void;

/** Publishers asked about while no list has come yet; the ingest ends whoever gets no answer. */
const maxWaiting = 1024;

/**
 * Who may push, and who does: between the hub, which knows the keys, and the ingest worker, which hears them. A key is known here by
 * its hash only. What publishes when its key is taken off the list is cut off.
 */
export class Publishers {
  readonly #clock: Clock;
  readonly #cameraOf = new Map<string, string>();
  /** Since when, by camera. */
  readonly #publishing = new Map<string, EpochMs>();
  /** Keys in use, admitted or waiting for the first list of a hub. */
  readonly #admitted = new Map<string, string>();
  readonly #waiting = new Set<string>();
  #hasList = false;
  #url: string | null = null;
  #admit: Admit = () => {};
  #listener: PublisherListener = { publishing() {}, ingest() {} };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** There is one listener: the control door. */
  listen(listener: PublisherListener): void {
    this.#listener = listener;
  }

  get publishing(): ReadonlyMap<string, EpochMs> {
    return this.#publishing;
  }

  /** Where cameras push to; null while nothing listens there. */
  get url(): string | null {
    return this.#url;
  }

  /** All cameras that may push; the latest list counts. */
  allow(publishers: readonly Publisher[]): void {
    this.#hasList = true;
    this.#cameraOf.clear();
    for (const { keyHash, cameraId } of publishers) this.#cameraOf.set(keyHash, cameraId);
    for (const [keyHash, cameraId] of this.#admitted) {
      if (this.#cameraOf.get(keyHash) === cameraId) continue;
      this.#admit(keyHash, false);
      this.ended(keyHash);
    }
    for (const keyHash of this.#waiting) this.#answer(keyHash);
    this.#waiting.clear();
  }

  /** The ingest worker is there; it tells of everybody who publishes already. */
  ingestUp(url: string | null, admit: Admit): void {
    this.#admit = admit;
    this.#setUrl(url);
  }

  /** The ingest worker is gone, and everybody who published with it. */
  ingestDown(): void {
    this.#admit = () => {};
    this.#waiting.clear();
    // First that nobody listens: the cameras did not end it.
    this.#setUrl(null);
    for (const keyHash of Array.from(this.#admitted.keys())) this.ended(keyHash);
  }

  /** Somebody begins to publish with this key. Before a hub has said who may, he waits. */
  began(keyHash: string): void {
    if (this.#hasList) this.#answer(keyHash);
    else if (this.#waiting.size < maxWaiting) this.#waiting.add(keyHash);
    else this.#admit(keyHash, false);
  }

  /** He ended, or was cut off. */
  ended(keyHash: string): void {
    this.#waiting.delete(keyHash);
    const cameraId = this.#admitted.get(keyHash);
    this.#admitted.delete(keyHash);
    if (cameraId === undefined || !this.#publishing.delete(cameraId)) return;
    this.#listener.publishing(cameraId, null);
  }

  /** Whether somebody publishes with this key. */
  isPublishing(keyHash: string): boolean {
    return this.#admitted.has(keyHash);
  }

  #answer(keyHash: string): void {
    const cameraId = this.#cameraOf.get(keyHash);
    this.#admit(keyHash, cameraId !== undefined);
    if (cameraId === undefined) return;
    this.#admitted.set(keyHash, cameraId);
    const since = this.#clock.now();
    this.#publishing.set(cameraId, since);
    this.#listener.publishing(cameraId, since);
  }

  #setUrl(url: string | null): void {
    if (url === this.#url) return;
    this.#url = url;
    this.#listener.ingest(url);
  }
}
