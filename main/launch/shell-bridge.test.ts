import * as fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { operatorActions, type OperatorAnswer } from '../contract/shell.ts';
import { ManualClock } from '../hub/readings/manual-clock.ts';
import type { DevtoolsEvent, DevtoolsPipe } from './devtools-pipe.ts';
import { openShellBridge, readCall, type PageBridge } from './shell-bridge.ts';

const origin = 'http://127.0.0.1:8600';

interface Sent {
  readonly method: string;
  readonly params: Record<string, unknown>;
  readonly session: string | undefined;
}

let clock: ManualClock;
let sent: Sent[];
let said: object[];
let asked: { readonly key: string; readonly action: string }[];
let answer: OperatorAnswer | Promise<OperatorAnswer>;
let listeners: Set<(event: DevtoolsEvent) => void>;
let over: AbortController;
let bridge: PageBridge;

beforeEach(() => {
  clock = new ManualClock();
  [sent, said, asked] = [[], [], []];
  answer = { done: true };
  listeners = new Set();
  over = new AbortController();
  const pipe: DevtoolsPipe = {
    async send(method, params, _signal, session) {
      sent.push({ method, params: params as Record<string, unknown>, session });
      if (method === 'Runtime.addBinding' && session === 'refuses') throw new Error('no such page');
      return {};
    },
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {},
  };
  const note = (fields: object) => void said.push(fields);
  bridge = openShellBridge(pipe, {
    origin,
    version: '1',
    clock,
    over: over.signal,
    log: { debug: note, info: note, warn: note, error: note },
    async operate(key, action) {
      asked.push({ key, action });
      return answer;
    },
  });
});

const says = (method: string, params: object, sessionId: string | null = null) =>
  listeners.forEach((listener) => listener({ method, params: params as DevtoolsEvent['params'], sessionId }));
const attach = (session = 's', { targetId = 't', type = 'page', waitingForDebugger = true } = {}) =>
  says('Target.attachedToTarget', { sessionId: session, targetInfo: { targetId, type }, waitingForDebugger });
const document = (id: number, { from = origin, frameId = 't', isDefault = true, session = 's' } = {}) =>
  says(
    'Runtime.executionContextCreated',
    { context: { id, uniqueId: `unique-${id}`, origin: from, auxData: { isDefault, frameId } } },
    session,
  );
const binding = () => String(sent.find(({ method }) => method === 'Runtime.addBinding')!.params['name']);
const call = async (executionContextId: number, payload: unknown, name = binding()) => {
  says('Runtime.bindingCalled', { name, payload, executionContextId }, 's');
  await new Promise(setImmediate);
};
const form = (more: object = {}) => JSON.stringify({ id: 1, key: '470113', action: 'unlock', ...more });
const evaluated = () =>
  sent.filter(({ method }) => method === 'Runtime.evaluate').map(({ params }) => [params['uniqueContextId'], params['expression']]);

describe('a page', () => {
  test('is let go on only after it has its bridge; the order is what counts', () => {
    attach();
    expect(sent.map(({ method, session }) => [method, session])).toEqual([
      ['Target.setAutoAttach', undefined],
      ['Runtime.enable', 's'],
      ['Runtime.addBinding', 's'],
      ['Page.enable', 's'],
      ['Page.addScriptToEvaluateOnNewDocument', 's'],
      ['Runtime.runIfWaitingForDebugger', 's'],
    ]);
    expect(sent[4]!.params).toMatchObject({ runImmediately: true, source: expect.stringContaining(binding()) });
  });

  test('that has a bridge gets no second one when somebody else attaches to it, and is let go on all the same', () => {
    attach();
    sent = [];
    attach('other', { waitingForDebugger: false });
    expect(sent).toEqual([]);
    attach('third');
    expect(sent.map(({ method, session }) => [method, session])).toEqual([['Runtime.runIfWaitingForDebugger', 'third']]);
  });

  test('what is no page is let go on without one', () => {
    attach('worker', { type: 'service_worker', targetId: 'w' });
    expect(sent.map(({ method }) => method)).toEqual(['Target.setAutoAttach', 'Runtime.runIfWaitingForDebugger']);
  });

  test('that has gone may come again', () => {
    attach();
    says('Target.detachedFromTarget', { sessionId: 's' });
    sent = [];
    attach('again');
    expect(sent.map(({ session }) => session)).toEqual(Array.from({ length: 5 }, () => 'again'));
  });

  test('that refuses harms nobody', async () => {
    attach('refuses');
    await new Promise(setImmediate);
    expect(said).toEqual([]);
  });

  test('that fills the inspector with its console has that emptied', () => {
    attach();
    for (let time = 0; time < 250; time += 1) says(time % 2 ? 'Runtime.consoleAPICalled' : 'Runtime.exceptionThrown', {}, 's');
    expect(sent.filter(({ method }) => method === 'Runtime.discardConsoleEntries')).toHaveLength(2);
  });
});

describe('a call', () => {
  test('of a page of the hub is carried out, and answered in the very document that asked', async () => {
    attach();
    document(1);
    document(2);
    answer = { done: false, code: 'operator-key-wrong' };
    await call(2, form({ id: 7, action: 'quit' }));
    expect(asked).toEqual([{ key: '470113', action: 'quit' }]);
    expect(evaluated()).toEqual([['unique-2', expect.stringContaining('.answer(7, {"done":false,"code":"operator-key-wrong"})')]]);
    expect(bridge.dropped).toBe(0);
  });

  test.each<[string, () => void]>([
    ['of a page of somebody else', () => document(1, { from: 'http://127.0.0.1:8601' })],
    ['of a page whose origin begins alike', () => document(1, { from: `${origin}.example` })],
    ['of a page without an origin', () => document(1, { from: 'null' })],
    ['of a frame', () => document(1, { frameId: 'inner' })],
    ['of an extension', () => document(1, { isDefault: false })],
    ['of a document that has gone', () => (document(1), says('Runtime.executionContextDestroyed', { executionContextId: 1 }, 's'))],
    ['of a page that has gone', () => (document(1), says('Runtime.executionContextsCleared', {}, 's'))],
    ['of a document that nobody knows', () => {}],
  ])('%s is not heard', async (_name, make) => {
    attach();
    make();
    await call(1, form());
    await call(1, form());
    expect([asked, evaluated(), bridge.dropped]).toEqual([[], [], 2]);
    expect(said).toEqual([{ why: 'not ours' }]);
  });

  test('by another function, or in another session, is none of ours', async () => {
    attach();
    document(1);
    await call(1, form(), 'somebodyElse');
    says('Runtime.bindingCalled', { name: binding(), payload: form(), executionContextId: 1 }, 'other');
    expect([asked, bridge.dropped]).toEqual([[], 0]);
  });

  test('is heard twenty times in ten seconds, and again afterwards', async () => {
    attach();
    document(1);
    for (let id = 1; id <= 30; id += 1) await call(1, form({ id }));
    expect(asked).toHaveLength(20);
    expect(evaluated()).toHaveLength(30);
    expect(evaluated().at(-1)![1]).toContain('.answer(30, {"done":false,"code":"shell-does-not-answer"})');
    expect([bridge.dropped, said]).toEqual([10, [{ why: 'too many' }]]);
    await clock.advance(10_000);
    await call(1, form());
    expect(asked).toHaveLength(21);
  });

  test.each<[string, unknown]>([
    ['no text', 7],
    ['no JSON', '{'],
    ['a list', '[]'],
    ['nothing', 'null'],
    ['without a key', form({ key: undefined })],
    ['a key that is a number', form({ key: 470113 })],
    ['a key that is too long', form({ key: 'x'.repeat(65) })],
    ['an action that nobody knows', form({ action: 'format-disk' })],
    ['an action of every object', form({ action: 'constructor' })],
    ['an id that is none', form({ id: 1.5 })],
    ['an id that ends the expression', form({ id: '1);alert(1' })],
    ['an id of nought', form({ id: 0 })],
    ['more than there is', form({ screen: 'main/1' })],
    ['longer than any', form() + ' '.repeat(1024)],
  ])('of no known form is not heard: %s', async (_name, payload) => {
    attach();
    document(1);
    await call(1, payload);
    expect([asked, evaluated(), bridge.dropped]).toEqual([[], [], 1]);
  });
});

test('to show itself is told to the page of the hub alone', () => {
  attach();
  document(1);
  document(2, { from: 'chrome-error://chromewebdata' });
  bridge.identify(8000);
  expect(evaluated()).toEqual([['unique-1', expect.stringContaining('.identify(8000)')]]);
});

test('it ends with its window', () => {
  attach();
  over.abort();
  expect(listeners.size).toBe(0);
});

test('any text never throws, and what is taken is what the contract says', () => {
  const near = fc.record(
    {
      id: fc.oneof({ weight: 4, arbitrary: fc.nat(9) }, fc.double(), fc.string()),
      key: fc.oneof({ weight: 4, arbitrary: fc.string({ maxLength: 80 }) }, fc.integer()),
      action: fc.oneof({ weight: 4, arbitrary: fc.constantFrom('unlock', ...operatorActions) }, fc.string()),
    },
    { requiredKeys: ['id', 'key'] },
  );
  let taken = 0;
  const given = fc.oneof(
    fc.anything(),
    fc.string({ unit: 'binary' }),
    fc.json(),
    near.map((made) => JSON.stringify(made)),
  );
  fc.assert(
    fc.property(given, (payload) => {
      const read = readCall(payload);
      if (read === null) return;
      taken += 1;
      expect(read.id).toBeGreaterThan(0);
      expect(read.key.length).toBeLessThanOrEqual(64);
      expect(['unlock', ...operatorActions]).toContain(read.action);
      expect(JSON.parse(payload as string)).toEqual(read);
    }),
    { seed: 90210, numRuns: 1000 },
  );
  expect(taken).toBeGreaterThan(10);
});
