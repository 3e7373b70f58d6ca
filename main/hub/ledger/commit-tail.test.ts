import { expect, test } from 'vitest';
import type { Commit } from '../../contract/ledger.ts';
import { CommitTail, tailCharacters, tailCommits } from './commit-tail.ts';

const commit = (seq: number): Commit => ({ epoch: 1, seq, at: 0, cause: { kind: 'start', id: 'x', by: 'hub' }, changes: [] });

test('large commits push out the old ones long before there are many', () => {
  const tail = new CommitTail();
  const each = tailCharacters / 4;
  for (let seq = 1; seq <= 300; seq += 1) {
    tail.push(commit(seq), each);
    const oldest = Math.max(0, seq - 4);
    expect(tail.after(oldest)?.map((kept) => kept.seq)).toEqual(Array.from({ length: seq - oldest }, (_, index) => oldest + index + 1));
    if (oldest > 0) expect(tail.after(oldest - 1)).toBeUndefined();
  }
});

test('one that is larger than everything is not kept, and small ones are kept again after it', () => {
  const tail = new CommitTail();
  tail.push(commit(1), 10);
  tail.push(commit(2), tailCharacters + 1);
  expect(tail.after(1)).toBeUndefined();
  for (let seq = 3; seq < 3 + tailCommits; seq += 1) tail.push(commit(seq), 0);
  expect(tail.after(2)).toHaveLength(tailCommits);
});
