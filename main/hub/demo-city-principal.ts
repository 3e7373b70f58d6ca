import { demoCityUser } from '../contract/demo-city.ts';
import type { SessionId } from '../contract/ids.ts';
import type { Principal } from '../contract/principal.ts';

/** In whose name the demo city makes its feeds and units, and closes cases that its systems have dealt with: by the same path as everybody's commands, with no right beyond these, and in the audit like theirs. No session is it. */
export const demoCityPrincipal: Principal = {
  sessionId: 'demo-city' as SessionId,
  userId: demoCityUser,
  name: 'demo-city',
  roles: [],
  permissions: new Set(['feed.admin', 'unit.edit', 'incident.edit']),
  scope: { districts: '*', groups: '*' },
  screen: null,
  barrier: null,
};
