import { nowhere } from '../../../main/contract/place.ts';
import { taskEntity, type Task } from '../../incident-contract.ts';

/** A task that was just sent. */
export const aTask = (more: Partial<Record<keyof Task, unknown>> = {}): Task =>
  taskEntity.parse({
    id: 't1',
    incident: 'i1',
    unit: 'u1',
    title: 'Look at it',
    text: null,
    state: 'sent',
    place: nowhere,
    dueAt: null,
    chosenBecause: [],
    history: [{ state: 'sent', at: 0, by: 'wang', source: 'desk', text: null, lat: null, lon: null, photo: null }],
    revision: 0,
    ...more,
  });
