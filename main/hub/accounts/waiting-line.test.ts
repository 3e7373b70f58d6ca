import { expect, test } from 'vitest';
import { createWaitingLine } from './waiting-line.ts';

const settled = () => new Promise((resolve) => setImmediate(resolve));

function opened() {
  const line = createWaitingLine({ runningAtMost: 2, waitingAtMost: 3, retryAfterMs: 7 });
  const log: string[] = [];
  const finish = new Map<string, () => void>();
  const ask = (name: string, suspicion: number) =>
    line
      .take(suspicion, async () => {
        log.push(`${name} begins`);
        await new Promise<void>((resolve) => finish.set(name, resolve));
      })
      .then((answer) => {
        if (!answer.ok) log.push(`${name} ${answer.error.code} ${String(answer.error.params['retryAfterMs'])}`);
      });
  const end = async (name: string) => {
    finish.get(name)?.();
    await settled();
  };
  return { line, log, ask, end };
}

test('as many at once as may run, the others in turn, the rest is refused at once', async () => {
  const { line, log, ask, end } = opened();
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) void ask(name, 0);
  await settled();
  expect(log).toEqual(['a begins', 'b begins', 'f too-many-requests 7']);
  expect(line.admits(0)).toBe(false);
  for (const name of ['b', 'a', 'c', 'd', 'e']) await end(name);
  expect(log.slice(3)).toEqual(['c begins', 'd begins', 'e begins']);
  expect(line.admits(9)).toBe(true);
});

test('who has guessed wrong before neither goes first nor keeps out who has not', async () => {
  const { line, log, ask, end } = opened();
  for (const [name, suspicion] of [
    ['a', 9],
    ['b', 9],
    ['c', 4],
    ['d', 8],
    ['e', 4],
  ] as const)
    void ask(name, suspicion);
  expect([line.admits(7), line.admits(8)]).toEqual([true, false]);
  void ask('worse', 8);
  void ask('owner', 0);
  expect([line.admits(3), line.admits(4)]).toEqual([true, false]);
  await settled();
  expect(log).toEqual(['a begins', 'b begins', 'worse too-many-requests 7', 'd too-many-requests 7']);
  for (const name of ['a', 'b', 'owner', 'c', 'e']) await end(name);
  expect(log.slice(4)).toEqual(['owner begins', 'c begins', 'e begins']);
});

test('what fails leaves its place to the next', async () => {
  const { line, log, ask, end } = opened();
  const broken = () => Promise.reject(new Error('no memory'));
  void ask('a', 0);
  await Promise.all([
    expect(line.take(0, broken)).rejects.toThrow('no memory'),
    expect(line.take(0, broken)).rejects.toThrow('no memory'),
    ask('b', 0),
    settled().then(() => end('b')),
  ]);
  await end('a');
  expect(log).toEqual(['a begins', 'b begins']);
  for (const name of ['c', 'd']) void ask(name, 0);
  await settled();
  expect(log.slice(2)).toEqual(['c begins', 'd begins']);
});
