import { expect, test } from 'vitest';
import { screenOfPath } from './screen-of-path.ts';

test.each([
  ['/wall/main/1', 'main', '1'],
  ['/wall/main/1/', 'main', '1'],
  ['/wall/hall-2/left', 'hall-2', 'left'],
  ['/wall/%E4%B8%BB/2', '主', '2'],
  ['/wall/%zz/2', '%zz', '2'],
  ['/wall/main', 'main', '1'],
  ['/wall.html', 'main', '1'],
  ['/', 'main', '1'],
])('%s is screen %s/%s', (path, wallId, screenId) => {
  expect(screenOfPath(path)).toEqual({ wallId, screenId });
});
