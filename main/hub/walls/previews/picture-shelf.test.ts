import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PictureShelf, type KeptPicture } from './picture-shelf.ts';

const picture = (length: number, more: Partial<KeptPicture> = {}): KeptPicture => ({
  at: 1,
  revision: 1,
  cameras: [],
  jpeg: 'x'.repeat(length),
  sessionId: 's1',
  ...more,
});

describe('a shelf of pictures', () => {
  test('keeps the last picture of a screen that was asked for, and none of another', () => {
    const shelf = new PictureShelf();
    expect(shelf.ask('main/1', 0)).toBeUndefined();
    expect(shelf.keep('main/1', picture(10), 0)).toBe(true);
    expect(shelf.keep('main/2', picture(10), 0)).toBe(false);
    expect(shelf.keep('main/1', picture(7, { at: 2 }), 1)).toBe(true);
    expect(shelf.ask('main/1', 1)).toMatchObject({ at: 2 });
    expect([shelf.size, shelf.bytes, shelf.dropped]).toEqual([1, 7, 0]);
  });

  test('a clock that was set back does not keep an old picture', () => {
    const shelf = new PictureShelf();
    shelf.ask('main/1', 0);
    shelf.keep('main/1', picture(10, { at: 5000 }), 0);
    expect(shelf.keep('main/1', picture(10, { at: 3000 }), 1)).toBe(true);
    expect(shelf.ask('main/1', 1)).toMatchObject({ at: 3000 });
  });

  test('the screen that was asked for longest ago gives way', () => {
    const shelf = new PictureShelf(25);
    for (const screen of ['a', 'b', 'c']) shelf.ask(screen, 0);
    for (const screen of ['a', 'b']) shelf.keep(screen, picture(10), 0);
    shelf.ask('a', 1);
    expect(shelf.keep('c', picture(10), 1)).toBe(true);
    expect(shelf.ask('b', 2)).toBeUndefined();
    expect(shelf.ask('a', 2)).toBeDefined();
    expect([shelf.size, shelf.bytes, shelf.dropped]).toEqual([2, 20, 1]);
  });

  test('what is larger than the shelf is not kept', () => {
    const shelf = new PictureShelf(5);
    shelf.ask('a', 0);
    expect(shelf.keep('a', picture(6), 0)).toBe(false);
    expect([shelf.size, shelf.bytes, shelf.dropped]).toEqual([0, 0, 1]);
  });

  test('forgets what a session made', () => {
    const shelf = new PictureShelf();
    for (const screen of ['a', 'b']) shelf.ask(screen, 0);
    shelf.keep('a', picture(10), 0);
    shelf.keep('b', picture(4, { sessionId: 's2' }), 0);
    shelf.forgetOf('s1');
    expect(shelf.ask('a', 1)).toBeUndefined();
    expect([shelf.size, shelf.bytes]).toEqual([1, 4]);
  });

  test('forgets screens that nobody asks for, and pictures that no newer one followed', () => {
    const shelf = new PictureShelf();
    shelf.ask('a', 0);
    shelf.ask('b', 50);
    shelf.keep('a', picture(10), 20);
    shelf.keep('b', picture(10), 20);
    shelf.sweep(10);
    expect(shelf.isAskedFor('a', 0)).toBe(false);
    expect([shelf.size, shelf.isAskedFor('b', 50), shelf.isAskedFor('b', 51)]).toEqual([1, true, false]);
    shelf.sweep(21);
    expect([shelf.size, shelf.bytes, shelf.isAskedFor('b', 50)]).toEqual([0, 0, true]);
  });

  test('whatever happens, it is never fuller than it may be and counts what is there', () => {
    const screen = fc.constantFrom('a', 'b', 'c', 'd');
    const step = fc.oneof(
      fc.record({ kind: fc.constant('ask' as const), screen }),
      fc.record({ kind: fc.constant('keep' as const), screen, length: fc.nat(60), sessionId: fc.constantFrom('s1', 's2') }),
      fc.record({ kind: fc.constant('end' as const), sessionId: fc.constantFrom('s1', 's2') }),
      fc.record({ kind: fc.constant('sweep' as const), ago: fc.nat(8) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const shelf = new PictureShelf(100);
        steps.forEach((one, now) => {
          if (one.kind === 'ask') shelf.ask(one.screen, now);
          else if (one.kind === 'keep') shelf.keep(one.screen, picture(one.length, { sessionId: one.sessionId }), now);
          else if (one.kind === 'end') shelf.forgetOf(one.sessionId);
          else shelf.sweep(now - one.ago);
          expect(shelf.bytes).toBeLessThanOrEqual(100);
        });
        const there = ['a', 'b', 'c', 'd'].flatMap((name) => shelf.ask(name, steps.length) ?? []);
        expect(shelf.size).toBe(there.length);
        expect(shelf.bytes).toBe(there.reduce((sum, { jpeg }) => sum + jpeg.length, 0));
      }),
      { seed: 6 },
    );
  });
});
