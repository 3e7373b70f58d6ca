import { maxTiles } from '../../../layouts/contract.ts';
import { cameraId, layoutId, presetId, type CameraId, type LayoutId, type PresetId } from '../../../main/contract/ids.ts';

/** What is dragged from one part of the desk to another. */
export type DeskDrag =
  | { readonly kind: 'camera'; readonly cameraId: CameraId }
  /** A place, a group or a choice of several: what it is called, and its cameras in their order, at most `maxTiles`. */
  | { readonly kind: 'cameras'; readonly title: string; readonly cameraIds: readonly CameraId[] }
  | { readonly kind: 'layout'; readonly layoutId: LayoutId }
  | { readonly kind: 'preset'; readonly presetId: PresetId };

/** Under this type it travels. While something is dragged over a target, the type is all that a browser shows of it. */
export const deskDragType = 'application/x-taodu';

/** Longest title; it is cut here. */
const titleAtMost = 140;
/** Longest text that is read at all: 400 ids of 64 characters with their marks are under 27,000. */
const charactersAtMost = 32_768;

/** Gives the browser what is dragged; for `dragstart`. More cameras than a scene holds are cut. */
export function setDeskDrag(transfer: DataTransfer, drag: DeskDrag): void {
  const carried =
    drag.kind === 'cameras' ? { ...drag, title: drag.title.slice(0, titleAtMost), cameraIds: drag.cameraIds.slice(0, maxTiles) } : drag;
  transfer.setData(deskDragType, JSON.stringify(carried));
  transfer.effectAllowed = 'copyMove';
}

/** True while something of the desk is dragged; for `dragover`, when it cannot be read yet. */
export function carriesDeskDrag(transfer: Pick<DataTransfer, 'types'> | null): boolean {
  return transfer !== null && transfer.types.includes(deskDragType);
}

/** What was dropped; null when it is not from the desk or not whole: another page or program may have made it. For `drop`. */
export function readDeskDrag(transfer: Pick<DataTransfer, 'getData'> | null): DeskDrag | null {
  const text = transfer?.getData(deskDragType) ?? '';
  if (text === '' || text.length > charactersAtMost) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  return typeof value === 'object' && value !== null ? dragOf(value as Readonly<Record<string, unknown>>) : null;
}

function dragOf(value: Readonly<Record<string, unknown>>): DeskDrag | null {
  switch (value['kind']) {
    case 'camera': {
      const id = cameraId.safeParse(value['cameraId']);
      return id.success ? { kind: 'camera', cameraId: id.data } : null;
    }
    case 'cameras': {
      const { title, cameraIds } = value;
      if (typeof title !== 'string' || title.length > titleAtMost) return null;
      if (!Array.isArray(cameraIds) || cameraIds.length === 0 || cameraIds.length > maxTiles) return null;
      const ids = cameraIds.map((id) => cameraId.safeParse(id));
      return ids.every((id) => id.success) ? { kind: 'cameras', title, cameraIds: ids.map((id) => id.data) } : null;
    }
    case 'layout': {
      const id = layoutId.safeParse(value['layoutId']);
      return id.success ? { kind: 'layout', layoutId: id.data } : null;
    }
    case 'preset': {
      const id = presetId.safeParse(value['presetId']);
      return id.success ? { kind: 'preset', presetId: id.data } : null;
    }
    default:
      return null;
  }
}
