import type { PanelDefinition } from '../panel.ts';
import AlertsPanel from './AlertsPanel.vue';

export const panel: PanelDefinition<'alerts'> = { kind: 'alerts', component: AlertsPanel };
