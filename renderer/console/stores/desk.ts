import { defineStore } from 'pinia';
import { ref, shallowRef } from 'vue';
import type { CameraStatus } from '../../../streams/contract.ts';
import type { AdminPage } from '../admin/admin-pages.ts';

/** What lies over the desk; one at a time. */
export type Overlay = 'help' | 'import' | 'save' | 'tour' | 'password' | 'menu' | 'diagnosis' | 'authenticator';

/** What the operator at this desk has chosen: nothing of it is known to the hub. */
export const useDesk = defineStore('desk', () => {
  const wallId = ref<string | null>(null);
  const screenId = ref<string | null>(null);
  const tileId = ref<string | null>(null);
  /** The camera whose facts are shown. */
  const cameraId = ref<string | null>(null);
  const spotOpen = ref(false);
  const overlay = shallowRef<Overlay | null>(null);
  /** The page of the administration that is open in place of the desk. */
  const adminPage = shallowRef<AdminPage | null>(null);

  const searchText = ref('');
  const district = ref('');
  const stateFilter = shallowRef<CameraStatus['state'] | null>(null);

  function selectTile(wall: string, screen: string, tile: string | null): void {
    wallId.value = wall;
    screenId.value = screen;
    tileId.value = tile;
  }
  function clearSearch(): void {
    searchText.value = '';
    district.value = '';
    stateFilter.value = null;
  }
  return { wallId, screenId, tileId, cameraId, spotOpen, overlay, adminPage, searchText, district, stateFilter, selectTile, clearSearch };
});
