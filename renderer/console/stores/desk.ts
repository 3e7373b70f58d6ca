import { defineStore } from 'pinia';
import { ref, shallowRef } from 'vue';
import type { CameraStatus } from '../../../streams/contract.ts';
import type { AdminPage } from '../admin/admin-pages.ts';
import type { CityPlace } from '../city/city-address.ts';
import { noChoice, type RowChoice } from '../directory/row-choice.ts';

/** What lies over the desk; one at a time. */
export type Overlay =
  | 'help'
  | 'import'
  | 'save'
  | 'tour'
  | 'coverage'
  | 'presets'
  | 'hold'
  | 'handover'
  | 'password'
  | 'menu'
  | 'diagnosis'
  | 'authenticator';

/** What the directory pane lists: the cameras of a place, of a group, those kept at hand, or those looked at last. */
export const listings = ['district', 'group', 'favourites', 'recent'] as const;
export type Listing = (typeof listings)[number];

/** What the operator at this desk has chosen: nothing of it is known to the hub. */
export const useDesk = defineStore('desk', () => {
  const wallId = ref<string | null>(null);
  const screenId = ref<string | null>(null);
  const tileId = ref<string | null>(null);
  /** The other corner of a choice of several tiles, which may lie on another screen of the wall; null when one tile is chosen. */
  const spanEnd = shallowRef<{ readonly screenId: string; readonly tileId: string } | null>(null);
  /** The tile that waits to change places with another. */
  const swapMark = shallowRef<{ readonly screenId: string; readonly tileId: string } | null>(null);
  /** The camera whose facts are shown. */
  const cameraId = ref<string | null>(null);
  const spotOpen = ref(false);
  /** Something is being keyed: every key belongs to that line. */
  const keying = ref(false);
  /** The layout editor is open in place of the desk: on this layout, or on a new one. */
  const editing = shallowRef<{ readonly layoutId: string | null } | null>(null);
  const overlay = shallowRef<Overlay | null>(null);
  /** The page of the administration that is open in place of the desk. */
  const adminPage = shallowRef<AdminPage | null>(null);
  /** The view of the city's matters that is open in place of the desk. */
  const city = shallowRef<CityPlace | null>(null);

  const listing = shallowRef<Listing>('district');
  const searchText = ref('');
  const district = ref('');
  /** The group that is listed; empty is all of them. */
  const group = ref('');
  const stateFilter = shallowRef<CameraStatus['state'] | null>(null);
  /** The rows of the list that are chosen. */
  const choice = shallowRef<RowChoice>(noChoice);

  function selectTile(wall: string, screen: string, tile: string | null): void {
    wallId.value = wall;
    screenId.value = screen;
    tileId.value = tile;
    spanEnd.value = null;
  }
  function clearSearch(): void {
    searchText.value = '';
    district.value = '';
    group.value = '';
    stateFilter.value = null;
  }
  return {
    wallId,
    screenId,
    tileId,
    spanEnd,
    swapMark,
    keying,
    editing,
    cameraId,
    spotOpen,
    overlay,
    adminPage,
    city,
    listing,
    searchText,
    district,
    group,
    stateFilter,
    choice,
    selectTile,
    clearSearch,
  };
});
