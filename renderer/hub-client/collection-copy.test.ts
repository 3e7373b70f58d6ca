import { expect, test } from 'vitest';
import { collections } from '../../main/contract/catalog.ts';
import { problem } from '../../main/contract/errors.ts';
import { CollectionCopy, collectionShapes } from './collection-copy.ts';

const ready = () => {
  const copy = new CollectionCopy('cameras');
  copy.answer({
    kind: 'snapshot',
    epoch: 3,
    seq: 10,
    items: [
      { id: 'a', name: 'A', status: { state: 'online' } },
      { id: 'b', name: 'B', status: { state: 'offline' } },
    ],
  });
  return copy;
};

test('the shapes are those of the catalogue', () => {
  const expected: Record<string, { key: string; volatile: readonly string[] }> = {};
  for (const collection of collections) {
    const key = collectionShapes[collection.name].key;
    expect([collection.name, collection.keyOf({ [key]: 'the key' } as never)]).toEqual([collection.name, 'the key']);
    expected[collection.name] = { key, volatile: collection.volatile };
  }
  expect(collectionShapes).toEqual(expected);
});

test('a snapshot replaces everything and names what changed and what went', () => {
  const copy = ready();
  expect(copy.state).toEqual({ kind: 'ready' });
  const changed = copy.answer({ kind: 'snapshot', epoch: 4, seq: 20, items: [{ id: 'b', name: 'B2' }] });
  expect(changed).toEqual(new Set(['a', 'b']));
  expect([...copy.items.keys()]).toEqual(['b']);
  expect(copy.position).toEqual({ epoch: 4, seq: 20 });
});

test('changes in step are applied; volatile fields outlive a committed change', () => {
  const copy = ready();
  const changed = copy.changes({
    id: 1,
    epoch: 3,
    previous: 10,
    seq: 14,
    ops: [
      { op: 'put', key: 'a', value: { id: 'a', name: 'A2', status: { state: 'unknown' } } },
      { op: 'put', key: 'c', value: { id: 'c', name: 'C', status: { state: 'unknown' } } },
      { op: 'delete', key: 'b' },
    ],
  });
  expect(changed).toEqual(new Set(['a', 'b', 'c']));
  expect(copy.items.get('a')).toEqual({ id: 'a', name: 'A2', status: { state: 'online' } });
  expect(copy.items.get('c')).toEqual({ id: 'c', name: 'C', status: { state: 'unknown' } });
  expect(copy.items.has('b')).toBe(false);
  expect(copy.position).toEqual({ epoch: 3, seq: 14 });
});

test('a message whose predecessor is not ours is a gap and changes nothing', () => {
  const copy = ready();
  expect(copy.changes({ id: 1, epoch: 3, previous: 12, seq: 13, ops: [{ op: 'delete', key: 'a' }] })).toBe('gap');
  expect(copy.items.has('a')).toBe(true);
  expect(copy.position).toEqual({ epoch: 3, seq: 10 });
});

test('a delta brings a copy of an older epoch up to date', () => {
  const copy = ready();
  const changed = copy.answer({
    kind: 'delta',
    epoch: 4,
    seq: 12,
    ops: [{ op: 'put', key: 'b', value: { id: 'b', name: 'B2', status: null } }],
    volatile: [{ key: 'b', fields: { status: { state: 'online' } } }],
  });
  expect(changed).toEqual(new Set(['b']));
  expect(copy.items.get('b')).toEqual({ id: 'b', name: 'B2', status: { state: 'online' } });
  expect(copy.position).toEqual({ epoch: 4, seq: 12 });
});

test('volatile fields are merged into new objects; strangers are ignored', () => {
  const copy = ready();
  const before = copy.items.get('a');
  expect(
    copy.volatile([
      { key: 'a', fields: { status: { state: 'offline' } } },
      { key: 'zzz', fields: { status: {} } },
    ]),
  ).toEqual(new Set(['a']));
  expect(copy.items.get('a')).toEqual({ id: 'a', name: 'A', status: { state: 'offline' } });
  expect(copy.items.get('a')).not.toBe(before);
  expect(copy.items.size).toBe(2);
});

test('a refusal forgets what was shown', () => {
  const copy = ready();
  const changed = copy.answer({ kind: 'refused', error: problem('forbidden') });
  expect(changed).toEqual(new Set(['a', 'b']));
  expect(copy.items.size).toBe(0);
  expect(copy.state).toEqual({ kind: 'refused', reason: problem('forbidden') });
  expect(copy.changes({ id: 1, epoch: 3, previous: 10, seq: 11, ops: [] })).toBe('gap');
});
