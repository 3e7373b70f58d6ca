import { expect, test } from 'vitest';
import { recordCodec, recordType, type WallRecord } from '../../../streams/wire/wall-record.ts';
import { SoundDecoder, type AudioDecoderLike } from './sound-decoder.ts';
import { picture } from './testdata/wall-records.ts';

const adts = (rate = 0x50) => Uint8Array.of(0xff, 0xf1, rate, 0x80, 0x0e, 0xbf, 0xfc, 1, 2);
const sound = (codec: WallRecord['codec'], payload: Uint8Array): WallRecord => ({
  ...picture(1),
  type: recordType.audio,
  codec,
  payload,
  ptsUs: 40,
});
const aac = (payload = adts()) => sound(recordCodec.aac, payload);

class FakeAudioDecoder {
  state: CodecState = 'unconfigured';
  decodeQueueSize = 0;
  readonly configs: AudioDecoderConfig[] = [];
  readonly init: AudioDecoderInit;
  closedData = 0;
  constructor(init: AudioDecoderInit) {
    this.init = init;
  }
  configure(config: AudioDecoderConfig) {
    this.state = 'configured';
    this.configs.push(config);
  }
  decode() {
    this.decodeQueueSize += 1;
  }
  close() {
    if (this.state === 'closed') throw new DOMException('closed', 'InvalidStateError');
    this.state = 'closed';
  }
  give() {
    this.decodeQueueSize = 0;
    this.init.output({
      numberOfChannels: 2,
      numberOfFrames: 3,
      sampleRate: 44_100,
      timestamp: 40,
      copyTo: (to: Float32Array, { planeIndex }: AudioDataCopyToOptions) => to.fill(planeIndex + 1),
      close: () => (this.closedData += 1),
    } as unknown as AudioData);
  }
}

function rig() {
  const heard: unknown[] = [];
  const made: FakeAudioDecoder[] = [];
  const decoder = new SoundDecoder(
    {
      create(init) {
        const one = new FakeAudioDecoder(init);
        made.push(one);
        return one as unknown as AudioDecoderLike;
      },
      chunk: (init) => init as unknown as EncodedAudioChunk,
    },
    (sampleRate, channels, ptsUs) => heard.push([sampleRate, channels.map((samples) => [...samples]), ptsUs]),
  );
  return { decoder, heard, made };
}

test('G.711 is samples at once', () => {
  const { decoder, heard } = rig();
  decoder.push(sound(recordCodec.pcma, Uint8Array.of(0xd5)));
  decoder.push(sound(recordCodec.pcmu, Uint8Array.of(0xff)));
  decoder.push(sound(recordCodec.pcmu, new Uint8Array()));
  expect(heard).toEqual([
    [8000, [[8 / 32_768]], 40],
    [8000, [[0]], 40],
  ]);
});

test('AAC goes through a decoder that is set up by the frames themselves, anew when they change', () => {
  const { decoder, heard, made } = rig();
  decoder.push(aac());
  decoder.push(aac());
  made[0]!.give();
  expect(heard).toEqual([
    [
      44_100,
      [
        [1, 1, 1],
        [2, 2, 2],
      ],
      40,
    ],
  ]);
  expect(made[0]!.closedData).toBe(1);
  decoder.push(aac(adts(0x6c)));
  expect(made.map(({ state, configs }) => [state, configs])).toEqual([
    ['closed', [{ codec: 'mp4a.40.2', sampleRate: 44_100, numberOfChannels: 2 }]],
    ['configured', [{ codec: 'mp4a.40.2', sampleRate: 8_000, numberOfChannels: 2 }]],
  ]);
});

test('what cannot be read, and what comes faster than it is decoded, is left out and counted', () => {
  const { decoder, made } = rig();
  decoder.push(aac(Uint8Array.of(1, 2, 3)));
  decoder.push(sound(recordCodec.none, adts()));
  for (let frames = 0; frames < 40; frames += 1) decoder.push(aac());
  expect(made[0]!.decodeQueueSize).toBe(32);
  expect(decoder.skipped).toBe(10);
});

test('a decoder that breaks is made anew, but not for ever', () => {
  const { decoder, made } = rig();
  for (let times = 0; times < 30; times += 1) {
    decoder.push(aac());
    const last = made.at(-1)!;
    if (last.state === 'closed') continue;
    last.state = 'closed';
    last.init.error(new DOMException('it broke', 'EncodingError'));
  }
  expect(made).toHaveLength(20);
});

test('closed is closed: what was under way is given back unheard', () => {
  const { decoder, heard, made } = rig();
  decoder.push(aac());
  decoder.close();
  decoder.close();
  made[0]!.give();
  decoder.push(sound(recordCodec.pcma, adts()));
  expect(heard).toEqual([]);
  expect([made[0]!.state, made[0]!.closedData]).toEqual(['closed', 1]);
});
