import { computed, inject, type ComputedRef, type InjectionKey, type Ref, type ShallowRef } from 'vue';
import type { CommandResult } from '../../main/contract/catalog.ts';
import type { Permission } from '../../main/contract/permissions.ts';
import type { LayoutDoc } from '../../layouts/contract.ts';
import type { Hold, Preset } from '../../layouts/control-contract.ts';
import type { HubClient } from '../hub-client/hub-client.ts';
import { useHubClock } from '../stores/hub-clock.ts';
import { useCollection, type CollectionView } from '../stores/hub.ts';
import type { EpochMs } from '../../main/contract/time.ts';
import { useAttention, type Attention } from './attention.ts';
import { differenceLines } from './control/difference-lines.ts';
import { createWallChanges, type WallChanges } from './control/wall-changes.ts';
import { createDirectory, type Directory } from './directory.ts';
import { useDeskLists, type DeskLists } from './directory/desk-lists.ts';
import { useDesk } from './stores/desk.ts';
import { useNotices } from './stores/notices.ts';
import { createWallControl, type ScreenPlace, type TilePlace, type WallControl } from './wall-control.ts';
import { tileNumber, useWallViews, type ScreenView, type WallView } from './wall-view.ts';

export type Who = CommandResult<'session.who'>;

/** What every part of the desk works with. */
export interface DeskContext {
  readonly hub: HubClient;
  readonly directory: Directory;
  readonly lists: DeskLists;
  readonly control: WallControl;
  /** The changes that `control` is made of, for parts with changes of their own. */
  readonly changes: WallChanges;
  readonly now: Readonly<ShallowRef<EpochMs>>;
  readonly walls: ComputedRef<readonly WallView[]>;
  readonly wallsState: CollectionView<unknown>['state'];
  /** Saved layouts by name. */
  readonly layouts: ComputedRef<readonly LayoutDoc[]>;
  /** Presets of all walls by number, those without one last, by name. */
  readonly presets: ComputedRef<readonly Preset[]>;
  readonly presetsState: CollectionView<unknown>['state'];
  /** What is held, the oldest first. */
  readonly holds: ComputedRef<readonly Hold[]>;
  readonly holdsState: CollectionView<unknown>['state'];
  readonly attention: Attention;
  /** Who sits here. */
  readonly who: Readonly<Ref<Who>>;
  can(permission: Permission): boolean;
  /** The wall on the desk: the chosen one, else the first. */
  readonly wall: ComputedRef<WallView | null>;
  readonly screen: ComputedRef<ScreenPlace | null>;
  readonly tile: ComputedRef<TilePlace | null>;
  screenView(wallId: string, screenId: string): ScreenView | undefined;
}

const deskContextKey: InjectionKey<DeskContext> = Symbol('desk');

/** Where the parts find it: `provide(...deskProvision(context))`. */
export const deskProvision = (context: DeskContext) => [deskContextKey, context] as const;

/** The desk this component is part of. */
export function useDeskContext(): DeskContext {
  const context = inject(deskContextKey);
  if (!context) throw new Error('no desk was provided');
  return context;
}

/** Puts the desk of `who` together; for the component that is the desk, which also ends it with `directory.stop()`. */
export function createDeskContext(hub: HubClient, who: Readonly<Ref<Who>>): DeskContext {
  const desk = useDesk();
  const now = useHubClock();
  const wallsView = useCollection('walls');
  const layoutsView = useCollection('layouts');
  const presetsView = useCollection('presets');
  const holdsView = useCollection('holds');
  const walls = useWallViews(wallsView, now);
  const can = (permission: Permission) => who.value.permissions.includes(permission);

  const wall = computed(() => walls.value.find((view) => view.wall.id === desk.wallId) ?? walls.value[0] ?? null);
  const screen = computed<ScreenPlace | null>(() => {
    const shown = wall.value;
    const view = shown?.screens.find((candidate) => candidate.screen.id === desk.screenId) ?? shown?.screens[0];
    return shown && view ? { wallId: shown.wall.id, view } : null;
  });
  const tile = computed<TilePlace | null>(() => {
    const place = screen.value;
    const number = place && desk.tileId !== null ? tileNumber(place.view, desk.tileId) : 0;
    return place && number > 0 ? { ...place, tileId: desk.tileId!, number } : null;
  });
  const layouts = computed(() => {
    void layoutsView.version.value;
    return [...layoutsView.items.values()].sort((a, b) => a.name.localeCompare(b.name, 'zh-CN', { numeric: true }));
  });

  const presets = computed(() => {
    void presetsView.version.value;
    const nowhere = Number.POSITIVE_INFINITY;
    return [...presetsView.items.values()].sort(
      (a, b) => (a.number ?? nowhere) - (b.number ?? nowhere) || a.name.localeCompare(b.name, 'zh-CN', { numeric: true }),
    );
  });
  const holds = computed(() => {
    void holdsView.version.value;
    return [...holdsView.items.values()].sort((a, b) => a.since - b.since || (a.id < b.id ? -1 : 1));
  });

  const wallView = (wallId: string) => walls.value.find((view) => view.wall.id === wallId);
  const screenView = (wallId: string, screenId: string) => wallView(wallId)?.screens.find((view) => view.screen.id === screenId);

  const directory = createDirectory(hub);
  const notices = useNotices();
  const lists = useDeskLists({ hub, directory, desk, notices, who });
  const changes = createWallChanges({
    hub,
    notices,
    wallOf: (wallId) => wallView(wallId)?.wall,
    screenOf: screenView,
    differences: (before, after) =>
      differenceLines(before, after, {
        cameraNumber: (id) => directory.camera(id)?.number,
        placeName: (code) => directory.tree.node(code)?.name ?? code,
      }),
    goTo: (wallId, screenId) => desk.selectTile(wallId, screenId, null),
    askFor(wallId, screenId) {
      desk.selectTile(wallId, screenId, null);
      desk.overlay = 'hold';
    },
  });

  return {
    hub,
    directory,
    lists,
    control: lists.notingPuts(createWallControl({ hub, notices, changes, wallView })),
    changes,
    now,
    walls,
    wallsState: wallsView.state,
    layouts,
    presets,
    presetsState: presetsView.state,
    holds,
    holdsState: holdsView.state,
    who,
    attention: useAttention(who, can, now),
    can,
    wall,
    screen,
    tile,
    screenView,
  };
}
