import type { PanelDefinition } from '../panel.ts';
import PlanPanel from './PlanPanel.vue';

export const panel: PanelDefinition<'plan'> = { kind: 'plan', component: PlanPanel };
