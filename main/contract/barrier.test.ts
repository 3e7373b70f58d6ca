import { describe, expect, test } from 'vitest';
import { mayRead, passes } from './barrier.ts';
import { collections, commands } from './catalog.ts';
import type { AnyCollection } from './define-collection.ts';
import type { AnyCommand } from './define-command.ts';
import type { SessionId, UserId } from './ids.ts';
import { permissions, rolePermissions, type Permission } from './permissions.ts';
import type { Barrier, Principal } from './principal.ts';
import { wholeCity } from './scope.ts';

const principal = (barrier: Barrier | null, held: readonly Permission[]): Principal => ({
  sessionId: 's1' as SessionId,
  userId: 'u1' as UserId,
  name: 'li',
  roles: ['operator'],
  permissions: new Set(held),
  scope: wholeCity,
  screen: null,
  barrier,
});
const command = (name: string): AnyCommand => (commands as readonly AnyCommand[]).find((one) => one.name === name)!;
const collection = (name: string): AnyCollection => (collections as readonly AnyCollection[]).find((one) => one.name === name)!;

describe('commands', () => {
  test.each<[string, Barrier | null, readonly Permission[], string, string | null]>([
    ['what the permissions allow', null, ['wall.control'], 'wall.show', null],
    ['what they do not', null, ['wall.view'], 'wall.show', 'forbidden'],
    ['what needs a session only', null, [], 'session.who', null],
    ['what needs a second person is a matter of the gateway', null, ['camera.edit'], 'camera.remove-many', null],
    ['logging in anew behind a barrier', 'session-locked', [], 'session.login', null],

    ['changing the password', 'password-change-required', [], 'session.password', null],
    ['a factor before the password is changed', 'password-change-required', permissions, 'session.totp-begin', 'password-change-required'],
    ['reads before the password is changed', 'password-change-required', permissions, 'camera.search', 'password-change-required'],
    ['anything before the password is changed', 'password-change-required', permissions, 'wall.show', 'password-change-required'],

    ['setting up the factor', 'second-factor-enrolment-required', [], 'session.totp-begin', null],
    ['confirming it', 'second-factor-enrolment-required', [], 'session.totp-confirm', null],
    ['reads without it', 'second-factor-enrolment-required', permissions, 'camera.search', 'second-factor-enrolment-required'],

    ['unlocking', 'session-locked', [], 'session.unlock', null],
    ['who it is, locked', 'session-locked', [], 'session.who', null],
    ['leaving, locked', 'session-locked', [], 'session.logout', null],
    ['a new password, locked', 'session-locked', permissions, 'session.password', 'session-locked'],
    ['a new factor, locked', 'session-locked', permissions, 'session.totp-begin', 'session-locked'],
    ['withdrawing, locked', 'session-locked', permissions, 'command.withdraw', 'session-locked'],
    ['pictures, locked', 'session-locked', rolePermissions.wall, 'stream.lease-many', null],
    ['reports of a screen, locked', 'session-locked', rolePermissions.wall, 'wall.report', null],
    ['a picture to take away, locked', 'session-locked', rolePermissions.wall, 'camera.snapshot', 'session-locked'],
    ['a camera tried out, locked', 'session-locked', rolePermissions.wall, 'camera.diagnose', 'session-locked'],
    ['the directory searched, locked', 'session-locked', rolePermissions.wall, 'camera.search', 'session-locked'],
    ['pictures that its reduced permissions do not allow', 'session-locked', [], 'stream.lease', 'forbidden'],
    ['a read that its reduced permissions do not allow', 'session-locked', rolePermissions.wall, 'session.list', 'session-locked'],
    ['control, locked', 'session-locked', rolePermissions.wall, 'wall.show', 'session-locked'],
    ['control, locked, whatever it may do', 'session-locked', permissions, 'wall.show', 'session-locked'],
    ['what needs a second person, locked', 'session-locked', permissions, 'audit.export', 'session-locked'],
  ])('%s', (_name, barrier, held, name, code) => {
    expect(passes(principal(barrier, held), command(name))?.code ?? null).toBe(code);
  });

  test('a locked session runs no command of the catalogue that changes anything, but the ones that unlock and leave', () => {
    const locked = principal('session-locked', permissions);
    const changing = (commands as readonly AnyCommand[]).filter(({ risk, permission }) => risk !== 'read' && permission !== 'public');
    expect(changing.filter((one) => passes(locked, one) === null).map(({ name }) => name)).toEqual(['session.logout', 'session.unlock']);
  });
});

describe('reading', () => {
  test.each<[string, Barrier | null, readonly Permission[], string, string | null]>([
    ['what the permissions allow', null, ['camera.view'], 'cameras', null],
    ['what they do not', null, [], 'cameras', 'forbidden'],
    ['before the password is changed', 'password-change-required', permissions, 'cameras', 'password-change-required'],
    ['before the factor is set up', 'second-factor-enrolment-required', permissions, 'walls', 'second-factor-enrolment-required'],
    ['what a wall shows, locked', 'session-locked', rolePermissions.wall, 'walls', null],
    ['what a wall does not show, locked', 'session-locked', rolePermissions.wall, 'users', 'session-locked'],
  ])('%s', (_name, barrier, held, name, code) => {
    expect(mayRead(principal(barrier, held), collection(name))?.code ?? null).toBe(code);
  });
});
