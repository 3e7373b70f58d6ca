import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Change, Ledger } from '../../main/contract/ledger.ts';
import type { Log } from '../../main/contract/log.ts';
import type { Camera } from '../contract.ts';
import { readClips } from './clips.ts';
import { demoCity } from './demo-city.ts';
import { cityCode } from './places.ts';

/** Entities of one commit, between which everything else in the hub gets its turn. */
const chunk = 500;

/**
 * Puts the demo city into an empty directory. The city's own place is committed last: a hub that was killed half-way finishes the
 * work at its next start, and cameras that somebody removed later stay removed. A directory with other cameras is left alone.
 */
export async function seedCity(deps: { ledger: Ledger; clipsFolder: string; log: Log; signal: AbortSignal }): Promise<void> {
  const { ledger, clipsFolder, log, signal } = deps;
  if (ledger.get('districts', cityCode)) return;
  for (const camera of ledger.all('cameras')) if (!(camera as Camera).simulated) return;
  const { districts, cameras } = demoCity(await readClips(clipsFolder, log));
  const changes: Change[] = [
    ...cameras.map((camera): Change => ({ collection: 'cameras', op: 'put', key: camera.id, value: camera })),
    ...districts.toReversed().map((district): Change => ({ collection: 'districts', op: 'put', key: district.code, value: district })),
  ];
  for (let from = 0; from < changes.length && !signal.aborted; from += chunk) {
    ledger.commit(changes.slice(from, from + chunk), { kind: 'start', id: 'demo-city', by: 'demo-city' });
    await nextTurn();
  }
  log.info({ cameras: cameras.length, districts: districts.length }, 'the demo city is there');
}
