import { describe, expect, test } from 'vitest';
import type { Problem } from '../../main/contract/errors.ts';
import { StartQueue, type Starter, type StartKind, type StartQueueLimits } from './start-queue.ts';

const plenty: StartQueueLimits = {
  startsAtOnce: 100,
  startsPerSecond: 1000,
  perHost: { connections: 100, kbps: 1_000_000 },
  uplinks: [],
};

/** Somebody who wants to start, with everything it was told. */
class FakeStarter implements Starter {
  readonly said: string[] = [];
  readonly name: string;
  readonly #begun: string[];
  isLingering = false;
  constructor(name: string, begun: string[]) {
    this.name = name;
    this.#begun = begun;
  }
  begin(queuedMs: number): void {
    this.#begun.push(this.name);
    this.said.push(`begin after ${queuedMs}`);
  }
  cutLinger(): void {
    this.isLingering = false;
    this.said.push('cut');
  }
  wait(reason: Problem): void {
    const { name, max, unit } = reason.params;
    this.said.push(reason.code === 'source-budget' ? `${name}: ${max} ${unit}` : reason.code);
  }
}

function setUp(limits: Partial<StartQueueLimits>) {
  const queue = new StartQueue({ ...plenty, ...limits });
  const begun: string[] = [];
  const ask = (name: string, options: { host?: string; kbps?: number; now?: number; kind?: StartKind } = {}) => {
    const starter = new FakeStarter(name, begun);
    queue.ask(starter, { host: options.host ?? '10.0.0.1', kbps: options.kbps ?? 1000 }, options.kind ?? 'fresh', options.now ?? 0);
    return starter;
  };
  return { queue, begun, ask };
}

describe('how many at once', () => {
  test('who opens keeps its place until its first picture or its end', () => {
    const { queue, begun, ask } = setUp({ startsAtOnce: 2 });
    const [a, b, c, d] = [ask('a'), ask('b'), ask('c', { now: 5 }), ask('d', { now: 6 })];
    expect([begun, queue.length, queue.opening]).toEqual([['a', 'b'], 2, 2]);
    expect([c.said, d.said]).toEqual([['source-queued'], ['source-queued']]);
    queue.opened(a, 105);
    expect([begun.at(-1), c.said.at(-1)]).toEqual(['c', 'begin after 100']);
    queue.opened(a, 106);
    expect(queue.opening).toBe(2);
    queue.over(b, 107);
    expect(begun).toEqual(['a', 'b', 'c', 'd']);
    queue.over(a, 108);
    queue.over(c, 108);
    queue.over(d, 108);
    expect([queue.length, queue.opening]).toEqual([0, 0]);
  });

  test('who withdraws leaves no gap', () => {
    const { queue, begun, ask } = setUp({ startsAtOnce: 1 });
    const [a, b] = [ask('a'), ask('b')];
    ask('c');
    queue.withdraw(b);
    queue.over(a, 1);
    expect(begun).toEqual(['a', 'c']);
  });

  test('as many a second as allowed, as time passes', () => {
    const { queue, begun, ask } = setUp({ startsPerSecond: 8 });
    for (let i = 0; i < 10; i++) ask(String(i), { host: `10.0.1.${i}` });
    expect(begun).toHaveLength(2);
    for (let now = 100; now <= 1000; now += 100) queue.review(now);
    expect(begun).toHaveLength(10);
  });
});

describe('whose turn', () => {
  test('watched ones first, each by how long it has waited; a diagnosis that somebody begins to watch moves up', () => {
    const { queue, begun, ask } = setUp({ startsAtOnce: 1 });
    const all = new Map<string, Starter>();
    for (const name of ['first', 'd1', 'd2']) all.set(name, ask(name, { kind: name === 'first' ? 'fresh' : 'diagnosis' }));
    for (const name of ['w1', 'w2']) all.set(name, ask(name));
    queue.watch(all.get('d1')!);
    for (let ended = 0; ended < begun.length; ended++) queue.over(all.get(begun[ended]!)!, ended);
    expect(begun).toEqual(['first', 'w1', 'w2', 'd1', 'd2']);
  });

  test('cameras that failed before stand behind the others and take three quarters of the places at most', () => {
    const { queue, begun, ask } = setUp({ startsAtOnce: 4 });
    const dead = Array.from({ length: 9 }, (_, index) => ask(`dead ${index}`, { kind: 'again' }));
    expect(begun).toEqual(['dead 0', 'dead 1', 'dead 2']);
    ask('asked about', { kind: 'diagnosis' });
    expect(begun.slice(3)).toEqual(['asked about']);
    ask('alive');
    queue.over(dead[0]!, 1);
    queue.over(dead[1]!, 2);
    expect(begun.slice(4)).toEqual(['alive', 'dead 3']);
  });

  test('who gets no answer within a second leaves its place to others, and goes on; who was answered keeps it', () => {
    const { queue, begun, ask } = setUp({ startsAtOnce: 2, perHost: { connections: 3, kbps: 1e9 } });
    const [silent, slow] = [ask('silent'), ask('slow')];
    ask('third');
    ask('fourth');
    queue.answered(slow);
    queue.review(999);
    expect(begun).toEqual(['silent', 'slow']);
    queue.review(1000);
    expect([begun, queue.opening]).toEqual([['silent', 'slow', 'third'], 2]);
    queue.over(silent, 1500);
    queue.opened(slow, 1600);
    expect([begun.at(-1), queue.opening]).toEqual(['fourth', 2]);
  });

  test('beginning one may end it at once, or ask for another', () => {
    const { queue, begun, ask } = setUp({ startsAtOnce: 1 });
    const first = ask('first');
    const brief: Starter = {
      begin: () => {
        begun.push('brief');
        queue.over(brief, 1);
      },
      wait: () => {},
      isLingering: false,
      cutLinger: () => {},
    };
    queue.ask(brief, { host: '10.0.0.9', kbps: 1 }, 'fresh', 0);
    ask('last');
    queue.over(first, 1);
    expect(begun).toEqual(['first', 'brief', 'last']);
  });
});

describe('hosts and lines', () => {
  test('a host gets no more connections than it stands; whoever waits for another host passes', () => {
    const { queue, begun, ask } = setUp({ perHost: { connections: 2, kbps: 1_000_000 } });
    const a = ask('a');
    ask('b');
    const c = ask('c');
    ask('other', { host: '10.0.0.2' });
    expect([begun, c.said]).toEqual([['a', 'b', 'other'], ['10.0.0.1: 2 connections']]);
    queue.over(a, 50);
    expect(c.said.at(-1)).toBe('begin after 50');
  });

  test('those who linger on a full host make room for those who are watched, one for one, and not for a diagnosis', () => {
    const { queue, begun, ask } = setUp({ perHost: { connections: 3, kbps: 1_000_000 } });
    const running = ['a', 'b', 'c'].map((name) => ask(name));
    for (const starter of running) starter.isLingering = true;
    ask('diagnosis', { kind: 'diagnosis' });
    const cut = () => running.filter(({ said }) => said.at(-1) === 'cut').map(({ name }) => name);
    expect(cut()).toEqual([]);
    ask('watched');
    queue.review(1);
    expect(cut(), 'the one on its way out is enough').toEqual(['a']);
    ask('watched too');
    expect(cut()).toEqual(['a', 'b']);
    queue.over(running[1]!, 2);
    running[1] = ask('b again', { now: 3 });
    queue.over(running[0]!, 3);
    expect(begun.slice(3)).toEqual(['watched', 'watched too']);
    expect(cut(), 'somebody else waits now').toEqual(['a', 'c']);
    queue.review(4);
    expect(running[2]!.said.filter((word) => word === 'cut')).toHaveLength(1);
  });

  test('what is running counts as it is measured, what begins as it is assumed; the first always has room', () => {
    const { queue, begun, ask } = setUp({ perHost: { connections: 10, kbps: 3000 } });
    const big = ask('big', { kbps: 4000 });
    const small = ask('small');
    expect([begun, small.said]).toEqual([['big'], ['10.0.0.1: 3000 kbps']]);
    queue.measured(big, 500);
    queue.review(1);
    expect(begun, 'still being opened: the measure says nothing yet').toEqual(['big']);
    queue.opened(big, 2);
    queue.measured(big, 2000);
    queue.review(3);
    expect(begun).toEqual(['big', 'small']);
    queue.opened(small, 4);
    queue.measured(small, 900);
    const third = ask('third', { now: 5 });
    expect(third.said).toEqual(['10.0.0.1: 3000 kbps']);
    queue.over(small, 6);
    expect(third.said.at(-1)).toBe('begin after 1');
  });

  test('nobody overtakes on a full line: small pictures do not keep out a large one for ever', () => {
    const { queue, begun, ask } = setUp({ uplinks: [{ name: 'north', networks: ['10.0.0.0/8'], connections: 10, kbps: 5000 }] });
    const [a, b] = [ask('a', { host: '10.0.0.1', kbps: 2000 }), ask('b', { host: '10.0.0.2', kbps: 2000 })];
    ask('large', { host: '10.0.0.3', kbps: 4000 });
    const small = ask('small', { host: '10.0.0.4', kbps: 500 });
    ask('elsewhere', { host: '192.168.0.1', kbps: 4000 });
    expect([begun, small.said]).toEqual([['a', 'b', 'elsewhere'], ['north: 5000 kbps']]);
    queue.over(a, 1);
    expect(begun).toHaveLength(3);
    queue.over(b, 2);
    expect(begun.slice(3)).toEqual(['large', 'small']);
  });

  test.each([
    ['::ffff:10.1.0.1', true],
    ['fd00:1::5', true],
    ['10.2.0.1', false],
    ['fd00:2::5', false],
  ])('an address %s belongs to the line: %s', (host, isOnLine) => {
    const networks = ['10.1.0.0/16', 'fd00:1::/32'];
    const { begun, ask } = setUp({ uplinks: [{ name: 'line', networks, connections: 1, kbps: 1e6 }] });
    ask('first', { host: '10.1.0.9' });
    ask('second', { host });
    expect(begun.includes('second')).toBe(!isOnLine);
  });

  test('a name belongs to a line when its address is found: there is room, or it must end and waits from then on', () => {
    const { queue, begun, ask } = setUp({ uplinks: [{ name: 'line', networks: ['10.1.0.0/16'], connections: 1, kbps: 1e6 }] });
    const a = ask('a', { host: 'nvr-a.example' });
    const b = ask('b', { host: 'nvr-b.example' });
    expect(queue.located(a, '10.1.0.1')).toBeNull();
    expect(queue.located(a, '10.1.0.1')).toBeNull();
    expect(queue.located(b, '10.1.0.2')).toMatchObject({ code: 'source-budget', params: { name: 'line', max: 1, unit: 'connections' } });
    queue.over(b, 1);
    const again = ask('b again', { host: 'nvr-b.example', now: 2 });
    expect(again.said).toEqual(['line: 1 connections']);
    queue.over(a, 3);
    expect(begun.at(-1)).toBe('b again');
  });
});

test('two that begin before their name is known count both when it is', () => {
  const { queue, ask } = setUp({ uplinks: [{ name: 'line', networks: ['10.1.0.0/16'], connections: 1, kbps: 1e6 }] });
  const [a, b] = [ask('a', { host: 'nvr.example' }), ask('b', { host: 'nvr.example' })];
  expect([queue.located(a, '10.1.0.1'), queue.located(b, '10.1.0.1')?.code]).toEqual([null, 'source-budget']);
  queue.over(b, 1);
  queue.over(a, 2);
  expect(ask('c', { host: 'nvr.example', now: 3 }).said).toEqual(['begin after 0']);
  expect(ask('d', { host: '10.1.0.9', now: 4 }).said).toEqual(['line: 1 connections']);
});

test('a line of those on their way out is not cut further, in whatever order they began', () => {
  const { queue, ask } = setUp({ perHost: { connections: 2, kbps: 1e9 } });
  const [older, newer] = [ask('older'), ask('newer')];
  newer.isLingering = true;
  ask('watched');
  expect([older.said.at(-1), newer.said.at(-1)]).toEqual(['begin after 0', 'cut']);
  older.isLingering = true;
  queue.review(1);
  expect(older.said.at(-1)).toBe('begin after 0');
});

test('any order of asking, opening, ending and measuring keeps the bounds, and in the end everybody has begun', () => {
  const limits = {
    startsAtOnce: 3,
    startsPerSecond: 20,
    perHost: { connections: 4, kbps: 6000 },
    uplinks: [{ name: 'line', networks: ['10.0.0.0/8'], connections: 9, kbps: 15_000 }],
  };
  const { queue, begun, ask } = setUp(limits);
  let seed = 28181;
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff;
    return Math.floor((seed / 0x80000000) * below);
  };
  const all = new Map<string, { starter: FakeStarter; host: string; kbps: number }>();
  const running = new Set<string>();
  const opening = new Set<string>();
  let now = 0;
  let seen = 0;
  const end = (name: string) => {
    running.delete(name);
    opening.delete(name);
    queue.over(all.get(name)!.starter, now);
  };
  const check = () => {
    for (; seen < begun.length; seen++) {
      running.add(begun[seen]!);
      opening.add(begun[seen]!);
      queue.answered(all.get(begun[seen]!)!.starter);
    }
    const of = (fits: (host: string) => boolean) => [...running].map((name) => all.get(name)!).filter(({ host }) => fits(host));
    expect(opening.size).toBeLessThanOrEqual(limits.startsAtOnce);
    expect(of(() => true).length).toBeLessThanOrEqual(9);
    for (const host of ['10.0.0.1', '10.0.0.2', '10.0.0.3']) expect(of((one) => one === host).length).toBeLessThanOrEqual(4);
    if (running.size > 1) expect(of(() => true).reduce((sum, { kbps }) => sum + kbps, 0)).toBeLessThanOrEqual(15_000);
  };
  for (let step = 0; step < 3000; step++) {
    now += random(40);
    if (step < 1500 && random(3) === 0) {
      const place = { host: `10.0.0.${1 + random(3)}`, kbps: 500 + random(4) * 1000 };
      const name = `s${step}`;
      all.set(name, {
        starter: ask(name, { ...place, now, kind: (['fresh', 'fresh', 'again', 'diagnosis'] as const)[random(4)]! }),
        ...place,
      });
    }
    check();
    const some = [...running];
    if (some.length > 0 && random(2) === 0) {
      const name = some[random(some.length)]!;
      if (opening.delete(name)) queue.opened(all.get(name)!.starter, now);
      else end(name);
    }
    queue.review(now);
    check();
  }
  for (const { starter } of all.values()) expect(starter.said.at(-1), starter.name).toMatch(/^begin/);
  for (const name of Array.from(running)) end(name);
  expect([queue.length, queue.opening]).toEqual([0, 0]);
});
