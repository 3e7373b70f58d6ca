import { describe, expect, it } from 'vitest';
import { baseOf, resolveControl } from './resolve-control.ts';

const requestUrl = 'rtsp://cam/live';

describe('the base', () => {
  it.each([
    ['nothing said', null, null, requestUrl],
    ['Content-Base first', 'rtsp://cam/base/', 'rtsp://cam/location', 'rtsp://cam/base/'],
    ['Content-Location second', null, 'rtsp://cam/location', 'rtsp://cam/location'],
    ['a path is no address', '/base/', null, requestUrl],
    ['nor is rubbish', ' ', 'http://cam/', requestUrl],
    ['a login in it is left out', 'rtsp://admin:p%40@10.0.0.1/base/', null, 'rtsp://10.0.0.1/base/'],
    ['it is made safe to send', ' rtsp://cam/摄 ', null, 'rtsp://cam/%E6%91%84'],
  ])('%s', (_name, contentBase, contentLocation, base) => {
    expect(baseOf({ contentBase, contentLocation, requestUrl })).toBe(base);
  });
});

describe('control addresses', () => {
  it.each([
    [null, 'rtsp://cam/live', 'rtsp://cam/live'],
    ['*', 'rtsp://cam/live/', 'rtsp://cam/live/'],
    ['', 'rtsp://cam/live/', 'rtsp://cam/live/'],
    ['trackID=1', 'rtsp://cam/live', 'rtsp://cam/live/trackID=1'],
    ['trackID=1', 'rtsp://cam/live/', 'rtsp://cam/live/trackID=1'],
    ['trackID=0', 'rtsp://cam/cam/realmonitor?channel=1&subtype=0', 'rtsp://cam/cam/realmonitor?channel=1&subtype=0/trackID=0'],
    ['trackID=0', 'rtsp://cam/realmonitor?channel=1/', 'rtsp://cam/realmonitor?channel=1/trackID=0'],
    ['?ctype=video', 'rtsp://cam/live', 'rtsp://cam/live?ctype=video'],
    ['/video', 'rtsp://cam/live/', 'rtsp://cam/live/video'],
    ['/video', 'rtsp://cam/live', 'rtsp://cam/live/video'],
    ['RTSP://other:8554/a/track1', 'rtsp://cam/live', 'RTSP://other:8554/a/track1'],
    ['rtsp://admin:pass@cam/track1', 'rtsp://cam/live', 'rtsp://cam/track1'],
    ['track 1\u0000\r\nX: y', 'rtsp://cam/live', 'rtsp://cam/live/track%201%00%0D%0AX:%20y'],
    ['x'.repeat(5000), 'rtsp://cam/live', 'rtsp://cam/live'],
  ])('%j behind %s', (control, base, url) => {
    expect(resolveControl(control, base)).toBe(url);
  });
});
