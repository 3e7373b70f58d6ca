import { describe, expect, it } from 'vitest';
import { createLatestValues } from '../../main/hub/readings/latest-values.ts';
import { ManualClock } from '../../main/hub/readings/manual-clock.ts';
import { FakeRelay } from '../testdata/fake-relay.ts';
import { createRelayStatus } from './relay-status.ts';

function open() {
  const clock = new ManualClock(5000);
  const latest = createLatestValues({ flushMs: 100, clock });
  const relay = new FakeRelay();
  const status = createRelayStatus({ relay, latest, clock, cameraExists: (id) => id !== 'gone' });
  return { relay, latest, status, of: (id: string) => latest.get('cameras', id)?.['status'] };
}

const online = (at: number) => ({ state: 'online', at, by: 'relay', reason: null });
const offline = (at: number, reason: string) => ({ state: 'offline', at, by: 'relay', reason });

describe('what the relay tells about cameras', () => {
  it('is that a camera is online once its path is ready, and offline with the reason when it failed', () => {
    const { relay, status, of } = open();
    relay.path('a', 'starting');
    expect([of('a'), status.knows('a')]).toEqual([undefined, true]);
    relay.path('a', 'ready', { since: 200 });
    expect(of('a')).toEqual(online(200));
    relay.path('a', 'failed', { since: 300, reason: 'source-stalled' });
    expect(of('a')).toEqual(offline(300, 'source-stalled'));
    relay.path('a', 'starting', { since: 400 });
    expect(of('a'), 'trying again proves nothing').toEqual(offline(300, 'source-stalled'));
    relay.path('a', 'idle', { since: 500 });
    expect([of('a'), status.knows('a')]).toEqual([offline(300, 'source-stalled'), false]);
  });

  it('keeps a camera online while one of its profiles is ready, and says a state once', () => {
    const { relay, latest, of } = open();
    relay.path('a', 'ready', { profile: 'main', since: 200 });
    relay.path('a', 'failed', { profile: 'sub', since: 300 });
    expect(of('a')).toEqual(online(200));
    const { coalesced } = latest;
    relay.path('a', 'ready', { profile: 'main', since: 200, viewers: 7 });
    expect(latest.coalesced).toBe(coalesced);
    relay.path('a', 'failed', { profile: 'main', since: 400 });
    expect(of('a')).toEqual(offline(400, 'source-failed'));
  });

  it('is nothing about cameras that the directory does not have', () => {
    const { relay, of, status } = open();
    relay.path('gone', 'ready');
    expect([of('gone'), status.knows('gone')]).toEqual([undefined, false]);
  });

  it('is known no more when the relay is lost, and again when it is back', () => {
    const { relay, of, status } = open();
    relay.path('a', 'ready', { since: 200 });
    relay.say({ kind: 'down' });
    expect(of('a')).toEqual({ state: 'unknown', at: 5000, by: 'relay', reason: 'relay-unavailable' });
    expect(status.knows('a')).toBe(false);
    relay.say({ kind: 'up', baseUrl: 'http://127.0.0.1:1' });
    expect(of('a')).toEqual(online(200));
    status.stop();
    expect(relay.listening).toBe(0);
  });

  it('is heard from a relay that was at work before the hub', () => {
    const { relay, of, status } = open();
    relay.path('a', 'ready', { since: 200 });
    const later = open();
    later.relay.reports = relay.reports;
    later.status.start();
    expect(later.of('a')).toEqual(of('a'));
    status.stop();
  });
});
