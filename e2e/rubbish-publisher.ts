import { nalType, nalTypeOf, splitNalUnits } from '../streams/protocols/h264/annex-b.ts';
import { FakePublisher } from '../streams/sources/rtmp/fake-publisher.ts';
import type { FakeStream } from '../streams/sources/rtsp/fake-stream.ts';

const intervalMs = 66;
/** So many in a row are good, then so many are not. */
const goodPictures = 45;
const badPictures = 45;

/**
 * A camera that pushes good pictures for three seconds, then rubbish for as long: lengths that lie, and random bytes. It pushes again when it
 * is turned out. The function given back ends it.
 */
export function pushRubbish(url: string, stream: FakeStream, random: () => number): () => Promise<void> {
  const { port, pathname } = new URL(url);
  const key = pathname.split('/').at(-1)!;
  const stopping = new AbortController();

  const push = async () => {
    const pushed = await FakePublisher.connect(Number(port));
    if ((await pushed.publish(key)) !== 'NetStream.Publish.Start') return pushed.kill();
    pushed.video(0, { kind: 'config', codec: 'h264', form: 'legacy', record: configOf(stream) });
    let sent = 0;
    const timer = setInterval(() => {
      const { annexB, key: isKey } = stream.units[sent % stream.units.length]!;
      const isGood = sent % (goodPictures + badPictures) < goodPictures;
      const sample = isGood ? withLengths(annexB) : Uint8Array.from({ length: 1 + Math.floor(random() * 3000) }, () => random() * 256);
      pushed.video(sent * intervalMs, { kind: 'picture', codec: 'h264', form: 'legacy', key: isKey, compositionMs: 0, sample });
      sent += 1;
    }, intervalMs);
    const stop = () => pushed.kill();
    stopping.signal.addEventListener('abort', stop);
    await pushed.closed;
    stopping.signal.removeEventListener('abort', stop);
    clearInterval(timer);
  };
  const done = (async () => {
    while (!stopping.signal.aborted) {
      await push().catch(() => {});
      await new Promise((again) => setTimeout(again, 200));
    }
  })();
  return async () => {
    stopping.abort();
    await done;
  };
}

/** NAL units with four bytes of length in front (ISO/IEC 14496-15 clause 5.3.2). */
function withLengths(annexB: Uint8Array): Uint8Array {
  return Buffer.concat(
    splitNalUnits(annexB).flatMap((nal) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(nal.length);
      return [length, nal];
    }),
  );
}

/** AVCDecoderConfigurationRecord (clause 5.3.3.1). */
function configOf({ units }: FakeStream): Uint8Array {
  const nals = splitNalUnits(units[0]!.annexB);
  const sps = nals.find((nal) => nalTypeOf(nal) === nalType.sps)!;
  const pps = nals.find((nal) => nalTypeOf(nal) === nalType.pps)!;
  const sized = (set: Uint8Array) => Buffer.concat([Buffer.of(set.length >> 8, set.length & 0xff), set]);
  return Buffer.concat([Buffer.of(1, sps[1]!, sps[2]!, sps[3]!, 0xff, 0xe1), sized(sps), Buffer.of(1), sized(pps)]);
}
