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

test('an administrator has every permission, a wall none that changes the city', () => {
  expect(rolePermissions.administrator).toEqual(permissions);
  expect([...rolePermissions.wall].sort()).toEqual(['camera.view', 'stream.view', 'system.view', 'wall.report', 'wall.view']);
});

test('only logging in is public, and every other command needs a session or a known permission', () => {
  for (const command of commands) {
    if (command.permission === 'public') expect(command.name).toBe('session.login');
    else if (command.permission !== 'session') expect(permissions).toContain(command.permission);
  }
});

test('what a command keeps in the audit never holds a password', () => {
  const secret = 'Kiln-4711-bench';
  const samples: Record<string, unknown> = {
    'session.login': { user: 'li', password: secret },
    'session.password': { current: secret, next: `${secret}x` },
    'user.upsert': { name: 'li', roles: ['operator'], password: secret },
  };
  for (const command of commands) {
    const sample = samples[command.name];
    if (sample === undefined) continue;
    const redact = command.redact as ((args: unknown) => unknown) | undefined;
    expect(JSON.stringify(redact?.(command.args.parse(sample)))).not.toContain(secret);
  }
});
