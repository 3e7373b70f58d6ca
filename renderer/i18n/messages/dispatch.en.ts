import type { SameShape } from '../shape.ts';
import type zh from './dispatch.zh-CN.ts';

const messages: SameShape<typeof zh> = {
  noPermission: 'You may not see this page.',
  nav: {
    label: 'Pages',
    desk: 'Walls',
    alerts: 'Alerts',
    incidents: 'Incidents',
    tasks: 'Tasks',
    call: 'Take a call',
  },
  help: {
    title: 'Incidents',
    desk: 'Back to the walls',
    alerts: 'Alerts',
    incidents: 'Incidents',
    tasks: 'Tasks and units',
    call: 'Open the call form (also while typing)',
  },
};
export default messages;
