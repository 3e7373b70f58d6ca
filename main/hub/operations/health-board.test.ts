import { expect, test } from 'vitest';
import { healthEntity } from '../../contract/operations.ts';
import { problem, ProblemError } from '../../contract/errors.ts';
import { silentLog } from '../../contract/log.ts';
import { MemoryLedger } from '../ledger/memory-ledger.ts';
import { ManualClock } from '../readings/manual-clock.ts';
import type { Assessment } from './assess-health.ts';
import { createHealthBoard, refreshMs } from './health-board.ts';

const ok = (freeMb = 0): Assessment => ({ state: 'ok', code: null, params: { freeMb } });
const low = (freeMb = 0): Assessment => ({ state: 'warning', code: 'disk-low', params: { freeMb } });

function started() {
  const clock = new ManualClock();
  const ledger = new MemoryLedger({ clock, log: silentLog });
  return { clock, ledger, board: createHealthBoard(ledger, clock, silentLog) };
}

test('only another state is committed, at once; figures follow once an hour', async () => {
  const { clock, ledger, board } = started();
  board.post({ disk: ok(5000), clock: { state: 'unknown', code: 'clock-unknown', params: {} } });
  expect(ledger.seq).toBe(1);
  const since = clock.now();
  expect(healthEntity.parse(board.get('disk'))).toEqual(board.get('disk'));
  expect(board.get('disk')).toEqual({ id: 'disk', ...ok(5000), since, simulated: false, drill: false });
  for (let index = 0; index < 100; index += 1) {
    await clock.advance(5000);
    board.post({ disk: ok(4000 - index) });
  }
  expect(ledger.seq).toBe(1);
  board.post({ disk: low(1999) });
  expect([ledger.seq, board.get('disk')]).toMatchObject([
    2,
    { state: 'warning', code: 'disk-low', params: { freeMb: 1999 }, since: clock.now() },
  ]);
  const turned = clock.now();
  await clock.advance(refreshMs);
  board.post({ disk: low(1500) });
  board.post({ disk: low(1400) });
  expect([ledger.seq, board.get('disk')]).toMatchObject([3, { params: { freeMb: 1500 }, since: turned }]);
  await clock.advance(refreshMs);
  board.post({ disk: low(1500) });
  expect(ledger.seq).toBe(3);
  board.post({ disk: low(1450) });
  board.post({ disk: low(1300) });
  expect(board.get('disk')?.params).toEqual({ freeMb: 1450 });
  board.post({ disk: low(1300) }, 'at-once'); // it just happened
  expect(board.get('disk')).toMatchObject({ params: { freeMb: 1300 }, since: turned });
  expect(board.get('clock')).toMatchObject({ state: 'unknown', since });
});

test('another reason is another state, and what is not watched any more goes', () => {
  const { ledger, board } = started();
  board.post({ certificate: { state: 'failed', code: 'certificate-expiring', params: {} } });
  board.post({ certificate: { state: 'failed', code: 'certificate-unusable', params: {} } });
  expect([ledger.seq, board.get('certificate')?.code]).toEqual([2, 'certificate-unusable']);
  board.post({ certificate: null });
  board.post({ certificate: null });
  expect([ledger.seq, board.get('certificate')]).toEqual([3, undefined]);
});

test('a disk that refuses is not the end: the next look writes it', () => {
  const { clock, ledger } = started();
  let refuse = true;
  const errors: string[] = [];
  const full = new Proxy(ledger, {
    get(target, name) {
      if (name === 'commit' && refuse)
        return () => {
          throw new ProblemError(problem('unavailable'));
        };
      const value = Reflect.get(target, name) as unknown;
      return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
    },
  });
  const board = createHealthBoard(full, clock, { ...silentLog, error: (_fields, message) => void errors.push(message) });
  board.post({ disk: low() });
  board.post({ disk: low() });
  expect([ledger.seq, errors.length]).toEqual([0, 1]);
  refuse = false;
  board.post({ disk: low() });
  expect([ledger.seq, board.get('disk')?.state]).toEqual([1, 'warning']);
});
