import { beforeEach, expect, test, vi } from 'vitest';
import { silentLog } from '../contract/log.ts';
import { watchPower } from './power.ts';
import { fake, FakeBrowserWindow, FakeEvent } from './testdata/fake-electron.ts';

vi.mock('electron', async () => (await import('./testdata/fake-electron.ts')).fakeModule);

let heard: string[];
let end: () => void;
beforeEach(() => {
  fake.reset();
  heard = [];
  end = watchPower(
    { onSuspend: () => heard.push('suspend'), onResume: () => heard.push('resume'), onShutdown: () => heard.push('shutdown') },
    silentLog,
  );
});

test('displays are kept awake, also when the system forgot that over a sleep', () => {
  fake.powerMonitor.emit('suspend');
  fake.powerSaveBlocker.started.clear();
  fake.powerMonitor.emit('resume');
  expect([...fake.powerSaveBlocker.started.values()]).toEqual(['prevent-display-sleep']);
  fake.powerMonitor.emit('resume');
  expect(fake.powerSaveBlocker.started.size).toBe(1);
  end();
  expect(fake.powerSaveBlocker.started.size).toBe(0);
});

test('a locked session is none that sleeps; when it is unlocked windows are looked after', () => {
  fake.powerMonitor.emit('lock-screen');
  fake.powerMonitor.emit('unlock-screen');
  expect(heard).toEqual(['resume']);
});

test('a shutdown is delayed until we have ended', () => {
  const event = new FakeEvent();
  fake.powerMonitor.emit('shutdown', event);
  // Should Electron tell without an event, the end begins all the same.
  fake.powerMonitor.emit('shutdown');
  expect([event.defaultPrevented, heard]).toEqual([true, ['shutdown', 'shutdown']]);
});

test('on Windows each window tells; after the end nobody is heard', () => {
  const window = new FakeBrowserWindow();
  window.emit('session-end', new FakeEvent());
  expect(heard).toEqual(['shutdown']);
  end();
  for (const name of ['suspend', 'resume', 'lock-screen', 'unlock-screen', 'shutdown'])
    expect([name, fake.powerMonitor.listenerCount(name)]).toEqual([name, 0]);
  expect(fake.app.listenerCount('browser-window-created')).toBe(0);
});
