import type { PanelDefinition } from '../panel.ts';
import TasksPanel from './TasksPanel.vue';

export const panel: PanelDefinition<'tasks'> = { kind: 'tasks', component: TasksPanel };
