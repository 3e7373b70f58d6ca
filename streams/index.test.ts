import { describe, expect, it } from 'vitest';
import { silentLog } from '../main/contract/log.ts';
import { MemoryLedger } from '../main/hub/ledger/memory-ledger.ts';
import { createLatestValues } from '../main/hub/readings/latest-values.ts';
import { ManualClock } from '../main/hub/readings/manual-clock.ts';
import type { CameraStatus } from './contract.ts';
import { createStreams } from './index.ts';
import { callCommand } from './testdata/call-command.ts';
import { FakeRelay } from './testdata/fake-relay.ts';

const clipsFolder = `${import.meta.dirname}/demo-city/clips`;

const prober = { enabled: true, roundMs: 600_000, method: 'options', atOnce: 64 } as const;

function open(demo: boolean) {
  const clock = new ManualClock(1_700_000_000_000);
  const ledger = new MemoryLedger();
  const latest = createLatestValues({ flushMs: 1e9, clock });
  const relay = new FakeRelay();
  const streams = createStreams({ ledger, latest, relay, clock, log: silentLog, demo, timeZone: 'Asia/Shanghai', clipsFolder, prober });
  const statusOf = (id: string) => latest.get('cameras', id)?.['status'] as CameraStatus | undefined;
  return { clock, ledger, latest, relay, streams, statusOf };
}

describe('createStreams', () => {
  it('brings up the demo city: found, watched, told about; and ends all of it', async () => {
    const { clock, ledger, relay, streams, statusOf } = open(true);
    await streams.start();
    const { cameras, total } = await callCommand(streams.handlers, ledger, 'camera.search', { text: '路口', limit: 1 });
    expect(total).toBeGreaterThan(5000);
    const cameraId = cameras[0]?.id ?? '';
    expect(streams.cameraScope(cameraId)).toEqual({ district: cameras[0]?.district, groups: ['公安', '交警'] });
    const { leaseId } = await callCommand(streams.handlers, ledger, 'stream.lease', { cameraId, profile: 'sub' });
    expect([relay.leases()[0]?.leaseId, streams.leases]).toEqual([leaseId, 1]);

    relay.path(cameraId, 'ready');
    const district = cameras[0]?.district ?? '';
    const { changed } = await callCommand(streams.handlers, ledger, 'demo.story', { story: 'district-offline', district, active: true });
    expect(changed).toBeGreaterThan(10);
    expect(statusOf(cameraId), 'what the relay sees is true whatever the story').toMatchObject({ state: 'online', by: 'relay' });

    streams.sessionEnded('session-1');
    expect([relay.closed, streams.leases]).toEqual([[leaseId], 0]);
    await streams.stop();
    expect(relay.listening).toBe(0);
    expect(clock.sleeping, 'only the flush of the latest values').toBeLessThanOrEqual(1);
  });

  it('outside a demo invents nothing and tells no stories', async () => {
    const { clock, ledger, streams } = open(false);
    await streams.start();
    expect([ledger.size('cameras'), ledger.size('districts'), clock.sleeping]).toEqual([0, 0, 0]);
    const story = callCommand(streams.handlers, ledger, 'demo.story', { story: 'district-offline', district: '32', active: true });
    await expect(story).rejects.toMatchObject({ problem: { code: 'unavailable' } });
    await streams.stop();
  });

  it('asks cameras that nobody watches, and leaves those that the relay has open to the relay', async () => {
    const { clock, ledger, relay, streams, statusOf } = open(false);
    await streams.start();
    const put = (number: string) =>
      callCommand(streams.handlers, ledger, 'camera.upsert', {
        number,
        name: '路口',
        district: '32',
        source: { kind: 'rtsp', url: `rtsp://${number}/1` },
      });
    const [quiet, watched] = [(await put('A')).cameraId, (await put('B')).cameraId];
    relay.path(watched, 'ready', { since: 7 });
    await clock.advance(0);
    await clock.advance(1000);
    await clock.advance(1000);
    expect(statusOf(quiet)).toMatchObject({ state: 'online', by: 'prober' });
    expect(statusOf(watched)).toMatchObject({ by: 'relay', at: 7 });
    expect(streams.probing).toMatchObject({ cameras: 2, unanswered: 0 });
    await streams.stop();
    expect([relay.listening, clock.sleeping <= 1]).toEqual([0, true]);
  });

  it('can be stopped while the demo city is being put in', async () => {
    const { ledger, relay, streams } = open(true);
    const starting = streams.start();
    await new Promise((resolve) => setImmediate(resolve));
    await streams.stop();
    await starting;
    expect(ledger.size('cameras')).toBeLessThan(30_000);
    expect(relay.listening).toBe(0);
  });
});
