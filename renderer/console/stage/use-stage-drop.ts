import { computed, shallowRef, type ComputedRef } from 'vue';
import { text } from '../../i18n/index.ts';
import type { DeskContext } from '../desk-context.ts';
import { carriesDeskDrag, readDeskDrag, setDeskDrag } from '../drag/desk-drag.ts';
import { createSpanControl } from '../span-control.ts';
import { useNotices } from '../stores/notices.ts';
import { spanIdOf } from '../wall-span.ts';
import { placeWords, tileNumber, type WallView } from '../wall-view.ts';
import type { TileRef } from './choose-tiles.ts';
import { dropMeaning, type DropMeaning, type StageDrag } from './drop-meaning.ts';
import { useCurrentDrag } from './use-current-drag.ts';

/** What is marked while something is dragged over the stage. */
export interface DropMark {
  readonly words: string;
  /** The tile, the screen or the whole wall that it is about. */
  readonly on: { readonly screenId: string; readonly tileId: string | null } | null;
}

/** Where something dragged is over the stage. */
export interface StageDrop {
  readonly mark: ComputedRef<DropMark | null>;
  /** A tile of the wall is picked up. */
  pick(event: DragEvent): void;
  over(event: DragEvent): void;
  leave(event: DragEvent): void;
  drop(event: DragEvent): void;
  end(): void;
}

/** What can be dropped on the wall of the desk, in words while it is dragged, and done when it is dropped. */
export function useStageDrop(view: () => WallView, desk: DeskContext): StageDrop {
  const notices = useNotices();
  const spans = createSpanControl({ changes: desk.changes, notices, hubNow: desk.hub.hubNow });
  const current = useCurrentDrag();
  const picked = shallowRef<TileRef | null>(null);
  const at = shallowRef<{ readonly screenId: string; readonly tileId: string | null } | null>(null);

  const dragged = (): StageDrag | null => (picked.value === null ? current.value : { kind: 'tile', tile: picked.value });
  const meaning = computed(() => at.value && dropMeaning(view(), dragged(), at.value));
  const numberOf = (cameraId: string) => desk.directory.camera(cameraId)?.number ?? '—';
  const layoutOf = (layoutId: string) => desk.layouts.value.find(({ id }) => id === layoutId);
  const presetOf = (presetId: string) => desk.presets.value.find(({ id }) => id === presetId);
  const screenOf = (screenId: string) => view().screens.find(({ screen }) => screen.id === screenId);

  function wordsOf(meant: DropMeaning): string {
    switch (meant.kind) {
      case 'put':
        return text('stage.drop.put', { camera: numberOf(meant.cameraId), place: placeWords(view(), meant.tile) });
      case 'across':
        return text('stage.drop.across', { camera: numberOf(meant.cameraId) });
      case 'fill':
        return text('stage.drop.fill', { title: meant.title, n: meant.placed, place: placeWords(view(), meant.tile) });
      case 'swap':
        return spanIdOf(meant.tile.tileId) === null
          ? text('stage.drop.swap', { place: placeWords(view(), meant.tile) })
          : text('stage.drop.swapSpan');
      case 'apply':
        return text('stage.drop.apply', {
          layout: layoutOf(meant.layoutId)?.name ?? '—',
          screen: screenOf(meant.screenId)?.screen.name ?? '',
        });
      case 'recall':
        return text('stage.drop.recall', { preset: presetOf(meant.presetId)?.name ?? '—' });
      case 'any':
        return spanIdOf(meant.tile.tileId) === null
          ? text('stage.drop.any', { place: placeWords(view(), meant.tile) })
          : text('stage.drop.anySpan');
    }
  }
  const mark = computed((): DropMark | null => {
    const meant = meaning.value;
    if (!meant) return null;
    const on = meant.kind === 'recall' ? null : meant.kind === 'apply' ? { screenId: meant.screenId, tileId: null } : meant.tile;
    return { words: wordsOf(meant), on };
  });

  async function carryOut(meant: DropMeaning): Promise<void> {
    const wall = view();
    const wallId = wall.wall.id;
    switch (meant.kind) {
      case 'put': {
        const camera = desk.directory.camera(meant.cameraId);
        const screen = screenOf(meant.tile.screenId);
        const { tileId } = meant.tile;
        if (camera && screen) await desk.control.put({ wallId, view: screen, tileId, number: tileNumber(screen, tileId) }, camera);
        return;
      }
      case 'across': {
        const camera = desk.directory.camera(meant.cameraId);
        if (camera) await spans.replace(wall, meant.spanId, camera);
        return;
      }
      case 'fill': {
        const screen = screenOf(meant.tile.screenId);
        const { tileId } = meant.tile;
        if (screen) await spans.fillFrom(wall, { view: screen, tileId, number: tileNumber(screen, tileId) }, meant.cameraIds);
        return;
      }
      case 'swap':
        await spans.swap(wall, meant.from, meant.tile);
        return;
      case 'apply': {
        const layout = layoutOf(meant.layoutId);
        const screen = screenOf(meant.screenId);
        if (layout && screen) await desk.control.apply({ wallId, view: screen }, layout);
        return;
      }
      case 'recall': {
        const preset = presetOf(meant.presetId);
        if (preset) await desk.control.recall(preset);
        return;
      }
      case 'any':
        notices.refuse('stage.notice.dropUnreadable');
    }
  }

  /** The place under the mouse, by what is drawn there. */
  const placeOf = ({ target }: DragEvent) => {
    const under = target instanceof Element ? target : null;
    const screenId = under?.closest<HTMLElement>('[data-screen]')?.dataset['screen'];
    return screenId === undefined ? null : { screenId, tileId: under?.closest<HTMLElement>('[data-tile]')?.dataset['tile'] ?? null };
  };
  const accepts = (event: DragEvent) => desk.can('wall.control') && (picked.value !== null || carriesDeskDrag(event.dataTransfer));
  const rest = () => {
    at.value = null;
    picked.value = null;
  };

  return {
    mark,
    pick(event) {
      const place = placeOf(event);
      if (!place || place.tileId === null || !event.dataTransfer) return;
      picked.value = { screenId: place.screenId, tileId: place.tileId };
      const panel = screenOf(place.screenId)?.tiles.find(({ tileId }) => tileId === place.tileId)?.panel;
      // To all other places it is the camera that is brought.
      if (panel?.panel === 'video') setDeskDrag(event.dataTransfer, { kind: 'camera', cameraId: panel.cameraId });
      else event.dataTransfer.setData('text/plain', '');
    },
    over(event) {
      if (!accepts(event)) return;
      const place = placeOf(event);
      if (JSON.stringify(place) !== JSON.stringify(at.value)) at.value = place;
      if (meaning.value === null) return;
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = meaning.value.kind === 'swap' ? 'move' : 'copy';
    },
    leave(event) {
      const to = event.relatedTarget;
      if (!(to instanceof Node) || !(event.currentTarget instanceof Node) || !event.currentTarget.contains(to)) at.value = null;
    },
    drop(event) {
      if (!accepts(event)) return;
      event.preventDefault();
      const place = placeOf(event);
      const drag: StageDrag | null = picked.value === null ? readDeskDrag(event.dataTransfer) : dragged();
      const meant = place && dropMeaning(view(), drag, place);
      rest();
      if (meant) void carryOut(meant);
    },
    end: rest,
  };
}
