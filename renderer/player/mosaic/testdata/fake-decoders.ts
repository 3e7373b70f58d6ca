import type { DecoderLike, DecoderPorts } from '../tile-decoder.ts';

/** A picture that counts how often it was closed. */
export class FakePicture {
  readonly timestamp: number;
  readonly codedWidth = 320;
  readonly codedHeight = 180;
  readonly displayWidth = 320;
  readonly displayHeight = 180;
  closed = 0;
  constructor(timestamp: number) {
    this.timestamp = timestamp;
  }
  close() {
    this.closed += 1;
  }
}

/** A VideoDecoder whose pictures and errors come when the test says. */
export class FakeDecoder {
  state: CodecState = 'unconfigured';
  decodeQueueSize = 0;
  ondequeue: DecoderLike['ondequeue'] = null;
  readonly configs: VideoDecoderConfig[] = [];
  readonly fed: EncodedVideoChunkInit[] = [];
  readonly pictures: FakePicture[] = [];
  resets = 0;
  #needsKey = true;
  #unsaid: number[] = [];
  readonly #init: VideoDecoderInit;

  constructor(init: VideoDecoderInit) {
    this.#init = init;
  }
  configure(config: VideoDecoderConfig) {
    if (config.codec === 'nonsense') throw new TypeError('not a codec');
    this.state = 'configured';
    this.#needsKey = true;
    this.configs.push(config);
  }
  decode(chunk: EncodedVideoChunk) {
    if (this.state !== 'configured') throw new DOMException('closed', 'InvalidStateError');
    const init = chunk as unknown as EncodedVideoChunkInit;
    if (this.#needsKey && init.type !== 'key') throw new DOMException('a key picture is required', 'DataError');
    this.#needsKey = false;
    this.fed.push(init);
    this.#unsaid.push(init.timestamp);
    this.decodeQueueSize += 1;
  }
  reset() {
    this.resets += 1;
    this.state = 'unconfigured';
    this.decodeQueueSize = 0;
    this.#unsaid = [];
  }
  close() {
    if (this.state === 'closed') throw new DOMException('closed already', 'InvalidStateError');
    this.state = 'closed';
    this.decodeQueueSize = 0;
  }
  /** Takes up everything that waits, without a picture. */
  swallow() {
    this.decodeQueueSize = 0;
    this.#unsaid = [];
    (this.ondequeue as (() => void) | null)?.();
  }
  /** Gives the pictures of everything that was fed, or of these. */
  give(timestamps: readonly number[] = this.#unsaid) {
    const given = [...timestamps];
    this.#unsaid = [];
    this.decodeQueueSize = 0;
    return given.map((timestamp) => {
      const one = new FakePicture(timestamp);
      this.pictures.push(one);
      this.#init.output(one as unknown as VideoFrame);
      return one;
    });
  }
  fail(name = 'EncodingError') {
    this.state = 'closed';
    this.#init.error(new DOMException('it broke', name));
  }
}

/** Decoders as the test wants them; `made` has them all. */
export function fakeDecoders(): DecoderPorts & { readonly made: FakeDecoder[] } {
  const made: FakeDecoder[] = [];
  return {
    made,
    create(init) {
      const decoder = new FakeDecoder(init);
      made.push(decoder);
      return decoder as unknown as DecoderLike;
    },
    chunk: (init) => init as unknown as EncodedVideoChunk,
  };
}
