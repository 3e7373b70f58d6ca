import type { PanelRef } from './contract.ts';

export type PanelKind = PanelRef['panel'];

/** What the console and the wall know of a panel kind before they show one. */
export interface PanelInfo {
  readonly kind: PanelKind;
  /** Message key of its name. */
  readonly titleKey: string;
  /** It shows one camera, so it needs somebody to choose it. */
  readonly needsCamera: boolean;
  /** Below this many wall pixels it says nothing useful; the editor warns. */
  readonly minWidth: number;
  readonly minHeight: number;
}

const known: Readonly<Record<PanelKind, PanelInfo>> = {
  video: { kind: 'video', titleKey: 'panel.video', needsCamera: true, minWidth: 160, minHeight: 90 },
  clock: { kind: 'clock', titleKey: 'panel.clock', needsCamera: false, minWidth: 240, minHeight: 90 },
  note: { kind: 'note', titleKey: 'panel.note', needsCamera: false, minWidth: 240, minHeight: 90 },
  'camera-health': { kind: 'camera-health', titleKey: 'panel.camera-health', needsCamera: false, minWidth: 320, minHeight: 180 },
};

/** Every panel kind there is. */
export const panels: readonly PanelInfo[] = Object.values(known);

/** What is known of a panel kind. */
export const panelInfo = (kind: PanelKind): PanelInfo => known[kind];

/** True when the panel can say what it has to say in a tile of this size. */
export function panelFits(kind: PanelKind, size: { readonly width: number; readonly height: number }): boolean {
  const info = known[kind];
  return size.width >= info.minWidth && size.height >= info.minHeight;
}
