import { afterEach, describe, expect, test } from 'vitest';
import { setLocale } from '../../../i18n/index.ts';
import { stampText } from '../stamp-text.ts';
import { deedOf, exportFiles, exportIdOf } from './approval-words.ts';

afterEach(() => setLocale('zh-CN'));

describe('the button says what will be done', () => {
  const ids = Array.from({ length: 12 }, (_, nth) => `c${nth}`);
  test('in both languages', () => {
    setLocale('zh-CN');
    expect(deedOf({ name: 'camera.remove-many', args: { cameraIds: ids } })).toBe('删除 12 台摄像机');
    setLocale('en');
    expect(deedOf({ name: 'camera.remove-many', args: { cameraIds: ids } })).toBe('Remove 12 cameras');
    expect(deedOf({ name: 'camera.remove-many', args: { cameraIds: ids.slice(0, 1) } })).toBe('Remove 1 camera');
    expect(deedOf({ name: 'audit.export', args: { from: 0, to: 60_000 } })).toBe(
      `Export the audit from ${stampText(0)} to ${stampText(60_000)}`,
    );
  });

  test.each([[null], ['cut'], [{}], [{ cameraIds: 7 }]])('arguments like %j do not stop it', (args) => {
    setLocale('en');
    expect(deedOf({ name: 'camera.remove-many', args })).toBe('Remove several cameras');
    expect(deedOf({ name: 'from.the-future', args })).toBe('from.the-future');
  });
});

describe('the files of an export', () => {
  test.each<[string, Parameters<typeof exportIdOf>[0], string | null]>([
    ['done', { name: 'audit.export', state: 'confirmed', result: { exportId: 'x1' } }, 'x1'],
    ['not done', { name: 'audit.export', state: 'failed', result: { exportId: 'x1' } }, null],
    ['another command', { name: 'camera.remove-many', state: 'confirmed', result: { exportId: 'x1' } }, null],
    ['no id', { name: 'audit.export', state: 'confirmed', result: null }, null],
    ['an id that leads elsewhere', { name: 'audit.export', state: 'confirmed', result: { exportId: '../x' } }, null],
  ])('%s', (_what, command, id) => {
    expect(exportIdOf(command)).toBe(id);
  });

  test('have their addresses', () => {
    expect(exportFiles('x1').map(({ url }) => url)).toEqual(
      ['audit.jsonl', 'watches.csv', 'manifest.json', 'manifest.sig', 'public.pem'].map((name) => `/api/exports/x1/${name}`),
    );
  });
});
