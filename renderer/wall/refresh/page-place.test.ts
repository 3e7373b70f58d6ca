import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ShownReport } from '../../../layouts/contract.ts';
import type { WallFacts } from '../wall-facts.ts';
import { factsOfWhoIsSeen, pagePlace, type PageHandle } from './page-place.ts';

const report = (revision: number) => ({ revision }) as ShownReport;
const factsOf = (revision: number, paintedAt: number) => ({ report: report(revision), paintedAt, players: revision }) as WallFacts;

beforeEach(() => {
  vi.useFakeTimers();
  // Frames of these tests have the pages that the tests give them; that they load none by themselves is said at length.
  document.body.innerHTML = '<div id="app"></div>';
});
afterEach(() => {
  vi.useRealTimers();
});

const frames = () => [...document.querySelectorAll('iframe')];
/** The page that has come up in a frame; the calls of its handle are kept. */
function load(frame: HTMLIFrameElement, revision: number, more: Partial<Window> = {}): string[] {
  const calls: string[] = [];
  const taoduPage: PageHandle = {
    facts: factsOf(revision, 40),
    takeOver: () => void calls.push('takes over'),
    end: () => void calls.push('ends'),
  };
  Object.defineProperty(frame, 'contentWindow', { value: { taoduPage, ...more } });
  return calls;
}
/** The window of the page in a frame. */
const windowIn = (frame: HTMLIFrameElement) =>
  ({ frameElement: frame, parent: window, location: { href: frame.src }, performance, focus: vi.fn() }) as unknown as Window;

test('the page that was opened is seen, and is the first; one in a frame of somebody else is no successor', () => {
  expect(pagePlace()).toMatchObject({ holder: window, generation: 0, isSeen: true });
  const foreign = document.createElement('iframe');
  expect(pagePlace(windowIn(foreign))).toMatchObject({ generation: 0, isSeen: true });
});

test('a successor is loaded below what is seen, untouchable, at the same address with its wishes and a mark', () => {
  vi.stubGlobal('location', { href: 'http://hub/wall/main/1?painter=2d' });
  const successor = pagePlace().openSuccessor();
  vi.unstubAllGlobals();
  const [frame] = frames();
  expect(document.body.firstElementChild).toBe(frame);
  expect([frame!.src, frame!.inert, frame!.className]).toEqual(['http://hub/wall/main/1?painter=2d&successor=1', true, 'wall-page']);
  expect(successor.report()).toBeNull();
  expect(() => successor.takeOver()).toThrow();
  const calls = load(frame!, 7);
  expect(successor.report()).toEqual(report(7));
  successor.takeOver();
  expect(calls).toEqual(['takes over']);
});

test('one that is given up gives back what it holds before its frame goes', () => {
  const successor = pagePlace().openSuccessor();
  const calls = load(frames()[0]!, 7);
  successor.drop();
  expect([calls, frames().length]).toEqual([['ends'], 1]);
  vi.advanceTimersByTime(2000);
  expect(frames()).toEqual([]);
});

test('a frame in which the browser shows a fault of its own has no page, and can be given up', () => {
  const successor = pagePlace().openSuccessor();
  Object.defineProperty(frames()[0]!, 'contentWindow', {
    get() {
      throw new DOMException('another origin', 'SecurityError');
    },
  });
  expect(successor.report()).toBeNull();
  successor.drop();
  vi.advanceTimersByTime(2000);
  expect(frames()).toEqual([]);
});

test('night after night each page opens the next beside itself, and the one before goes once it is not seen', () => {
  pagePlace().openSuccessor();
  const [first] = frames();
  const firstPlace = pagePlace(windowIn(first!));
  expect(firstPlace).toMatchObject({ holder: window, generation: 1, isSeen: false });
  firstPlace.takeOver();
  expect([firstPlace.isSeen, first!.inert]).toEqual([true, false]);
  firstPlace.openSuccessor();
  const second = frames().find((frame) => frame !== first)!;
  const secondWindow = windowIn(second);
  const secondPlace = pagePlace(secondWindow);
  expect([second.dataset['generation'], second.src.includes('successor=2')]).toEqual(['2', true]);
  secondPlace.takeOver();
  expect([firstPlace.isSeen, secondPlace.isSeen]).toEqual([false, true]);
  expect(secondWindow.focus).toHaveBeenCalledOnce();
  vi.advanceTimersByTime(2000);
  expect(frames()).toEqual([second]);
});

test('the window tells the facts of whichever page is seen, by its own clock', () => {
  const facts = factsOfWhoIsSeen(factsOf(1, 900));
  pagePlace().openSuccessor();
  const [frame] = frames();
  // Opened a minute after the window.
  load(frame!, 2, { performance: { timeOrigin: performance.timeOrigin + 60_000 } as Performance });
  expect({ ...facts }).toEqual({ report: report(1), paintedAt: 900, players: 1 });
  pagePlace(windowIn(frame!)).takeOver();
  expect({ ...facts }).toEqual({ report: report(2), paintedAt: 60_040, players: 2 });
});
