import { describe, expect, it } from 'vitest';
import type { FlvMessage } from '../../protocols/flv/flv-stream.ts';
import { encodeVideoTag } from '../../protocols/flv/video-tag.ts';
import { GopBudget } from './last-gop.ts';
import { Publisher } from './publisher.ts';

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const record = hex('01 4d 40 16 ff e1 0006 674d4016eca0 01 0004 68ee3cb0');
const video = (timestampMs: number, body: Uint8Array): FlvMessage => ({ type: 'video', timestampMs, body });
const config = video(0, encodeVideoTag({ kind: 'config', codec: 'h264', form: 'legacy', record }));
const picture = (timestampMs: number, nal: string) =>
  video(
    timestampMs,
    encodeVideoTag({ kind: 'picture', codec: 'h264', form: 'legacy', key: false, compositionMs: 0, sample: hex(`00000003${nal}`) }),
  );
const sound: FlvMessage = { type: 'audio', timestampMs: 0, body: hex('72 d5d5') };
const at = (now: number) => ({ now, receivedAtMs: 1000 + now });

/** A publisher, and somebody who watches it and writes down what he hears. */
function watched(takes = true) {
  const heard: string[] = [];
  const publisher = new Publisher({ address: '10.0.0.7', budget: new GopBudget(1_000_000), now: 0 });
  const watch = (now = 0) =>
    publisher.watch(
      {
        unit: ({ codec, key, receivedAtMs }) => {
          heard.push(`${codec}${key ? ' key' : ''} @${receivedAtMs}`);
          return takes;
        },
        step: (step, params) => void heard.push(`${step} ${JSON.stringify(params)}`),
        link: ({ packets }) => void heard.push(`link ${packets}`),
        ended: ({ code }) => void heard.push(code),
      },
      now,
    );
  return { publisher, watch, heard };
}

describe('a publisher that is watched', () => {
  it('tells each step once, and sound before the first picture', () => {
    const { publisher, watch, heard } = watched();
    watch();
    for (const message of [sound, config, picture(0, '658884'), picture(40, '419a00'), picture(80, '658884')])
      publisher.push(message, at(5));
    expect(heard).toEqual([
      'connect {"address":"10.0.0.7"}',
      'first-packet {}',
      'pcma key @1005',
      'codec {"codec":"h264"}',
      'h264 key @1005',
      'key-picture {}',
      'h264 @1005',
      'h264 key @1005',
    ]);
  });

  it('counts what was not taken, and shows no key picture before one was', () => {
    const { publisher, watch, heard } = watched(false);
    watch();
    for (const message of [config, picture(0, '658884')]) publisher.push(message, at(5));
    expect(publisher.droppedUnits).toBe(1);
    expect(heard.at(-1)).toBe('h264 key @1005');
  });

  it('ends those who watch when it sends what nobody understands, and those who come later at once', () => {
    const { publisher, watch, heard } = watched();
    publisher.push(config, at(0));
    publisher.push(picture(0, '658884'), at(0));
    watch();
    publisher.push(video(40, hex('91 76703039 00')), at(1));
    publisher.push(picture(80, '419a00'), at(1));
    heard.length = 0;
    publisher.push(video(120, hex('91 76703039 00')), at(1));
    watch();
    expect(heard).toEqual(['connect {"address":"10.0.0.7"}', 'source-codec-unsupported']);
  });

  it('ends those who watch when no picture comes for eight seconds, sound or not', () => {
    const { publisher, watch, heard } = watched();
    watch(20_000);
    for (let now = 20_000; now <= 28_000; now += 1000) {
      publisher.push(sound, at(now));
      publisher.tick(now);
    }
    expect(heard).not.toContain('source-no-video');
    publisher.tick(28_001);
    expect(heard.at(-1)).toBe('source-no-video');
    expect(heard.filter((line) => line.startsWith('link'))).toHaveLength(9);
  });

  it('is heard no more by who left', () => {
    const { publisher, watch, heard } = watched();
    watch()();
    publisher.push(config, at(0));
    publisher.push(picture(0, '658884'), at(0));
    publisher.end();
    expect(heard).toEqual(['connect {"address":"10.0.0.7"}']);
  });
});
