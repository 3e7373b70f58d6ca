import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cameraInput, type Camera } from '../../../../streams/contract.ts';
import { cameraRow } from '../../testdata/fake-hub.ts';
import { cameraArgs, cameraFormOf, credentialsFate, withCredentials, type CameraForm } from './camera-form.ts';

const camera = (more: object = {}) =>
  cameraRow('A1', {
    groups: ['公安', '交警'],
    source: { kind: 'rtsp', url: 'rtsp://10.0.0.7/main', subUrl: 'rtsp://10.0.0.7/sub', hasSecret: true },
    aliases: [{ scheme: 'gb28181', value: '32028200001310000001' }],
    alternates: [{ kind: 'av', url: 'http://10.0.0.7/mjpeg', hasSecret: true }],
    ...more,
  }) as unknown as Camera;
const fresh = (more: Partial<CameraForm> = {}): CameraForm => ({
  ...cameraFormOf(null),
  number: 'B1',
  name: '东门',
  district: '320282101',
  url: 'rtsp://10.0.0.8/main',
  ...more,
});
const argsOf = (form: CameraForm, before: Camera | null = null) => {
  const answer = cameraArgs(form, before);
  if (!answer.ok) throw new Error(answer.error.join());
  return answer.value;
};
const faults = (form: CameraForm, before: Camera | null = null) => {
  const answer = cameraArgs(form, before);
  return answer.ok ? [] : answer.error;
};

describe('the fields of a camera', () => {
  test('a camera that nobody touched is sent as it is shown, so that the hub keeps its credentials', () => {
    const before = camera();
    expect(argsOf(cameraFormOf(before), before)).toEqual({
      number: 'A1',
      name: '路口 A1',
      district: '320282101',
      groups: ['公安', '交警'],
      lat: 31.36,
      lon: 119.8,
      datum: 'wgs84',
      aliases: before.aliases,
      source: { kind: 'rtsp', url: 'rtsp://10.0.0.7/main', subUrl: 'rtsp://10.0.0.7/sub' },
      alternates: [{ kind: 'av', url: 'http://10.0.0.7/mjpeg' }],
      simulated: true,
      drill: false,
    });
  });

  test('typed credentials go into both addresses, encoded', () => {
    const { source } = argsOf(fresh({ subUrl: 'rtsp://10.0.0.8/sub', user: 'admin', password: 'a@b:c/d%e#' }));
    expect(source).toEqual({
      kind: 'rtsp',
      url: 'rtsp://admin:a%40b%3Ac%2Fd%25e%23@10.0.0.8/main',
      subUrl: 'rtsp://admin:a%40b%3Ac%2Fd%25e%23@10.0.0.8/sub',
    });
  });

  test.each<[string, Partial<CameraForm>, object]>([
    ['a camera that pushes has no address', { kind: 'rtmp', pushes: true, url: 'rtmp://left.over/x' }, { kind: 'rtmp' }],
    ['one that is pulled has', { kind: 'rtmp', url: 'rtmp://10.0.0.9/live' }, { kind: 'rtmp', url: 'rtmp://10.0.0.9/live' }],
    [
      'GB/T 28181',
      { kind: 'gb28181', url: '', deviceId: '32028200001110000001', channelId: '32028200001310000001' },
      { kind: 'gb28181', deviceId: '32028200001110000001', channelId: '32028200001310000001' },
    ],
    ['a file', { kind: 'file', url: 'clip:a' }, { kind: 'file', url: 'clip:a' }],
  ])('%s', (_what, more, source) => {
    expect(argsOf(fresh(more)).source).toEqual(source);
  });

  test('a file keeps where in its loop it starts', () => {
    const before = camera({ source: { kind: 'file', url: 'clip:a', phaseMs: 700, hasSecret: false } });
    expect(argsOf({ ...cameraFormOf(before), name: '新名' }, before).source).toEqual({ kind: 'file', url: 'clip:a', phaseMs: 700 });
  });

  test.each<[string, Partial<CameraForm>, string[]]>([
    ['nothing wrong', {}, []],
    ['no number', { number: '' }, ['number']],
    ['a number in Chinese', { number: '一号' }, ['number']],
    ['no name', { name: ' ' }, ['name']],
    ['no district', { district: '' }, ['district']],
    ['half a position', { lat: '31.3' }, ['position']],
    ['a position that is no number', { lat: 'north', lon: '119' }, ['position']],
    ['a position off the globe', { lat: '131.3', lon: '119' }, ['position']],
    ['no address', { url: '' }, ['url']],
    ['credentials without an address to hold them', { url: 'not an address', user: 'admin' }, ['url']],
    ['credentials of a file', { kind: 'file', url: 'clip:a', password: 'x' }, ['credentials']],
    ['several', { number: '', name: '', url: '' }, ['url', 'number', 'name']],
  ])('%s', (_what, more, expected) => {
    expect(faults(fresh(more))).toEqual(expected);
  });

  test('whatever is let through, the contract takes', () => {
    const words = fc.oneof(fc.string({ maxLength: 40 }), fc.constantFrom('rtsp://10.0.0.1/a', '320282101', '31.2', 'A-1', ''));
    const forms = fc.record({
      number: words,
      name: words,
      district: words,
      groups: words,
      lat: words,
      lon: words,
      datum: fc.constantFrom('wgs84' as const, 'gcj02' as const),
      kind: fc.constantFrom('rtsp' as const, 'rtmp' as const, 'file' as const, 'av' as const, 'gb28181' as const),
      pushes: fc.boolean(),
      url: words,
      subUrl: words,
      user: words,
      password: words,
      deviceId: words,
      channelId: words,
    });
    fc.assert(
      fc.property(forms, (form) => {
        const answer = cameraArgs(form, null);
        return !answer.ok || cameraInput.safeParse(answer.value).success;
      }),
      { seed: 5, numRuns: 500 },
    );
  });
});

describe('what becomes of kept credentials', () => {
  const before = camera();
  test.each<[string, Partial<CameraForm>, string]>([
    ['nothing changed', {}, 'kept'],
    ['another name', { name: '新名' }, 'kept'],
    ['another sub address', { subUrl: 'rtsp://10.0.0.7/other' }, 'lost'],
    ['another kind', { kind: 'av' }, 'lost'],
    ['another address and typed anew', { url: 'rtsp://10.0.0.9/main', user: 'admin', password: 'x' }, 'none'],
  ])('%s', (_what, more, fate) => {
    expect(credentialsFate({ ...cameraFormOf(before), ...more }, before)).toBe(fate);
  });

  test('where there are none, nothing is said', () => {
    expect(credentialsFate(fresh(), null)).toBe('none');
    const plain = camera({ source: { kind: 'rtsp', url: 'rtsp://10.0.0.7/main', hasSecret: false } });
    expect(credentialsFate({ ...cameraFormOf(plain), url: 'rtsp://10.0.0.9/x' }, plain)).toBe('none');
  });
});

test('credentials come out of an address as they were put in', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), fc.string({ unit: 'grapheme', maxLength: 30 }), (user, password) => {
      const url = new URL(withCredentials('rtsp://10.0.0.8:554/live', user, password)!);
      return decodeURIComponent(url.username) === user && decodeURIComponent(url.password) === password && url.pathname === '/live';
    }),
    { seed: 5, numRuns: 300 },
  );
});
