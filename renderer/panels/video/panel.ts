import type { PanelDefinition } from '../panel.ts';
import VideoPanel from './VideoPanel.vue';

export const panel: PanelDefinition<'video'> = { kind: 'video', component: VideoPanel };
