/** Every permission there is. Deny by default: a role has what its row lists and nothing else. */
export const permissions = [
  'camera.view',
  'camera.edit',
  'stream.view',
  'wall.view',
  'wall.control',
  'wall.report',
  'wall.admin',
  'layout.edit',
  'system.view',
  'system.admin',
  'command.view',
  'command.approve',
  'user.view',
  'user.admin',
  'session.admin',
  'audit.view',
  'audit.export',
  'feed.view',
  'feed.admin',
  'fact.view',
  'alert.view',
  'alert.act',
  'alert.admin',
  'incident.view',
  'incident.edit',
  'unit.view',
  'unit.edit',
  'task.view',
  'task.dispatch',
  'task.report',
] as const;

export type Permission = (typeof permissions)[number];

export const roles = ['operator', 'dispatcher', 'traffic', 'administrator', 'security-administrator', 'auditor', 'unit', 'wall'] as const;

export type Role = (typeof roles)[number];

/** Roles that a person may have; `wall` belongs to screens alone. */
export const personRoles = ['operator', 'dispatcher', 'traffic', 'administrator', 'security-administrator', 'auditor', 'unit'] as const;
export type PersonRole = (typeof personRoles)[number];

const desk: readonly Permission[] = [
  'camera.view',
  'stream.view',
  'wall.view',
  'wall.control',
  'wall.report',
  'layout.edit',
  'system.view',
  'command.view',
  'feed.view',
  'fact.view',
  'alert.view',
  'alert.act',
  'incident.view',
  'incident.edit',
  'unit.view',
  'task.view',
];

/** Whoever sends units, and hears of them. */
const dispatch: readonly Permission[] = ['unit.edit', 'task.dispatch', 'task.report', 'alert.admin'];

/**
 * What each role may do. The three duties of GB/T 22239-2019 8.1.4.2 d are apart: the administrator runs cameras, walls and the system, the
 * security administrator says who may do what, the auditor sees what everybody did and changes nothing. `wall` is a screen, not a person: it
 * shows, reports what it shows, and controls nothing. `unit` is a worker in the field, who sees no camera, and of tasks those of its own unit alone (`task.mine`).
 */
export const rolePermissions: Readonly<Record<Role, readonly Permission[]>> = {
  operator: desk,
  dispatcher: [...desk, ...dispatch],
  traffic: [...desk, ...dispatch],
  administrator: [...desk, ...dispatch, 'feed.admin', 'camera.edit', 'wall.admin', 'system.admin', 'command.approve'],
  'security-administrator': ['system.view', 'command.view', 'command.approve', 'user.view', 'user.admin', 'session.admin'],
  auditor: ['system.view', 'command.view', 'user.view', 'audit.view', 'audit.export'],
  unit: ['task.report'],
  wall: [
    'camera.view',
    'stream.view',
    'wall.view',
    'wall.report',
    'system.view',
    'fact.view',
    'alert.view',
    'incident.view',
    'unit.view',
    'task.view',
  ],
};

/** Roles whose holders must prove themselves with a second factor (GB/T 22239-2019 8.1.4.1 d). */
export const privilegedRoles: ReadonlySet<Role> = new Set(['administrator', 'security-administrator', 'auditor']);

/** Duties that one account may not hold together, unless it is the first account of a hub, which begins with all three. */
export const separateDuties: readonly (readonly [Role, Role])[] = [
  ['auditor', 'administrator'],
  ['auditor', 'security-administrator'],
  ['administrator', 'security-administrator'],
  ['auditor', 'operator'],
  ['auditor', 'dispatcher'],
  ['auditor', 'traffic'],
];
