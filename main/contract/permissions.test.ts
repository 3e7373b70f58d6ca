import { expect, test } from 'vitest';
import { commands } from './catalog.ts';
import { permissions, rolePermissions, roles } from './permissions.ts';

test('every role lists known permissions, each once', () => {
  for (const role of roles) {
    const listed = rolePermissions[role];
    expect(new Set(listed).size).toBe(listed.length);
    for (const permission of listed) expect(permissions).toContain(permission);
  }
});

test('what the first account holds is everything, a wall changes nothing in the city, and a unit tells of its own tasks', () => {
  const founding = new Set((['administrator', 'security-administrator', 'auditor'] as const).flatMap((role) => rolePermissions[role]));
  expect(permissions.filter((permission) => !founding.has(permission))).toEqual([]);
  expect([...rolePermissions.wall].sort()).toEqual([
    'alert.view',
    'camera.view',
    'fact.view',
    'incident.view',
    'stream.view',
    'system.view',
    'task.view',
    'unit.view',
    'wall.report',
    'wall.view',
  ]);
  expect(rolePermissions.unit).toEqual(['task.report']);
});

test('the three duties are apart', () => {
  expect(rolePermissions.administrator).not.toContain('user.admin');
  expect(rolePermissions.administrator).not.toContain('audit.view');
  expect(rolePermissions['security-administrator']).not.toContain('audit.view');
  expect(rolePermissions['security-administrator']).not.toContain('stream.view');
  expect(rolePermissions.auditor.filter((permission) => !permission.endsWith('.view') && permission !== 'audit.export')).toEqual([]);
});

test('only logging in and pairing are public, and every other command needs a session or a known permission', () => {
  for (const command of commands) {
    if (command.permission === 'public') expect(['session.login', 'wall.pairing-begin', 'wall.pairing-claim']).toContain(command.name);
    else if (command.permission !== 'session') expect(permissions).toContain(command.permission);
  }
});

test('what a command keeps in the audit never holds a password', () => {
  const secret = 'Kiln-4711-bench';
  const samples: Record<string, unknown> = {
    'session.login': { user: 'li', password: secret },
    'session.password': { current: secret, next: `${secret}x` },
    'session.unlock': { password: secret },
    'session.totp-begin': { password: secret },
    'user.upsert': { name: 'li', roles: ['operator'], password: secret },
  };
  for (const command of commands) {
    const sample = samples[command.name];
    if (sample === undefined) continue;
    const redact = command.redact as ((args: unknown) => unknown) | undefined;
    expect(JSON.stringify(redact?.(command.args.parse(sample)))).not.toContain(secret);
  }
});
