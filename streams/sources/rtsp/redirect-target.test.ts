import { expect, test } from 'vitest';
import { parseRtspUrl } from '../../protocols/rtsp/rtsp-url.ts';
import { redirectTarget } from './redirect-target.ts';

const mine = { user: 'admin', password: 'p' };

test.each([
  ['rtsp://admin:p@cam/1', 'rtsp://cam:8554/2', { host: 'cam', port: 8554, login: mine, requestUrl: 'rtsp://cam:8554/2' }],
  ['rtsp://admin:p@cam/1', 'rtsp://CAM/2', { login: mine }],
  ['rtsp://admin:p@cam:8554/1', '/2?x', { login: mine, port: 8554, requestUrl: 'rtsp://cam:8554/2?x' }],
  ['rtsp://admin:p@cam/1', 'rtsps://cam/2', { login: mine, secure: true }],
  ['rtsps://admin:p@cam/1', 'rtsp://cam/2', { login: null, secure: false }],
  ['rtsp://admin:p@cam/1', 'rtsp://other/2', { login: null }],
  ['rtsp://admin:p@cam/1', 'rtsp://cam.evil.example/2', { login: null }],
  ['rtsp://admin:p@cam/1', 'rtsp://u:q@other/2', { login: { user: 'u', password: 'q' } }],
])('%s to %s', (from, location, expected) => {
  const url = parseRtspUrl(from);
  expect(url.ok && redirectTarget(url.value, location)).toMatchObject({ ok: true, value: expected });
});

test.each(['', 'http://cam/', 'cam', 'rtsp://'])('nowhere: %j', (location) => {
  const url = parseRtspUrl('rtsp://cam/1');
  const target = url.ok && redirectTarget(url.value, location);
  expect(target).toEqual({ ok: false, error: { code: 'source-protocol', params: { reason: 'redirect-malformed' } } });
});
