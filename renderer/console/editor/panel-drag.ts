import { panelRef, type PanelRef } from '../../../layouts/contract.ts';

/** What is dragged from the lists of the editor onto its canvas. */
export type DraggedPanel = PanelRef;

const mime = 'application/x-taodu-panel';

/** Puts a panel on the pointer. */
export function writePanelDrag(to: Pick<DataTransfer, 'setData'> & { effectAllowed: string }, panel: PanelRef): void {
  to.setData(mime, JSON.stringify(panel));
  to.effectAllowed = 'copy';
}

/** The panel that is dropped; null when it is something else, or nothing that a tile can hold. */
export function readPanelDrag(from: Pick<DataTransfer, 'getData'>): DraggedPanel | null {
  let dropped: unknown;
  try {
    dropped = JSON.parse(from.getData(mime));
  } catch {
    return null;
  }
  const read = panelRef.safeParse(dropped);
  return read.success ? read.data : null;
}
/** Whether it is a panel that hovers: what it is can be read only once it is dropped. */
readPanelDrag.offered = (from: Pick<DataTransfer, 'types'>): boolean => from.types.includes(mime);
