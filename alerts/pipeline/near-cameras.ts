import type { Ledger } from '../../main/contract/ledger.ts';
import { wgs84Of } from '../../main/contract/wgs84.ts';
import type { Camera } from '../../streams/contract.ts';
import type { Alert } from '../contract.ts';
import { PointGrid } from '../rules/point-grid.ts';
import type { Position } from '../rules/great-circle.ts';

/** So far a camera may be for its picture to tell something. */
export const nearM = 500;
const atMost = 8;

/** Finds the cameras near a place; follows the directory until `stop`. */
export interface NearCameras {
  of(place: Alert['place']): Alert['cameras'];
  stop(): void;
}

export function startNearCameras(ledger: Pick<Ledger, 'all' | 'onCommit'>): NearCameras {
  const grid = new PointGrid<Position>(nearM);
  const put = (camera: Camera): void => {
    const position = wgs84Of(camera);
    if (position === null) grid.delete(camera.id);
    else grid.set(camera.id, position);
  };

  for (const camera of ledger.all('cameras') as IterableIterator<Camera>) put(camera);
  const stop = ledger.onCommit(({ changes }) => {
    for (const change of changes) {
      if (change.collection !== 'cameras') continue;
      if (change.op === 'put') put(change.value as Camera);
      else grid.delete(change.key);
    }
  });

  return {
    of(place) {
      const position = wgs84Of(place);
      if (position === null) return [];
      return grid
        .near(position)
        .toSorted((one, other) => one.distanceM - other.distanceM || (one.key < other.key ? -1 : 1))
        .slice(0, atMost)
        .map(({ key }) => key as Alert['cameras'][number]);
    },
    stop,
  };
}
