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
  'command.view',
  'user.admin',
  'audit.view',
] as const;

export type Permission = (typeof permissions)[number];

export const roles = ['administrator', 'operator', 'wall'] as const;

export type Role = (typeof roles)[number];

/** What each role may do. `wall` is a screen, not a person: it shows, reports what it shows, and controls nothing. */
export const rolePermissions: Readonly<Record<Role, readonly Permission[]>> = {
  administrator: permissions,
  operator: ['camera.view', 'stream.view', 'wall.view', 'wall.control', 'wall.report', 'layout.edit', 'system.view', 'command.view'],
  wall: ['camera.view', 'stream.view', 'wall.view', 'wall.report', 'system.view'],
};
