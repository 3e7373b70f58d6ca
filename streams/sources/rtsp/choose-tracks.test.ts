import { describe, expect, it } from 'vitest';
import { parseSdp } from '../../protocols/sdp/parse-sdp.ts';
import { chooseTracks } from './choose-tracks.ts';

const choose = (...lines: string[]) => {
  const session = parseSdp(new TextEncoder().encode(['v=0', ...lines].join('\n')));
  if (!session.ok) throw new Error(session.error);
  const chosen = chooseTracks(session.value);
  return chosen.ok ? [chosen.value.video, chosen.value.audio].map((one) => one && `${one.format.codec} ${one.control}`) : chosen.error;
};
const h264 = ['m=video 0 RTP/AVP 96', 'a=rtpmap:96 H264/90000', 'a=control:v'];
const pcma = ['m=audio 0 RTP/AVP 8', 'a=control:a'];

describe('which tracks are asked for', () => {
  it.each([
    ['picture and sound', [...h264, ...pcma], ['h264 v', 'pcma a']],
    ['sound first', [...pcma, ...h264], ['h264 v', 'pcma a']],
    ['no sound that anybody understands', [...h264, 'm=audio 0 RTP/AVP 99', 'a=rtpmap:99 G726-32/8000'], ['h264 v', null]],
    [
      'the first format that is understood',
      ['m=video 0 RTP/AVP 26 97 96', 'a=rtpmap:97 H265/90000', 'a=rtpmap:96 H264/90000'],
      ['h265 null', null],
    ],
    [
      'the first video that is understood',
      ['m=video 0 RTP/AVP 26', ...h264, 'm=video 0 RTP/AVP 97', 'a=rtpmap:97 H265/90000'],
      ['h264 v', null],
    ],
    ['metadata is passed over', ['m=application 0 RTP/AVP 107', 'a=rtpmap:107 vnd.onvif.metadata/90000', ...h264], ['h264 v', null]],
    [
      'sound to talk back with, recvonly',
      [...h264, 'a=recvonly', ...pcma, 'a=sendonly', 'm=audio 0 RTP/AVP 0', 'a=control:b', 'a=recvonly'],
      ['h264 v', 'pcmu b'],
    ],
    ['sound to talk back with, alone', [...h264, 'a=recvonly', ...pcma, 'a=sendonly'], ['h264 v', null]],
    [
      'what is inactive is passed over',
      [...h264, 'a=inactive', ...h264.map((line) => line.replace('control:v', 'control:w'))],
      ['h264 w', null],
    ],
  ])('%s', (_name, lines, tracks) => {
    expect(choose(...lines)).toEqual(tracks);
  });

  it('says what it does not understand, and that there is nothing', () => {
    expect(choose('m=video 0 RTP/AVP 26 98', 'a=rtpmap:98 MP4V-ES/90000')).toEqual({
      code: 'source-codec-unsupported',
      params: { codec: 'payload type 26, MP4V-ES' },
    });
    expect(choose(...pcma)).toEqual({ code: 'source-no-video', params: {} });
    expect(choose('m=video 0 RTP/AVP 8')).toMatchObject({ code: 'source-codec-unsupported' });
  });
});
