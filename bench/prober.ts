import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { CameraStatus } from '../streams/contract.ts';
import { startHub, until } from '../e2e/start-hub.ts';
import { childSeconds, pssMbOf, secondsOf } from './cpu-meter.ts';
import { endChild, startChild } from './peers/child.ts';
import { atMost, printReport } from './report.ts';

/**
 * Asks every camera of a city whether it is there, without pulling video: `--cameras 30000` within `--round 600` seconds, three of a hundred
 * of them dead, over real RTSP connections to one farm. Peer, in the same run: ffprobe, once for each of `--ffprobes 40` cameras.
 */
const option = (name: string, otherwise: number) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
};
const cameras = option('cameras', 30_000);
const roundS = option('round', 600);
const ffprobes = option('ffprobes', 40);
const deadPort = 9;

const folder = mkdtempSync(join(tmpdir(), 'taodu-prober-'));
const configFile = join(folder, 'taodu.yaml');
writeFileSync(configFile, `prober:\n  roundMs: ${roundS * 1000}\n`);
const farm = await startChild([resolve(import.meta.dirname, 'peers', 'camera-farm.ts')]);
const { url: farmUrl } = JSON.parse(farm.line) as { url: string };
const hub = await startHub({ demo: false, args: ['--config', configFile] });
try {
  const isDead = (index: number) => index % 100 < 3;
  const rows = Array.from({ length: cameras }, (_, index) => {
    const url = isDead(index) ? `rtsp://127.0.0.1:${deadPort}/${index}` : `${farmUrl}/farm/${index}`;
    return `P-${index},探测 ${index},329982001,rtsp,${url}`;
  });
  await hub.command('camera.import', { format: 'csv', text: `number,name,district,kind,url\n${rows.join('\n')}\n` });
  const pids = { hub: await hub.child('hub.js'), relay: await hub.child('relay.js') };
  const used = () => Object.values(pids).map((pid) => secondsOf(String(pid)));
  const [hubBefore, relayBefore] = used() as [number, number];
  const from = performance.now();

  interface Asked {
    readonly number: string;
    readonly status: CameraStatus;
  }
  const all = async (): Promise<Asked[]> => {
    const items: Asked[] = [];
    let after: string | null = null;
    do {
      const page: { items: Asked[]; next: string | null } = await hub.collection<Asked>(
        'cameras',
        `?limit=1000${after ? `&after=${after}` : ''}`,
      );
      items.push(...page.items);
      after = page.next;
    } while (after !== null);
    return items;
  };
  let known: Asked[] = [];
  let looked = 0;
  await until('every camera to be asked', roundS * 1200, async () => {
    // Reading 30,000 cameras costs the hub something, too: not more often than every five seconds.
    if (performance.now() - looked < 5000) return false;
    looked = performance.now();
    known = (await all()).filter(({ status }) => status.by === 'prober');
    process.stderr.write(`prober bench: ${known.length} of ${cameras} after ${Math.round((looked - from) / 1000)} s\n`);
    return known.length === cameras;
  });
  const tookS = (performance.now() - from) / 1000;
  const [hubAfter, relayAfter] = used() as [number, number];
  const wrong = known.filter(({ number, status }) => (status.state === 'online') === isDead(Number(number.slice(2)))).length;

  const run = promisify(execFile);
  const peerBefore = childSeconds();
  for (let index = 0; index < ffprobes; index += 1)
    await run('ffprobe', ['-v', 'error', '-rtsp_transport', 'tcp', '-show_entries', 'stream=codec_name', `${farmUrl}/farm/${index}`]);
  const peerMs = ((childSeconds() - peerBefore) * 1000) / ffprobes;

  const relayMs = ((relayAfter - relayBefore) * 1000) / cameras;
  printReport({
    bench: 'prober',
    ours: {
      cameras,
      asked_all_s: Math.round(tookS * 10) / 10,
      wrong_states: wrong,
      cpu_hub_ms_per_camera: Math.round(((hubAfter - hubBefore) * 1_000_000) / cameras) / 1000,
      cpu_relay_ms_per_camera: Math.round(relayMs * 1000) / 1000,
      hub_pss_mb: Math.round(pssMbOf(String(pids.hub))),
      relay_pss_mb: Math.round(pssMbOf(String(pids.relay))),
    },
    peer: { name: 'ffprobe, one process for each camera', cpu_ms_per_camera: Math.round(peerMs) },
    ratio: { relay_cpu_to_ffprobe: Math.round((relayMs / peerMs) * 10_000) / 10_000 },
    goals: [atMost('asked_all_s', roundS, tookS), atMost('wrong_states', 0, wrong)],
  });
} finally {
  await hub.stop();
  await endChild(farm.child);
  rmSync(folder, { recursive: true, force: true });
}
