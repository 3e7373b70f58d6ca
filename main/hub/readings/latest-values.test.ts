import { describe, expect, it } from 'vitest';
import type { VolatileUpdate } from '../../contract/readings.ts';
import { createLatestValues, maxEntities } from './latest-values.ts';
import { ManualClock } from './manual-clock.ts';

function started() {
  const clock = new ManualClock();
  const values = createLatestValues({ flushMs: 200, clock });
  const flushed: VolatileUpdate[][] = [];
  const end = values.onFlush((updates) => void flushed.push([...updates]));
  return { clock, values, flushed, end };
}

const camera = (key: string, fields: Record<string, unknown>): VolatileUpdate => ({ collection: 'cameras', key, fields });

describe('latest values', () => {
  it('keeps the latest value of each field and flushes each entity once', async () => {
    const { clock, values, flushed } = started();
    values.set(camera('c1', { status: 'offline' }));
    values.set(camera('c2', { status: 'online' }));
    values.set(camera('c1', { status: 'online', fps: 25 }));
    values.set({ collection: 'walls', key: 'c1', fields: { shown: 1 } });
    expect(values.get('cameras', 'c1')).toEqual({ status: 'online', fps: 25 });
    await clock.advance(199);
    expect(flushed).toEqual([]);
    await clock.advance(1);
    expect(flushed).toEqual([
      [
        camera('c1', { status: 'online', fps: 25 }),
        camera('c2', { status: 'online' }),
        { collection: 'walls', key: 'c1', fields: { shown: 1 } },
      ],
    ]);
    expect(values.coalesced).toBe(1);
  });

  it('flushes only the fields that were set since, and remembers the others', async () => {
    const { clock, values, flushed } = started();
    values.set(camera('c1', { status: 'online', fps: 25 }));
    await clock.advance(200);
    values.set(camera('c1', { fps: 12 }));
    await clock.advance(200);
    expect(flushed[1]).toEqual([camera('c1', { fps: 12 })]);
    expect(values.get('cameras', 'c1')).toEqual({ status: 'online', fps: 12 });
  });

  it('has no timer while nothing changes', async () => {
    const { clock, values, flushed } = started();
    expect(clock.sleeping).toBe(0);
    values.set(camera('c1', { fps: 1 }));
    values.set(camera('c1', { fps: 2 }));
    expect(clock.sleeping).toBe(1);
    await clock.advance(200);
    expect(clock.sleeping).toBe(0);
    await clock.advance(10_000);
    expect(flushed).toHaveLength(1);
  });

  it('never changes what a reader already holds', () => {
    const { values } = started();
    values.set(camera('c1', { fps: 1 }));
    const held = values.get('cameras', 'c1');
    values.set(camera('c1', { fps: 2 }));
    expect(held).toEqual({ fps: 1 });
  });

  it('forgets an entity, its pending update included', async () => {
    const { clock, values, flushed } = started();
    values.set(camera('c1', { fps: 1 }));
    values.forget('cameras', 'c1');
    values.forget('cameras', 'c1');
    expect(values.get('cameras', 'c1')).toBeUndefined();
    expect(values.size).toBe(0);
    await clock.advance(200);
    expect(flushed).toEqual([]);
  });

  it('stops: no flush, no timer', async () => {
    const { clock, values, flushed, end } = started();
    values.set(camera('c1', { fps: 1 }));
    values.stop();
    expect(clock.sleeping).toBe(0);
    values.set(camera('c1', { fps: 2 }));
    await clock.advance(1000);
    expect(flushed).toEqual([]);
    expect(values.get('cameras', 'c1')).toEqual({ fps: 2 });
    end();
  });

  it('stops telling a listener that ended', async () => {
    const { clock, values, flushed, end } = started();
    end();
    values.set(camera('c1', { fps: 1 }));
    await clock.advance(200);
    expect(flushed).toEqual([]);
  });

  it('refuses entities beyond its bound and counts them; known ones go on', () => {
    const { values } = started();
    for (let index = 0; index < maxEntities; index += 1) values.set(camera(`c${index}`, { fps: 1 }));
    values.set(camera('one-too-many', { fps: 1 }));
    values.set(camera('c0', { fps: 2 }));
    expect(values.get('cameras', 'one-too-many')).toBeUndefined();
    expect(values.get('cameras', 'c0')).toEqual({ fps: 2 });
    expect([values.size, values.refused]).toEqual([maxEntities, 1]);
    values.forget('cameras', 'c7');
    values.set(camera('one-too-many', { fps: 1 }));
    expect(values.get('cameras', 'one-too-many')).toEqual({ fps: 1 });
    values.stop();
  });
});
