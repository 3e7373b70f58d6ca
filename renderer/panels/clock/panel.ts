import type { PanelDefinition } from '../panel.ts';
import ClockPanel from './ClockPanel.vue';

export const panel: PanelDefinition<'clock'> = { kind: 'clock', component: ClockPanel };
