import type { PanelDefinition } from '../panel.ts';
import IncidentsPanel from './IncidentsPanel.vue';

export const panel: PanelDefinition<'incidents'> = { kind: 'incidents', component: IncidentsPanel };
