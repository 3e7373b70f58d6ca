import { nowhere } from '../../../main/contract/place.ts';
import { unitEntity, type Unit } from '../../incident-contract.ts';

/** A unit that stands by. */
export const aUnit = (more: Partial<Record<keyof Unit, unknown>> = {}): Unit =>
  unitEntity.parse({
    id: 'u1',
    number: 'U-1',
    name: 'Engine 1',
    department: 'Fire brigade',
    capabilities: [],
    crew: 6,
    home: nowhere,
    districts: [],
    state: 'available',
    reason: null,
    backAt: null,
    stateAt: 0,
    stateBy: 'desk',
    task: null,
    queued: [],
    lastReleasedAt: null,
    revision: 0,
    ...more,
  });
