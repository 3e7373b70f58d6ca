import { expect, it } from 'vitest';
import type { SourceShown } from '../contract.ts';
import type { CameraId } from '../../main/contract/ids.ts';
import { hostOf, isAskable } from './askable-camera.ts';

const id = 'c1' as CameraId;

it.each<[Omit<SourceShown, 'hasSecret'>, boolean, string]>([
  [{ kind: 'rtsp', url: 'rtsp://10.1.2.3:554/Streaming/Channels/102' }, true, '10.1.2.3'],
  [{ kind: 'rtsp', url: 'rtsp://NVR-7.police.city/1' }, true, 'nvr-7.police.city'],
  [{ kind: 'rtsp', url: 'rtsp://[fd00::7]:8554/1' }, true, '[fd00::7]'],
  [{ kind: 'rtmp', url: 'rtmp://10.1.2.3/live/1' }, true, '10.1.2.3'],
  [{ kind: 'rtmp' }, false, 'c1'],
  [{ kind: 'av', url: 'http://10.1.2.3/video.mjpeg' }, true, '10.1.2.3'],
  [{ kind: 'av', url: 'no address at all' }, true, 'c1'],
  [{ kind: 'file', url: 'clip:bridge' }, false, 'c1'],
  [{ kind: 'file', url: '/video/yard.mp4' }, true, 'c1'],
  [{ kind: 'gb28181', deviceId: '32998201001180000001', channelId: '32998201041321000001' }, false, 'c1'],
])('%j: asked %s, at %s', (shown, asked, host) => {
  const source = { ...shown, hasSecret: false };
  expect([isAskable({ simulated: false, source }), hostOf({ id, source })]).toEqual([asked, host]);
  expect(isAskable({ simulated: true, source }), 'nobody is behind a simulated camera').toBe(false);
});
