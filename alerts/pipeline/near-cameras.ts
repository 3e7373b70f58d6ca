import type { Ledger } from '../../main/contract/ledger.ts';
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

/** Only positions of the same datum are compared: the same place lies half a kilometre away in another. WGS 84 and CGCS2000 are centimetres apart. */
export function startNearCameras(ledger: Pick<Ledger, 'all' | 'onCommit'>): NearCameras {
  const grids = new Map<string, PointGrid<Position>>();
  const datumOf = new Map<string, string>();
  const plain = (datum: string): string => (datum === 'cgcs2000' ? 'wgs84' : datum);
  const remove = (id: string): void => {
    const datum = datumOf.get(id);
    if (datum !== undefined) grids.get(datum)?.delete(id);
    datumOf.delete(id);
  };
  const put = ({ id, lat, lon, datum }: Camera): void => {
    remove(id);
    if (lat === null || lon === null) return;
    const name = plain(datum);
    const grid = grids.get(name) ?? new PointGrid<Position>(nearM);
    grid.set(id, { lat, lon });
    grids.set(name, grid);
    datumOf.set(id, name);
  };

  for (const camera of ledger.all('cameras') as IterableIterator<Camera>) put(camera);
  const stop = ledger.onCommit(({ changes }) => {
    for (const change of changes) {
      if (change.collection !== 'cameras') continue;
      if (change.op === 'put') put(change.value as Camera);
      else remove(change.key);
    }
  });

  return {
    of({ lat, lon, datum }) {
      if (lat === null || lon === null) return [];
      return (grids.get(plain(datum))?.near({ lat, lon }) ?? [])
        .toSorted((one, other) => one.distanceM - other.distanceM || (one.key < other.key ? -1 : 1))
        .slice(0, atMost)
        .map(({ key }) => key as Alert['cameras'][number]);
    },
    stop,
  };
}
