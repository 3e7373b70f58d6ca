import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHub, until, type RunningHub } from './start-hub.ts';

const ffmpeg = ['/usr/bin/ffmpeg', '/usr/local/bin/ffmpeg', '/opt/homebrew/bin/ffmpeg'].find(existsSync) ?? null;
const why = ffmpeg === null ? ' (skipped: no ffmpeg found)' : '';

describe.skipIf(ffmpeg === null)(`low-latency HLS for the rest of the world${why}`, () => {
  let hub: RunningHub;
  let cameraId: string;
  beforeAll(async () => {
    hub = await startHub({ demo: true });
    cameraId = await until('cameras', 30_000, async () => (await hub.collection<{ id: string }>('cameras', '?limit=1')).items[0]?.id);
  });
  afterAll(() => hub?.stop());

  interface Lease {
    leaseId: string;
    urls: { hls: string; socket: string };
  }

  test('ffmpeg decodes six seconds of it without a message', async () => {
    const lease = await hub.command<Lease>('stream.lease', { cameraId, profile: 'sub' });
    const done = spawnSync(ffmpeg!, ['-nostdin', '-v', 'warning', '-i', lease.urls.hls, '-t', '6', '-f', 'null', '-'], {
      encoding: 'utf8',
      timeout: 60_000,
    });
    // ffmpeg 5.1 takes the EXT-X-MAP of every reloaded live playlist for a new one and reads it again: it says this of the
    // playlists of its own HLS muxer too. Nothing else may be said.
    const messages = done.stderr
      .split('\n')
      .filter((line) => line !== '' && !/Found duplicated MOOV Atom|Last message repeated/.test(line));
    expect(messages).toEqual([]);
    expect(done.status).toBe(0);
    const used = await fetch(lease.urls.hls);
    expect(used.status).toBe(403);
    expect(await used.json()).toMatchObject({ error: { code: 'ticket-refused' } });
    await hub.command('stream.release', { leaseId: lease.leaseId });
  });

  test('ten viewers, one upstream; a released lease ends its playback', async () => {
    const leases = await Promise.all(Array.from({ length: 10 }, () => hub.command<Lease>('stream.lease', { cameraId, profile: 'sub' })));
    const playlists = await Promise.all(
      leases.map(async ({ urls }) => {
        const master = await (await fetch(urls.hls)).text();
        return new URL(
          master.split('\n').findLast((line) => line !== '' && !line.startsWith('#'))!,
          urls.hls,
        ).href;
      }),
    );
    for (const url of playlists) expect((await fetch(url)).status).toBe(200);
    await hub.command('stream.release', { leaseId: leases[0]!.leaseId });
    await until('the playback to end', 5000, async () => (await fetch(playlists[0]!)).status === 410);
    expect((await fetch(playlists[1]!)).status).toBe(200);
  });
});
