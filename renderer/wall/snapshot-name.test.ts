import { expect, test } from 'vitest';
import { snapshotName } from './snapshot-name.ts';

const at = new Date(2026, 10, 6, 9, 5, 7).getTime();

test.each([
  ['JH-0042', 'JH-0042_20261106-090507.png'],
  ['人民广场 3', '人民广场_3_20261106-090507.png'],
  ['../../etc/passwd', 'etc_passwd_20261106-090507.png'],
  ['a:b*c?', 'a_b_c__20261106-090507.png'],
  ['', 'camera_20261106-090507.png'],
])('%s', (number, name) => {
  expect(snapshotName(number, at)).toBe(name);
});
