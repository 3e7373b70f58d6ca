import type { Component } from 'vue';
import type { PanelKind } from '../../layouts/panels.ts';
import { panel as cameraHealth } from './camera-health/panel.ts';
import { panel as clock } from './clock/panel.ts';
import { panel as note } from './note/panel.ts';
import type { PanelDefinition } from './panel.ts';
import { panel as video } from './video/panel.ts';

const byKind: { readonly [K in PanelKind]: PanelDefinition<K> } = { video, clock, note, 'camera-health': cameraHealth };

/** The component that draws a panel kind; undefined for a kind of a newer hub. */
export function panelComponent(kind: PanelKind): Component | undefined {
  return byKind[kind]?.component;
}
