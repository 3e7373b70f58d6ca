import type { PanelDefinition } from '../panel.ts';
import TrendPanel from './TrendPanel.vue';

export const panel: PanelDefinition<'trend'> = { kind: 'trend', component: TrendPanel };
