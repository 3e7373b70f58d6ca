import type { Component } from 'vue';
import type { PanelKind } from '../../layouts/panels.ts';
import { panel as alerts } from './alerts/panel.ts';
import { panel as cameraHealth } from './camera-health/panel.ts';
import { panel as clock } from './clock/panel.ts';
import { panel as gauge } from './gauge/panel.ts';
import { panel as incidents } from './incidents/panel.ts';
import { panel as note } from './note/panel.ts';
import type { PanelDefinition } from './panel.ts';
import { panel as plan } from './plan/panel.ts';
import { panel as tasks } from './tasks/panel.ts';
import { panel as trend } from './trend/panel.ts';
import { panel as video } from './video/panel.ts';

const byKind: { readonly [K in PanelKind]: PanelDefinition<K> } = {
  video,
  clock,
  note,
  'camera-health': cameraHealth,
  alerts,
  incidents,
  tasks,
  plan,
  trend,
  gauge,
};

/** The component that draws a panel kind; undefined for a kind of a newer hub. */
export function panelComponent(kind: PanelKind): Component | undefined {
  return byKind[kind]?.component;
}
