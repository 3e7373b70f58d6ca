import fc from 'fast-check';
import { beforeEach, expect, test, vi } from 'vitest';
import type { OperatorAnswer } from '../contract/shell.ts';
import { channels } from './channels.ts';
import { isOwnPage } from './own-page.ts';
import { openPageBridge } from './page-bridge.ts';
import { fake, FakeFrame, FakeSession, FakeWebContents } from './testdata/fake-electron.ts';

vi.mock('electron', async () => (await import('./testdata/fake-electron.ts')).fakeModule);

const noAnswer: OperatorAnswer = { done: false, code: 'shell-does-not-answer' };
let origin: string | null;
const isOurs = (url: string) => origin !== null && isOwnPage(url, origin);
let beats: number;
let asked: [string, string, string][];
let page: FakeWebContents;
let end: () => void;

beforeEach(() => {
  fake.reset();
  origin = 'http://127.0.0.1:8600';
  beats = 0;
  asked = [];
  page = new FakeWebContents(FakeSession.of('persist:wall-main-1'));
  page.mainFrame.url = 'http://127.0.0.1:8600/wall/main/1';
  end = openPageBridge({
    isOurs,
    screenOf: (contents) => ((contents as unknown) === page ? 'main/1' : null),
    onHeartbeat: () => (beats += 1),
    async operate(screen, key, action) {
      asked.push([screen, key, action]);
      return { done: true };
    },
  });
});

const frame = (url: string) => Object.assign(new FakeFrame(), { url });

test.each<[string, () => FakeFrame | null, () => void, boolean]>([
  ['a page of the hub', () => page.mainFrame, () => {}, true],
  ['a frame in it', () => frame('http://127.0.0.1:8600/wall/main/1'), () => {}, false],
  ['a frame that has gone', () => null, () => {}, false],
  ['a page of somebody else', () => page.mainFrame, () => (page.mainFrame.url = 'http://127.0.0.1:8601/'), false],
  ['a page that only begins alike', () => page.mainFrame, () => (page.mainFrame.url = 'http://127.0.0.1:8600.evil.example/'), false],
  ['a page before the hub listens', () => page.mainFrame, () => (origin = null), false],
])('%s is heard: both ways, or not at all', async (_, from, before, heard) => {
  before();
  fake.says(page, channels.heartbeat, [], from());
  expect(beats).toBe(heard ? 1 : 0);
  expect(await fake.asks(page, channels.operate, ['kiln-4711', 'identify'], from())).toEqual(heard ? { done: true } : noAnswer);
  expect(asked).toEqual(heard ? [['main/1', 'kiln-4711', 'identify']] : []);
});

test('the console beats and may not operate: no wall is before it', async () => {
  const other = new FakeWebContents(FakeSession.of('persist:console'));
  other.mainFrame.url = 'http://127.0.0.1:8600/console';
  fake.says(other, channels.heartbeat);
  expect(beats).toBe(1);
  expect(await fake.asks(other, channels.operate, ['kiln-4711', 'quit'])).toEqual(noAnswer);
  expect(asked).toEqual([]);
});

test('whatever arguments come, only a key and an action are asked for', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(fc.anything(), fc.constantFrom('unlock', 'quit', 'identify', 'toString', '__proto__'))),
      async (args) => {
        asked = [];
        const answer = await fake.asks(page, channels.operate, args);
        const [key, action] = args;
        const good =
          args.length === 2 &&
          typeof key === 'string' &&
          key.length > 0 &&
          key.length <= 256 &&
          ['unlock', 'identify', 'reload', 'reload-all', 'console', 'quit'].includes(action as string);
        expect(answer).toEqual(good ? { done: true } : noAnswer);
        expect(asked).toHaveLength(good ? 1 : 0);
      },
    ),
    { seed: 7, numRuns: 300 },
  );
});

test('who cannot answer says so instead of leaving the page waiting', async () => {
  end();
  end = openPageBridge({
    isOurs,
    screenOf: () => 'main/1',
    onHeartbeat() {},
    operate: () => Promise.reject(new Error('broken')),
  });
  expect(await fake.asks(page, channels.operate, ['kiln-4711', 'unlock'])).toEqual(noAnswer);
});

test('after its end nobody listens', async () => {
  end();
  fake.says(page, channels.heartbeat);
  expect(beats).toBe(0);
  await expect(fake.asks(page, channels.operate, ['kiln-4711', 'unlock'])).rejects.toThrow('No handler');
});
