import type { StreamConfig, SubscriptionMode } from '../../wire/wall-ask.ts';
import { maxPayloadBytes, recordCodec, recordFlag, recordType } from '../../wire/wall-record.ts';
import type { HlsOutput } from '../hls-output.ts';
import type { RecordQueue } from './picture-subscription.ts';
import { sealRecord } from './wall-unit.ts';

/**
 * The pictures of one subscription as fMP4: the parts of the path's HLS, from the latest one that begins with a key picture. They stay where
 * they are until they are sent, so nothing is queued; who cannot take them for a while goes on with a later one that begins with a key.
 */
export class FragmentSubscription {
  readonly #id: number;
  readonly #output: HlsOutput;
  readonly #queue: RecordQueue;
  readonly #detach: () => void;
  #mode: SubscriptionMode;
  /** The part that is to be sent next; null: the next that begins with a key picture. */
  #at: { msn: number; part: number } | null = null;
  #initName = '';
  #sequence = 0;
  /** Where it was when it had to stop: what it has already is not sent again. */
  #had: { readonly msn: number; readonly part: number } | null = null;
  /** Parts were left out since the last one that was sent; and not because the page wanted it so. */
  #hasGap = false;
  #isCut = false;
  hasPicture = false;

  constructor(id: number, output: HlsOutput, queue: RecordQueue, mode: SubscriptionMode) {
    this.#id = id;
    this.#output = output;
    this.#queue = queue;
    this.#mode = mode;
    this.#detach = output.stream.onAdvance(() => queue.wake());
    queue.wake();
  }

  get mode(): SubscriptionMode {
    return this.#mode;
  }

  get isThinned(): boolean {
    return this.#isCut;
  }

  readonly isCatchingUp = false;
  readonly keptBytes = 0;

  set(mode: SubscriptionMode): void {
    if (this.#mode === 'off' && mode !== 'off') this.#queue.wake();
    this.#mode = mode;
    if (mode !== 'off') return;
    this.#at = this.#had = null;
    this.#hasGap = this.hasPicture;
    this.#isCut = false;
  }

  /** What begins with a key picture only is of no use to a media source: it is left as it is. */
  shed(): void {}

  /** Gives what is there by now. */
  fill(): number {
    const { stream } = this.#output;
    if (this.#mode === 'off') return 0;
    if (this.#queue.strain === 'stop') {
      if (this.#at && stream.fragment(this.#at.msn, this.#at.part)) this.#stop();
      return 0;
    }
    this.#at ??= this.#firstOf(stream.lastIndependent());
    let given = 0;
    while (this.#at) {
      const fragment = stream.fragment(this.#at.msn, this.#at.part);
      if (fragment) {
        given += this.#send(fragment);
        this.#at.part += 1;
      } else if (this.#at.msn < stream.position().msn) this.#at = { msn: this.#at.msn + 1, part: 0 };
      else break;
    }
    return given;
  }

  end(): void {
    this.#detach();
  }

  #stop(): void {
    this.#had = this.#at;
    this.#at = null;
    this.#hasGap = this.#isCut = true;
  }

  #firstOf(independent: { msn: number; part: number } | null): { msn: number; part: number } | null {
    const had = this.#had;
    if (!independent || (had && (independent.msn < had.msn || (independent.msn === had.msn && independent.part < had.part)))) return null;
    this.#had = null;
    return independent;
  }

  #send({ bytes, key, startUs, receivedAtMs, init }: NonNullable<ReturnType<HlsOutput['stream']['fragment']>>): number {
    if (init.name !== this.#initName) {
      this.#initName = init.name;
      const said = this.#output.stream.described();
      if (said) {
        const config: StreamConfig = { ...said, audio: null, transcoded: this.#output.transcoding };
        this.#put(recordType.config, 0, 0, Buffer.from(JSON.stringify(config)));
      }
      this.#put(recordType.fmp4Init, 0, 0, init.bytes);
    }
    this.#sequence = (this.#sequence + 1) >>> 0;
    if (bytes.length > maxPayloadBytes) return 0;
    const flags = (key ? recordFlag.key : 0) | (this.#hasGap ? recordFlag.discontinuity : 0);
    this.#hasGap = this.#isCut = false;
    this.hasPicture = true;
    return this.#put(recordType.fmp4Fragment, flags, this.#sequence, bytes, startUs, receivedAtMs * 1000);
  }

  #put(type: 1 | 4 | 5, flags: number, sequence: number, payload: Uint8Array, ptsUs = 0, receivedAtUs = 0): number {
    const record = sealRecord({ type, flags, codec: recordCodec.none, sequence, ptsUs, receivedAtUs, payload });
    this.#queue.put(this.#id, record, flags);
    return record.length;
  }
}
