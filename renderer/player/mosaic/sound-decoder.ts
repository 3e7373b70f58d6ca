import { recordCodec, type WallRecord } from '../../../streams/wire/wall-record.ts';
import { readAdtsHead, type AdtsHead } from './adts.ts';
import { decodeG711, g711SampleRate } from './g711.ts';

/** The part of an AudioDecoder that is used here. */
export type AudioDecoderLike = Pick<AudioDecoder, 'state' | 'decodeQueueSize' | 'configure' | 'decode' | 'close'>;

/** What sound needs from outside; the browser's own, unless a test says otherwise. */
export interface SoundPorts {
  create(init: AudioDecoderInit): AudioDecoderLike;
  chunk(init: EncodedAudioChunkInit): EncodedAudioChunk;
}

/** The browser's audio decoders. */
export const browserSound: SoundPorts = {
  create: (init) => new AudioDecoder(init),
  chunk: (init) => new EncodedAudioChunk(init),
};

/** Samples, one array a channel, −1 to 1. */
export type OnSound = (sampleRate: number, channels: Float32Array<ArrayBuffer>[], ptsUs: number) => void;

/** Frames of AAC that may wait, some 0.7 s of them: later ones are left out. */
const maxQueued = 32;
/** A decoder that broke is made anew so often; after that the sound stays away until the tile is listened to again. */
const maxFailures = 20;

/** Decodes the sound of the one tile that is listened to. */
export class SoundDecoder {
  /** Frames that were left out or could not be read. */
  skipped = 0;
  readonly #ports: SoundPorts;
  readonly #onSound: OnSound;
  #decoder: AudioDecoderLike | null = null;
  #head: AdtsHead | null = null;
  #failures = 0;
  #closed = false;

  constructor(ports: SoundPorts, onSound: OnSound) {
    this.#ports = ports;
    this.#onSound = onSound;
  }

  /** Decodes one record of audio. It is not read after this returns. */
  push(record: WallRecord): void {
    if (this.#closed) return;
    if (record.codec === recordCodec.pcma || record.codec === recordCodec.pcmu) {
      const samples = decodeG711(record.payload, record.codec === recordCodec.pcma ? 'pcma' : 'pcmu');
      if (samples.length > 0) this.#onSound(g711SampleRate, [samples], record.ptsUs);
    } else if (record.codec === recordCodec.aac) this.#pushAac(record);
    else this.skipped += 1;
  }

  close(): void {
    this.#closed = true;
    this.#drop();
  }

  #pushAac(record: WallRecord): void {
    const head = readAdtsHead(record.payload);
    if (head === null || this.#failures >= maxFailures) {
      this.skipped += 1;
      return;
    }
    const last = this.#head;
    if (this.#decoder === null || last?.codec !== head.codec || last.sampleRate !== head.sampleRate || last.channels !== head.channels)
      this.#make(head);
    const decoder = this.#decoder;
    if (decoder === null || decoder.decodeQueueSize >= maxQueued) {
      this.skipped += 1;
      return;
    }
    try {
      decoder.decode(this.#ports.chunk({ type: 'key', timestamp: record.ptsUs, data: record.payload as Uint8Array<ArrayBuffer> }));
    } catch {
      this.#failed(decoder);
    }
  }

  #make(head: AdtsHead): void {
    this.#drop();
    this.#head = head;
    const decoder = this.#ports.create({
      output: (data) => this.#output(decoder, data),
      error: () => this.#failed(decoder),
    });
    this.#decoder = decoder;
    try {
      // Without a description the frames are taken as ADTS (WebCodecs AAC registration, clause 2).
      decoder.configure({ codec: head.codec, sampleRate: head.sampleRate, numberOfChannels: head.channels });
    } catch {
      this.#failed(decoder);
    }
  }

  #output(decoder: AudioDecoderLike, data: AudioData): void {
    if (decoder === this.#decoder) {
      const channels = Array.from({ length: data.numberOfChannels }, (_, planeIndex) => {
        const samples = new Float32Array(data.numberOfFrames);
        data.copyTo(samples, { planeIndex, format: 'f32-planar' });
        return samples;
      });
      this.#onSound(data.sampleRate, channels, data.timestamp);
    }
    data.close();
  }

  #failed(decoder: AudioDecoderLike): void {
    if (decoder !== this.#decoder) return;
    this.#failures += 1;
    this.#drop();
  }

  #drop(): void {
    const decoder = this.#decoder;
    this.#decoder = null;
    this.#head = null;
    if (decoder !== null && decoder.state !== 'closed') decoder.close();
  }
}
