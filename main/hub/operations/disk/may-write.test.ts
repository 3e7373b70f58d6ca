import { expect, test } from 'vitest';
import { commands } from '../../../contract/catalog.ts';
import type { AnyCommand } from '../../../contract/define-command.ts';
import { commandsOfNeed, mayWrite } from './may-write.ts';

const all = commands as readonly AnyCommand[];

test('with room everything is written', () => {
  for (const definition of all) {
    expect(mayWrite(definition, 'enough')).toBeNull();
    expect(mayWrite(definition, 'low')).toBeNull();
  }
});

test('with a full disk only reading and what is named goes on', () => {
  const refused = all.filter((definition) => mayWrite(definition, 'full') !== null);
  expect(refused.every(({ risk, name }) => risk !== 'read' && !commandsOfNeed.includes(name))).toBe(true);
  expect(refused.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['camera.import', 'camera.upsert', 'layout.save', 'audit.export', 'backup.create', 'command.approve']),
  );
  for (const name of ['session.login', 'stream.lease-many', 'wall.show', 'audit.search', 'incident.open', 'task.dispatch', 'task.report'])
    expect(refused.some((definition) => definition.name === name)).toBe(false);
  expect(mayWrite({ name: 'camera.import', risk: 'routine' }, 'full')).toMatchObject({ code: 'disk-low' });
});

test('what nobody has thought about is refused', () => {
  for (const risk of ['routine', 'actuation', 'two-person'] as const)
    expect(mayWrite({ name: 'city.new', risk }, 'full')).toMatchObject({ code: 'disk-low' });
});

test('every name on the list is a command', () => {
  const names = all.map(({ name }) => name);
  expect(commandsOfNeed.filter((name) => !names.includes(name))).toEqual([]);
});
