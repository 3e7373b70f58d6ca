import { createContext, runInContext } from 'node:vm';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { OperatorAnswer, ShellBridge } from '../contract/shell.ts';
import { answerExpression, identifyExpression, shellBridgeScript } from './shell-bridge-script.ts';

const options = { origin: 'http://127.0.0.1:8600', version: '1.2.3', binding: 'taoduCall', hears: 'taoduHears' };

interface Page {
  readonly taoduShell?: ShellBridge;
  [name: string]: unknown;
}

let calls: string[];
beforeEach(() => {
  vi.useFakeTimers();
  calls = [];
  return () => void vi.useRealTimers();
});

/** What a page has before any script of it ran. */
function page({ origin = options.origin, inFrame = false, binding = true } = {}) {
  const events: string[] = [];
  const globals: Record<string, unknown> = {
    location: { origin },
    setTimeout,
    clearTimeout,
    Event: class {
      readonly type: string;
      constructor(type: string) {
        this.type = type;
      }
    },
    dispatchEvent: ({ type }: { type: string }) => events.push(type),
    ...(binding && { [options.binding]: (payload: string) => calls.push(payload) }),
  };
  const context = createContext(globals);
  runInContext('globalThis.window = globalThis', context);
  globals['top'] = inFrame ? {} : runInContext('globalThis', context);
  const run = (source: string): unknown => runInContext(source, context);
  return { globals: globals as Page, events, run };
}
const withBridge = () => {
  const made = page();
  made.run(shellBridgeScript(options));
  return { ...made, bridge: made.globals.taoduShell! };
};
const answers = async (asked: Promise<OperatorAnswer>) => JSON.parse(JSON.stringify(await asked)) as OperatorAnswer;

test('a page of the hub gets exactly the bridge that the contract names, and nothing else that it could list', () => {
  const { bridge, globals, run, events } = withBridge();
  expect([bridge.kind, bridge.version]).toEqual(['chromium', '1.2.3']);
  expect(Object.keys(bridge).toSorted()).toEqual(['heartbeat', 'kind', 'onIdentify', 'operate', 'version']);
  expect(run('Object.isFrozen(taoduShell)')).toBe(true);
  expect(options.binding in globals).toBe(false);
  expect(run('Object.keys(globalThis).filter((name) => name.startsWith("taodu")).join()')).toBe('taoduShell');
  expect(run('try { taoduShell = null; } catch {} taoduShell.kind')).toBe('chromium');
  expect(bridge.heartbeat()).toBeUndefined();
  expect(events).toEqual(['taodu-shell']);
});

test.each([
  ['a page of somebody else', { origin: 'http://127.0.0.1:8601' }],
  ['a page without an origin', { origin: 'null' }],
  ['a frame', { inFrame: true }],
])('%s gets none, and not the function that calls us either', (_name, where) => {
  const { globals, run, events } = page(where);
  run(shellBridgeScript(options));
  expect(globals.taoduShell).toBeUndefined();
  expect(options.binding in globals).toBe(false);
  expect(events).toEqual([]);
});

test('run again it changes nothing', () => {
  const { bridge, globals, run, events } = withBridge();
  globals[options.binding] = () => {};
  run(shellBridgeScript(options));
  expect(globals.taoduShell).toBe(bridge);
  expect(events).toHaveLength(1);
});

describe('operate', () => {
  test('asks us and answers with what we say, each its own', async () => {
    const { bridge, run } = withBridge();
    const [one, two] = [bridge.operate('470113', 'unlock'), bridge.operate('470113', 'identify')];
    expect(calls.map((call) => JSON.parse(call))).toEqual([
      { id: 1, key: '470113', action: 'unlock' },
      { id: 2, key: '470113', action: 'identify' },
    ]);
    run(answerExpression(options, 2, { done: true }));
    run(answerExpression(options, 1, { done: false, code: 'operator-locked-out', retryAfterMs: 40_000 }));
    expect(await answers(two)).toEqual({ done: true });
    expect(await answers(one)).toEqual({ done: false, code: 'operator-locked-out', retryAfterMs: 40_000 });
    run(answerExpression(options, 2, { done: true }));
    run(answerExpression(options, 99, { done: true }));
  });

  test('says that nobody answers, after a while', async () => {
    const { bridge } = withBridge();
    const asked = bridge.operate('470113', 'unlock');
    await vi.advanceTimersByTimeAsync(30_000);
    expect(await answers(asked)).toEqual({ done: false, code: 'shell-does-not-answer' });
    expect(vi.getTimerCount()).toBe(0);
  });

  test('of more than eight at a time says so at once', async () => {
    const { bridge } = withBridge();
    const waiting = Array.from({ length: 8 }, () => bridge.operate('470113', 'unlock'));
    expect(await answers(bridge.operate('470113', 'unlock'))).toEqual({ done: false, code: 'shell-does-not-answer' });
    expect(calls).toHaveLength(8);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(await Promise.all(waiting.map(answers))).toHaveLength(8);
  });
});

test('who wants to know when to show itself is told, until it ends', () => {
  const { bridge, run } = withBridge();
  const shown: number[] = [];
  const ends = [bridge.onIdentify((forMs) => shown.push(forMs)), bridge.onIdentify((forMs) => shown.push(-forMs))];
  run(identifyExpression(options, 8000));
  ends[1]!();
  run(identifyExpression(options, 500));
  expect(shown).toEqual([8000, -8000, 500]);
});

test('a page without a bridge does not mind what is said to it', () => {
  const { run } = page();
  expect(run(answerExpression(options, 1, { done: true }))).toBeUndefined();
  expect(run(identifyExpression(options, 8000))).toBeUndefined();
});
