import type { PanelDefinition } from '../panel.ts';
import CameraHealthPanel from './CameraHealthPanel.vue';

export const panel: PanelDefinition<'camera-health'> = { kind: 'camera-health', component: CameraHealthPanel };
