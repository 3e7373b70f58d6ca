import { computed, shallowRef, watch, type ComputedRef, type Ref } from 'vue';
import type { Permission } from '../../../main/contract/permissions.ts';
import type { LookupAnswer } from '../../../streams/lookup/camera-lookup.ts';
import type { HubClient } from '../../hub-client/hub-client.ts';
import type { Directory } from '../directory.ts';
import type { useDesk } from '../stores/desk.ts';
import type { useNotices } from '../stores/notices.ts';
import type { WallControl } from '../wall-control.ts';
import { useFavourites, type Favourites } from './favourites.ts';
import { keepPlaces, useRecentCameras, type RecentCameras } from './recent-cameras.ts';
import { noChoice } from './row-choice.ts';

/** The lists of cameras at the desk: what the directory pane shows, and what a key takes from it. */
export interface DeskLists {
  readonly favourites: Favourites;
  readonly recent: RecentCameras;
  /** The whole of the list that is open when it is one of these two; null while a tree is. */
  readonly own: ComputedRef<readonly string[] | null>;
  /** The cameras of the list as it stands, best first. Follows every choice; statuses only while they are filtered by. */
  found(limit: number): LookupAnswer;
  /** What a screen is filled with: the chosen cameras when there are several, else the list as it stands. */
  offered(limit: number): readonly string[];
  /** The same control; what it puts on a wall, one by one, is noted as recent. */
  notingPuts(control: WallControl): WallControl;
  /** Keeps a camera among the favourites, or no more, and says why not. */
  toggleFavourite(cameraId: string): Promise<void>;
}

/** For the scope of the desk. */
export function useDeskLists(deps: {
  readonly hub: HubClient;
  readonly directory: Directory;
  readonly desk: ReturnType<typeof useDesk>;
  readonly notices: ReturnType<typeof useNotices>;
  readonly who: Readonly<Ref<{ readonly userId: string; readonly permissions: readonly Permission[] }>>;
}): DeskLists {
  const { hub, directory, desk, notices, who } = deps;
  const favourites = useFavourites(hub, who.value.permissions.includes('wall.control'));
  const recent = useRecentCameras(who.value.userId, () => desk.cameraId);

  /** The recent cameras as they are shown: what is chosen there does not jump to the top under the pointer. */
  const shownRecent = shallowRef(recent.ids.value);
  watch(recent.ids, (now) => (shownRecent.value = desk.listing === 'recent' ? keepPlaces(shownRecent.value, now) : now));
  watch(
    () => desk.listing,
    (listing) => {
      if (listing === 'recent') shownRecent.value = recent.ids.value;
      else if (listing === 'favourites') void favourites.reload();
    },
  );

  watch(
    () => [desk.listing, desk.searchText, desk.district, desk.group, desk.stateFilter],
    () => (desk.choice = noChoice),
  );

  const own = computed(() => (desk.listing === 'favourites' ? favourites.ids.value : desk.listing === 'recent' ? shownRecent.value : null));

  function found(limit: number): LookupAnswer {
    void directory.contents.value;
    if (desk.stateFilter !== null) void directory.version.value;
    return directory.search({
      text: desk.searchText,
      state: desk.stateFilter,
      district: desk.listing === 'district' ? desk.district : '',
      group: desk.listing === 'group' ? desk.group : '',
      ...(own.value === null ? {} : { among: own.value }),
      limit,
    });
  }

  return {
    favourites,
    recent,
    own,
    found,
    offered(limit) {
      const chosen = desk.choice.ids.filter((id) => directory.camera(id) !== undefined);
      return chosen.length > 1 ? chosen.slice(0, limit) : found(limit).ids;
    },
    notingPuts: (control) => ({
      ...control,
      async put(place, camera) {
        const done = await control.put(place, camera);
        if (done) recent.note(camera.id);
        return done;
      },
      async putNext(place, next) {
        const camera = await control.putNext(place, next);
        if (camera) recent.note(camera.id);
        return camera;
      },
    }),
    async toggleFavourite(cameraId) {
      const refused = await favourites.toggle(cameraId);
      if (refused === 'full') notices.refuse('console.directory.favouritesFull');
      else if (refused) notices.fail(refused);
    },
  };
}
