import type { PanelDefinition } from '../panel.ts';
import GaugePanel from './GaugePanel.vue';

export const panel: PanelDefinition<'gauge'> = { kind: 'gauge', component: GaugePanel };
