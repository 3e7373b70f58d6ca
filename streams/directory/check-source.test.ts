import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SourceInput, SourceShown } from '../contract.ts';
import { checkSource } from './check-source.ts';

const rtsp = (url: string): SourceInput => ({ kind: 'rtsp', url });
const av = (url: string): SourceInput => ({ kind: 'av', url });
const file = (url: string): SourceInput => ({ kind: 'file', url });

describe('checkSource', () => {
  const shown: readonly [source: SourceInput, url: string, hasSecret: boolean][] = [
    [rtsp('rtsp://10.0.0.1:554/Streaming/Channels/101'), 'rtsp://10.0.0.1:554/Streaming/Channels/101', false],
    [rtsp('rtsps://host/a?channel=1&subtype=0'), 'rtsps://host/a?channel=1&subtype=0', false],
    [rtsp('rtsp://admin:Secret1@10.0.0.1:554/a'), 'rtsp://10.0.0.1:554/a', true],
    [rtsp('rtsp://admin@10.0.0.1/a'), 'rtsp://10.0.0.1/a', true],
    [rtsp('rtsp://admin:p%40ss%23w@10.0.0.1/a'), 'rtsp://10.0.0.1/a', true],
    [rtsp('rtsp://admin:pa@ss@10.0.0.1/a'), 'rtsp://10.0.0.1/a', true],
    [rtsp('rtsp://10.0.0.1/a?channel=1&password=Secret1'), 'rtsp://10.0.0.1/a?channel=1', true],
    [rtsp('rtsp://10.0.0.1/a?PWD=Secret1&user=admin'), 'rtsp://10.0.0.1/a', true],
    [rtsp('rtsp://10.0.0.1/a?p%61ssword=Secret1;channel=2'), 'rtsp://10.0.0.1/a?channel=2', true],
    [rtsp('rtsp://10.0.0.1:554/user=admin&password=Secret1&channel=1&stream=0.sdp?real_stream'), 'rtsp://10.0.0.1:554', true],
    [rtsp('rtsp://10.0.0.1:554/live/user=admin_password=Secret1_channel=1.sdp'), 'rtsp://10.0.0.1:554/live', true],
    [rtsp('rtsp://10.0.0.1/a#Secret1'), 'rtsp://10.0.0.1/a', true],
    [{ kind: 'rtmp', url: 'rtmp://h/app/s?sign=Secret1&expire=9' }, 'rtmp://h/app/s?expire=9', true],
    [av('http://h/live.flv?token=Secret1&id=3'), 'http://h/live.flv?id=3', true],
    [av('srt://h:9000?mode=caller&passphrase=Secret1'), 'srt://h:9000?mode=caller', true],
    [av('udp://239.0.0.1:1234'), 'udp://239.0.0.1:1234', false],
    [av('lavfi:testsrc'), 'lavfi:testsrc', false],
    [av('x:user=admin&password=Secret1'), 'x:', true],
    [file('/srv/videos/a b.mp4'), '/srv/videos/a b.mp4', false],
    [file('C:\\videos\\a.mp4'), 'C:\\videos\\a.mp4', false],
    [file('file:///srv/a.mp4'), 'file:///srv/a.mp4', false],
    [file('clip:crossing.main'), 'clip:crossing.main', false],
  ];
  it.each(shown)('%j is shown as %s (secret: %s)', (source, url, hasSecret) => {
    const checked = checkSource(source);
    expect(checked).toEqual({ ok: true, value: { kind: source.kind, url, hasSecret } });
    expect(JSON.stringify(checked)).not.toContain('Secret1');
  });

  const refused: readonly [source: SourceInput, field: string, reason: string][] = [
    [rtsp('http://10.0.0.1/a'), 'url', 'scheme'],
    [rtsp('10.0.0.1/a'), 'url', 'not-a-url'],
    [rtsp('rtsp:///a'), 'url', 'host-missing'],
    [rtsp('rtsp://10.0.0.1/a b'), 'url', 'control-character'],
    [rtsp('rtsp://10.0.0.1/a\u202ebc'), 'url', 'control-character'],
    // What is left of a password behind a bare #, / or ? must not be shown.
    [rtsp('rtsp://admin:12#34@10.0.0.1/a'), 'url', 'at-sign-not-encoded'],
    [rtsp('rtsp://admin:12/34@10.0.0.1/a'), 'url', 'at-sign-not-encoded'],
    [rtsp('rtsp://admin:12?34@10.0.0.1/a'), 'url', 'at-sign-not-encoded'],
    [{ kind: 'rtsp', url: 'rtsp://h/a', subUrl: 'ftp://h/b' }, 'subUrl', 'scheme'],
    [{ kind: 'rtmp', url: 'rtsp://h/a' }, 'url', 'scheme'],
    [{ kind: 'rtmp', url: 'rtmp://h/a', publishKey: 'key-0123456789abcdef' }, 'publishKey', 'with-url'],
    [{ kind: 'rtmp', subUrl: 'rtmp://h/a' }, 'subUrl', 'without-url'],
    [av('plain'), 'url', 'not-a-url'],
    [file('relative/a.mp4'), 'url', 'not-an-absolute-path'],
    [file('clip:../secret'), 'url', 'not-an-absolute-path'],
    [file('file://server/share/a.mp4'), 'url', 'not-an-absolute-path'],
    [file('/a\u0000b'), 'url', 'control-character'],
    [{ kind: 'gb28181', deviceId: '123', channelId: '32998201041321000001' }, 'deviceId', 'not-20-digits'],
    [{ kind: 'gb28181', deviceId: '32998201041321000001', channelId: 'x' }, 'channelId', 'not-20-digits'],
  ];
  it.each(refused)('%j is refused for its %s: %s', (source, field, reason) => {
    expect(checkSource(source)).toEqual({ ok: false, error: { code: 'source-invalid', params: { field, reason } } });
  });

  it('keeps what is no secret', () => {
    const channel: SourceInput = { kind: 'gb28181', deviceId: '32998201001180000001', channelId: '32998201041321000001' };
    expect(checkSource(channel)).toEqual({ ok: true, value: { ...channel, hasSecret: false } });
    expect(checkSource({ kind: 'rtmp' })).toEqual({ ok: true, value: { kind: 'rtmp', hasSecret: false } });
    const pushed: SourceInput = { kind: 'rtmp', publishKey: 'key-0123456789abcdef' };
    expect(checkSource(pushed)).toEqual({ ok: true, value: { kind: 'rtmp', hasSecret: true } });
    const clip: SourceInput = { kind: 'file', url: 'clip:a.main', subUrl: 'clip:a.sub', phaseMs: 5 };
    expect(checkSource(clip)).toEqual({ ok: true, value: { ...clip, hasSecret: false } });
  });

  it('shows no password, wherever the standard places are and whatever it is made of', () => {
    const secret = fc.string({
      unit: fc.constantFrom('Q', 'Z', '7', ':', '@', '#', '/', '?', '&', '=', '%', ';', '_', '密'),
      minLength: 6,
      maxLength: 12,
    });
    const place = fc.constantFrom<(secret: string) => string>(
      (text) => `rtsp://admin:${text}@10.0.0.1:554/a`,
      (text) => `rtsp://admin:${encodeURIComponent(text)}@10.0.0.1:554/a`,
      (text) => `rtsp://10.0.0.1/a?channel=1&password=${encodeURIComponent(text)}`,
      (text) => `rtsp://10.0.0.1/user=admin_password=${encodeURIComponent(text)}_channel=1.sdp`,
    );
    fc.assert(
      fc.property(secret, place, (text, put) => {
        const checked = checkSource(rtsp(put(text)));
        if (!checked.ok) return;
        const value = checked.value as SourceShown & { url: string };
        expect(value.hasSecret).toBe(true);
        for (const piece of text.split(/[^QZ7密]+/)) if (piece.length >= 3) expect(decodeURIComponent(value.url)).not.toContain(piece);
      }),
      { seed: 2396, numRuns: 2000 },
    );
  });
});
