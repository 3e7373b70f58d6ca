import { shallowRef, type ShallowRef } from 'vue';
import type { Incident } from '../../../alerts/incident-contract.ts';
import type { Place } from '../../../main/contract/place.ts';
import { CameraLookup } from '../../../streams/lookup/camera-lookup.ts';
import type { HubClient } from '../../hub-client/hub-client.ts';
import type { Directory } from '../directory.ts';
import { districtName } from './district-name.ts';

/** Something whose place is known, found by what somebody says. */
export interface PlaceCandidate {
  readonly kind: 'camera' | 'asset' | 'incident';
  readonly id: string;
  /** What becomes the words of the place. */
  readonly name: string;
  /** Beside the name, to tell two apart. */
  readonly under: string;
  /** Null: it has to be asked for, by `placeOf`. */
  readonly place: Place | null;
}

export interface PlaceSearch {
  /** Grows when the same words may find more. */
  readonly version: Readonly<ShallowRef<number>>;
  search(words: string): readonly PlaceCandidate[];
  /** Where a candidate is; null where nobody knows. Throws a ProblemError when the hub does not answer. */
  placeOf(candidate: PlaceCandidate): Promise<Place | null>;
  stop(): void;
}

/** Of each kind. */
const listedAtMost = 5;
const earlierAtMost = 500;

/** Searches cameras, assets and the places of earlier incidents by any part of their names or the initials of these. Ends with `stop`. */
export function createPlaceSearch(hub: HubClient, directory: Directory): PlaceSearch {
  const version = shallowRef(0);
  const assets = hub.collection('assets', { fields: ['id', 'name', 'entity', 'place'] });
  const incidents = hub.collection('incidents');
  const assetLookup = new CameraLookup();
  const earlier = new CameraLookup();
  /** By words: the latest incident there. */
  const placed = new Map<string, Incident>();

  const takeAssets = (keys: Iterable<string>) => {
    for (const key of keys) {
      const asset = assets.items.get(key);
      if (asset) assetLookup.put({ id: key, number: asset.entity, name: asset.name });
      else assetLookup.delete(key);
    }
    version.value += 1;
  };
  const takeIncidents = (keys: Iterable<string>) => {
    for (const key of keys) {
      const incident = incidents.items.get(key);
      const words = incident?.place.text;
      if (!incident || !words) continue;
      const before = placed.get(words);
      if (before && before.instants.reported > incident.instants.reported) continue;
      // A board of a whole year is no list of places: the first that came are enough.
      if (!before && placed.size >= earlierAtMost) continue;
      placed.set(words, incident);
      earlier.put({ id: words, number: incident.number, name: words });
    }
    version.value += 1;
  };
  assets.onChange(takeAssets);
  incidents.onChange(takeIncidents);
  takeAssets(assets.items.keys());
  takeIncidents(incidents.items.keys());

  /** Where a thing is: in words that are not its own name, else its district's; people know no ids. */
  const underOf = ({ text, district }: Place, name: string): string =>
    text !== null && text !== name ? text : district === null ? '' : districtName(directory, district);

  return {
    version,
    search(words) {
      if (words.trim() === '') return [];
      const found: PlaceCandidate[] = [];
      for (const text of earlier.search(words, listedAtMost).ids) {
        const incident = placed.get(text);
        if (incident) found.push({ kind: 'incident', id: incident.id, name: text, under: incident.number, place: incident.place });
      }
      for (const id of assetLookup.search(words, listedAtMost).ids) {
        const asset = assets.items.get(id);
        if (asset) found.push({ kind: 'asset', id, name: asset.name, under: underOf(asset.place, asset.name), place: asset.place });
      }
      for (const id of directory.search({ text: words, district: '', state: null, limit: listedAtMost }).ids) {
        const camera = directory.camera(id);
        if (camera) found.push({ kind: 'camera', id, name: camera.name, under: camera.number, place: null });
      }
      return found;
    },
    async placeOf({ kind, id, name, place }) {
      if (kind !== 'camera') return place;
      const number = directory.camera(id)?.number;
      if (number === undefined) return null;
      const { cameras } = await hub.command('camera.search', { text: number, limit: 20 });
      const camera = cameras.find((one) => one.id === id);
      if (!camera) return null;
      const { lat, lon, datum, district } = camera;
      return { lat, lon, datum, district, text: name };
    },
    stop() {
      assets.release();
      incidents.release();
    },
  };
}
