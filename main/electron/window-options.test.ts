import { expect, test } from 'vitest';
import { consoleWindowOptions, setupWindowOptions, wallWindowOptions } from './window-options.ts';

const shell = { preload: '/p.cjs', version: '1', devTools: false };

test.each([
  ['a wall', wallWindowOptions(shell, { wallId: 'main', screenId: '1', title: 't', framed: false }), 'persist:wall-main-1', '/p.cjs'],
  ['the console', consoleWindowOptions(shell), 'persist:console', '/p.cjs'],
  ['the setup', setupWindowOptions(false), 'setup', undefined],
])('%s has a sandboxed page without Node, dialogs or tools, and a session of its own', (_, { webPreferences }, partition, preload) => {
  expect(webPreferences).toMatchObject({
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInSubFrames: false,
    nodeIntegrationInWorker: false,
    webSecurity: true,
    webviewTag: false,
    disableDialogs: true,
    navigateOnDragDrop: false,
    devTools: false,
    backgroundThrottling: false,
    partition,
  });
  expect(webPreferences?.preload).toBe(preload);
});

test('a wall window is made unseen and without a frame; one at a desk has one', () => {
  expect(wallWindowOptions(shell, { wallId: 'main', screenId: '1', title: 't', framed: false })).toMatchObject({
    show: false,
    frame: false,
  });
  expect(wallWindowOptions(shell, { wallId: 'main', screenId: '1', title: 't', framed: true })).toMatchObject({ frame: true });
});
