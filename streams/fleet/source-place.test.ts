import { expect, test } from 'vitest';
import type { Profile, SourceSpec } from '../contract.ts';
import { sourcePlace } from './source-place.ts';

test.each<[string, SourceSpec, Profile, [host: string, kbps: number] | null]>([
  ['main', { kind: 'rtsp', url: 'rtsp://admin:x@10.0.0.1:554/ch1' }, 'main', ['10.0.0.1', 4000]],
  ['sub', { kind: 'rtsp', url: 'rtsp://10.0.0.1/ch1', subUrl: 'rtsp://NVR.City.example:8554/ch1s' }, 'sub', ['nvr.city.example', 1000]],
  ['sub without an address of its own', { kind: 'rtsp', url: 'rtsp://10.0.0.1/ch1' }, 'sub', ['10.0.0.1', 4000]],
  ['IPv6', { kind: 'av', url: 'http://[fd00::1]:8000/live' }, 'main', ['fd00::1', 4000]],
  ['pulled RTMP', { kind: 'rtmp', url: 'rtmp://10.0.0.7/live/a' }, 'main', ['10.0.0.7', 4000]],
  ['pushed RTMP', { kind: 'rtmp', publishKey: 'k'.repeat(32) }, 'main', null],
  ['a file', { kind: 'file', url: 'file:///srv/a.mp4' }, 'main', null],
  ['nonsense', { kind: 'rtsp', url: 'nonsense' }, 'main', null],
])('%s', (_name, spec, profile, place) => {
  expect(sourcePlace(spec, profile)).toEqual(place && { host: place[0], kbps: place[1] });
});
