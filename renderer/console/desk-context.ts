import { computed, inject, type ComputedRef, type InjectionKey, type Ref, type ShallowRef } from 'vue';
import type { CommandResult } from '../../main/contract/catalog.ts';
import type { Permission } from '../../main/contract/permissions.ts';
import type { LayoutDoc } from '../../layouts/contract.ts';
import type { HubClient } from '../hub-client/hub-client.ts';
import { useHubClock } from '../stores/hub-clock.ts';
import { useCollection, type CollectionView } from '../stores/hub.ts';
import type { EpochMs } from '../../main/contract/time.ts';
import { useAttention, type Attention } from './attention.ts';
import { createDirectory, type Directory } from './directory.ts';
import { useDesk } from './stores/desk.ts';
import { useNotices } from './stores/notices.ts';
import { createWallControl, type ScreenPlace, type TilePlace, type WallControl } from './wall-control.ts';
import { tileNumber, useWallViews, type ScreenView, type WallView } from './wall-view.ts';

export type Who = CommandResult<'session.who'>;

/** What every part of the desk works with. */
export interface DeskContext {
  readonly hub: HubClient;
  readonly directory: Directory;
  readonly control: WallControl;
  readonly now: Readonly<ShallowRef<EpochMs>>;
  readonly walls: ComputedRef<readonly WallView[]>;
  readonly wallsState: CollectionView<unknown>['state'];
  /** Saved layouts by name. */
  readonly layouts: ComputedRef<readonly LayoutDoc[]>;
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

  const screenView = (wallId: string, screenId: string) =>
    walls.value.find((view) => view.wall.id === wallId)?.screens.find((view) => view.screen.id === screenId);

  return {
    hub,
    directory: createDirectory(hub),
    control: createWallControl(hub, useNotices(), screenView),
    now,
    walls,
    wallsState: wallsView.state,
    layouts,
    who,
    attention: useAttention(who, can, now),
    can,
    wall,
    screen,
    tile,
    screenView,
  };
}
