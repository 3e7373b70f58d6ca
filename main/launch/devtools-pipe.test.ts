import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { longestMessage, openDevtoolsPipe, type DevtoolsEvent, type DevtoolsPipe } from './devtools-pipe.ts';

let toBrowser: PassThrough;
let fromBrowser: PassThrough;
let pipe: DevtoolsPipe;
let events: DevtoolsEvent[];
const never = new AbortController().signal;

beforeEach(() => {
  toBrowser = new PassThrough();
  fromBrowser = new PassThrough();
  pipe = openDevtoolsPipe(toBrowser, fromBrowser);
  events = [];
  pipe.onEvent((event) => events.push(event));
});
afterEach(() => pipe.close());

/** What was asked so far. */
const asked = () =>
  String(toBrowser.read() ?? '')
    .split('\0')
    .filter(Boolean)
    .map((text) => JSON.parse(text) as { id: number; method: string; params: object; sessionId?: string });
const says = (...messages: object[]) => fromBrowser.write(messages.map((message) => `${JSON.stringify(message)}\0`).join(''));

describe('the control channel of a browser', () => {
  test('asks, hears answers in any order, and hands refusals on', async () => {
    const one = pipe.send('Target.getTargets', {}, never);
    const two = pipe.send('Runtime.evaluate', { expression: '1' }, never, 'page-1');
    const three = pipe.send('Page.nonsense', {}, never);
    expect(asked()).toEqual([
      { id: 1, method: 'Target.getTargets', params: {} },
      { id: 2, method: 'Runtime.evaluate', params: { expression: '1' }, sessionId: 'page-1' },
      { id: 3, method: 'Page.nonsense', params: {} },
    ]);
    says({ id: 2, result: { value: 1 } }, { id: 3, error: { message: 'no such method' } }, { id: 1, result: { targetInfos: [] } });
    await expect(two).resolves.toEqual({ value: 1 });
    await expect(three).rejects.toThrow('no such method');
    await expect(one).resolves.toEqual({ targetInfos: [] });
  });

  test('tells events with the page that they are about', async () => {
    says({ method: 'Inspector.targetCrashed', sessionId: 'page-1' }, { method: 'Target.attachedToTarget', params: { sessionId: 'x' } });
    await new Promise(setImmediate);
    expect(events).toEqual([
      { method: 'Inspector.targetCrashed', params: {}, sessionId: 'page-1' },
      { method: 'Target.attachedToTarget', params: { sessionId: 'x' }, sessionId: null },
    ]);
  });

  test('a question that is not answered in time is given up, and a late answer harms nobody', async () => {
    const enough = new AbortController();
    const asking = pipe.send('Runtime.evaluate', {}, enough.signal);
    enough.abort();
    await expect(asking).rejects.toThrow('does not answer');
    says({ id: 1, result: {} });
    await expect(pipe.send('X', {}, AbortSignal.abort())).rejects.toThrow('does not answer');
  });

  test('no more than 64 questions wait', async () => {
    const waiting = Array.from({ length: 64 }, () => pipe.send('X', {}, never).catch(() => 'ended'));
    await expect(pipe.send('X', {}, never)).rejects.toThrow('too many');
    pipe.close();
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['ended']));
  });

  test('a browser that goes fails whoever waits, and whoever asks afterwards', async () => {
    const asking = pipe.send('X', {}, never);
    fromBrowser.end();
    await expect(asking).rejects.toThrow('has gone');
    await expect(pipe.send('X', {}, never)).rejects.toThrow('has gone');
  });

  test('what is no message, and what is too long, is passed over; the next one is heard', async () => {
    fromBrowser.write('{"method":\0null\0[1]\0"x"\0');
    fromBrowser.write(Buffer.alloc(longestMessage + 10, 0x20));
    fromBrowser.write('{}\0');
    says({ method: 'After' });
    await new Promise(setImmediate);
    expect(events.map(({ method }) => method)).toEqual(['After']);
  });

  test('however the bytes are cut, the messages are the same', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme', maxLength: 40 }), { maxLength: 12 }),
        fc.integer({ min: 1, max: 9 }),
        async (names, step) => {
          const read = new PassThrough();
          const cut = openDevtoolsPipe(new PassThrough(), read);
          const heard: string[] = [];
          cut.onEvent(({ method }) => heard.push(method));
          const bytes = Buffer.from(names.map((name) => `${JSON.stringify({ method: name })}\0`).join(''));
          for (let at = 0; at < bytes.length; at += step) read.write(bytes.subarray(at, at + step));
          await new Promise(setImmediate);
          expect(heard).toEqual(names);
          cut.close();
        },
      ),
      { numRuns: 100, seed: 11 },
    );
  });
});
