import type { PanelDefinition } from '../panel.ts';
import NotePanel from './NotePanel.vue';

export const panel: PanelDefinition<'note'> = { kind: 'note', component: NotePanel };
