import { EventEmitter } from 'node:events';
import { expect, test, vi } from 'vitest';
import type { ShellBridge } from '../contract/shell.ts';
import { channels } from './channels.ts';

const page = vi.hoisted(() => ({
  exposed: new Map<string, unknown>(),
  sent: [] as unknown[][],
  answer: null as (() => Promise<unknown>) | null,
  ipc: null as EventEmitter | null,
}));

vi.mock('electron', () => {
  const ipc = Object.assign(new EventEmitter(), {
    send: (...args: unknown[]) => void page.sent.push(args),
    invoke: (...args: unknown[]) => {
      page.sent.push(args);
      return page.answer!();
    },
  });
  page.ipc = ipc;
  return { contextBridge: { exposeInMainWorld: (name: string, api: unknown) => void page.exposed.set(name, api) }, ipcRenderer: ipc };
});

test('a page gets the bridge and nothing else', async () => {
  process.argv.push('--taodu-version=1.2.3');
  await import('./preload.ts');
  process.argv.pop();
  expect([...page.exposed.keys()]).toEqual(['taoduShell']);
  const bridge = page.exposed.get('taoduShell') as ShellBridge;
  expect(Object.keys(bridge).toSorted()).toEqual(['heartbeat', 'kind', 'onIdentify', 'operate', 'version']);
  expect([bridge.kind, bridge.version]).toEqual(['electron', '1.2.3']);

  bridge.heartbeat();
  page.answer = () => Promise.resolve({ done: true });
  expect(await bridge.operate('kiln-4711', 'identify')).toEqual({ done: true });
  expect(page.sent).toEqual([[channels.heartbeat], [channels.operate, 'kiln-4711', 'identify']]);
  page.answer = () => Promise.reject(new Error('the shell is gone'));
  expect(await bridge.operate('kiln-4711', 'unlock')).toEqual({ done: false, code: 'shell-does-not-answer' });

  const heard: number[] = [];
  const end = bridge.onIdentify((forMs) => heard.push(forMs));
  for (const forMs of [8000, -1, Number.NaN, 3_600_000, '8000', undefined]) page.ipc!.emit(channels.identify, { sender: page.ipc }, forMs);
  expect(heard).toEqual([8000]);
  end();
  page.ipc!.emit(channels.identify, {}, 8000);
  expect(heard).toEqual([8000]);
  expect(page.ipc!.listenerCount(channels.identify)).toBe(0);
});
