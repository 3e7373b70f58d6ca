import { describe, expect, it } from 'vitest';
import { askedPerHost, leastPerSecond, ProbePlan, type ProbeTurn } from './probe-plan.ts';

const roundMs = 600_000;
const stepMs = 250;
const camera = (number: number, host = `h${number}`): ProbeTurn => ({ cameraId: `c${String(number).padStart(5, '0')}`, host });
const cameras = (count: number, hostOf = (number: number) => `h${number}`) =>
  Array.from({ length: count }, (_, number) => camera(number, hostOf(number)));

function begun(list: readonly ProbeTurn[], more: { atOnce?: number } = {}) {
  const plan = new ProbePlan({ roundMs, atOnce: more.atOnce ?? 64 });
  plan.begin(list, 0);
  return plan;
}
/** Asks whose turn it is until `to`, each answered at once. */
function run(plan: ProbePlan, from: number, to: number, asked: (turn: ProbeTurn, at: number) => void): void {
  for (let now = from; now <= to; now += stepMs) {
    for (const turn of plan.take(now)) {
      asked(turn, now);
      plan.settle(turn, now, true);
    }
  }
}

describe('a round', () => {
  it('asks 30,000 cameras each once in its time, evenly, and so does the next', () => {
    const plan = begun(cameras(30_000));
    for (const start of [0, roundMs]) {
      const times = new Map<string, number>();
      const perSecond = Array.from({ length: 600 }, () => 0);
      run(plan, start + (start === 0 ? 0 : stepMs), start + roundMs, ({ cameraId }, at) => {
        expect(times.has(cameraId), `${cameraId} twice in a round`).toBe(false);
        times.set(cameraId, at);
        perSecond[Math.min(599, Math.floor((at - start) / 1000))]! += 1;
      });
      expect(times.size).toBe(30_000);
      expect([Math.min(...perSecond) >= 25, Math.max(...perSecond) <= 63], 'about 50 a second, all the time').toEqual([true, true]);
    }
    expect(plan.lateness(2 * roundMs)).toMatchObject({ overdue: 0 });
  });

  it.each([250, 4000])('gets round in time when all 30,000 stand behind one address that answers after %i ms', (answerMs) => {
    const plan = begun(
      cameras(30_000, () => 'platform'),
      { atOnce: 256 },
    );
    const asked = new Set<string>();
    const underWay: { turn: ProbeTurn; until: number }[] = [];
    for (let now = 0; now <= roundMs * 1.05; now += stepMs) {
      while (underWay[0] && underWay[0].until <= now) plan.settle(underWay.shift()!.turn, now, true);
      for (const turn of plan.take(now)) {
        asked.add(turn.cameraId);
        underWay.push({ turn, until: now + answerMs });
      }
    }
    expect(asked.size).toBe(30_000);
  });

  it('scatters cameras whose numbers are neighbours, in the same order at every start', () => {
    const orders = [0, 1].map(() => {
      const order: number[] = [];
      run(begun(cameras(2000)), 0, roundMs, ({ cameraId }) => order.push(Number(cameraId.slice(1))));
      return order.slice(0, 2000);
    });
    expect(orders[0]).toEqual(orders[1]);
    const near = orders[0]!.filter((number, index) => Math.abs(number - (orders[0]![index + 1] ?? -99)) < 8);
    expect(near.length).toBeLessThan(40);
  });

  it('of a small fleet is quick the first time, and even from then on', () => {
    const plan = begun(cameras(600));
    const times: number[] = [];
    run(plan, 0, 31_000, (_, at) => times.push(at));
    expect(times.length).toBeGreaterThanOrEqual(600);
    const later: number[] = [];
    run(plan, 31_250, 91_000, (_, at) => later.push(at));
    expect([later.length >= 58, later.length <= 62]).toEqual([true, true]);
  });
});

describe('bounds', () => {
  it('keeps no more under way than allowed, and goes on when they end', () => {
    const plan = begun(cameras(30_000), { atOnce: 16 });
    const open: ProbeTurn[] = [];
    for (let now = 0; now < 10_000; now += stepMs) open.push(...plan.take(now));
    expect([open.length, plan.underWay]).toEqual([16, 16]);
    open.forEach((turn) => plan.settle(turn, 10_000, true));
    expect(plan.take(10_250).length).toBeGreaterThan(0);
  });

  it('asks one host a few at a time, and its other cameras when those have answered; nobody else waits for it', () => {
    const plan = begun(cameras(30_000, (number) => (number < 500 ? 'recorder' : `h${number}`)));
    const slow: ProbeTurn[] = [];
    let others = 0;
    for (let now = 0; now <= 60_000; now += stepMs) {
      for (const turn of plan.take(now)) {
        if (turn.host === 'recorder') slow.push(turn);
        else {
          others += 1;
          plan.settle(turn, now, true);
        }
      }
    }
    expect(slow).toHaveLength(askedPerHost);
    expect(others).toBeGreaterThan(2500);
    for (let next = 0; next < 20; next += 1) {
      plan.settle(slow[next]!, 60_000, true);
      slow.push(...plan.take(60_000 + next));
    }
    expect(slow.filter(({ host }) => host === 'recorder').length).toBeGreaterThanOrEqual(askedPerHost + 20);
    expect(new Set(slow.map(({ cameraId }) => cameraId)).size).toBe(slow.length);
  });

  it('does not make up for time that was slept through', () => {
    const plan = begun(cameras(30_000), { atOnce: 1024 });
    plan.take(0);
    expect(plan.take(8 * 3_600_000).length).toBeLessThanOrEqual(50);
  });

  it('goes on past a removed camera that waited for its host', () => {
    const plan = begun(cameras(8, () => 'recorder'));
    const open: ProbeTurn[] = [];
    for (let now = 0; now <= 5000; now += stepMs) open.push(...plan.take(now));
    expect(open).toHaveLength(askedPerHost);
    const waiting = cameras(8, () => 'recorder').filter(({ cameraId }) => !open.some((turn) => turn.cameraId === cameraId));
    plan.settle(open[0]!, 5000, true);
    plan.delete(waiting[0]!.cameraId);
    plan.delete(waiting[1]!.cameraId);
    plan.delete(waiting[2]!.cameraId);
    const rest: ProbeTurn[] = [];
    for (let now = 5250; now <= 6000; now += stepMs) rest.push(...plan.take(now));
    expect(rest.map(({ cameraId }) => cameraId)).toContain(waiting[3]!.cameraId);
  });
});

describe('changes', () => {
  it('a new camera is asked within a second, whatever the round', () => {
    const plan = begun(cameras(30_000));
    run(plan, 0, 5000, () => {});
    plan.put(camera(77_777), 5000);
    const asked: string[] = [];
    run(plan, 5250, 6000, ({ cameraId }) => asked.push(cameraId));
    expect(asked).toContain('c77777');
  });

  it('a great import is asked soon, but not all at once', () => {
    const plan = begun([]);
    for (const one of cameras(30_000)) plan.put(one, 0);
    let first = 0;
    run(plan, stepMs, 1000, () => (first += 1));
    expect([first >= leastPerSecond, first <= 250]).toEqual([true, true]);
  });

  it('a turn is no longer its camera’s when that was removed or put anew', () => {
    const plan = begun(cameras(1));
    const [turn] = [...plan.take(0), ...plan.take(1000)];
    expect(plan.isCurrent(turn!)).toBe(true);
    plan.put(camera(0, 'elsewhere'), 1000);
    expect(plan.isCurrent(turn!)).toBe(false);
    plan.settle(turn!, 1000, false);
    expect(plan.take(2000)).toMatchObject([{ cameraId: 'c00000', host: 'elsewhere' }]);
  });

  it('who got no answer is asked again soon', () => {
    const plan = begun(cameras(3000));
    const [turn] = plan.take(stepMs).concat(plan.take(1000));
    plan.settle(turn!, 1000, false);
    const asked: string[] = [];
    run(plan, 1250, 2000, ({ cameraId }) => asked.push(cameraId));
    expect(asked).toContain(turn!.cameraId);
  });
});

describe('age', () => {
  it('an answer counts for two rounds, and is given up once', () => {
    const plan = begun(cameras(3));
    run(plan, 0, 1000, () => {});
    expect(plan.outdated(2 * roundMs)).toEqual([]);
    expect(plan.outdated(2 * roundMs + 1001).toSorted()).toEqual(['c00000', 'c00001', 'c00002']);
    expect(plan.outdated(3 * roundMs)).toEqual([]);
  });

  it('lateness names how many wait too long and the longest wait', () => {
    const plan = begun(cameras(100), { atOnce: 1 });
    plan.take(0);
    plan.take(stepMs);
    expect(plan.lateness(roundMs)).toEqual({ overdue: 0, longestMs: roundMs });
    expect(plan.lateness(roundMs * 1.1 + 1)).toEqual({ overdue: 99, longestMs: roundMs * 1.1 + 1 });
  });
});
