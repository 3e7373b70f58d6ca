import { expect, test } from 'vitest';
import { createSoundPlayer } from './sound-player.ts';

function rig() {
  const started: { at: number; channels: number; length: number }[] = [];
  let disconnected = 0;
  let closed = 0;
  let resumed = 0;
  const context = {
    currentTime: 10,
    state: 'running' as AudioContextState,
    destination: {},
    resume: () => {
      resumed += 1;
      return Promise.reject(new Error('nobody has clicked yet'));
    },
    close: () => {
      closed += 1;
      return Promise.resolve();
    },
    createGain: () => ({ connect() {}, disconnect: () => (disconnected += 1) }),
    createBuffer: (channels: number, length: number, sampleRate: number) => ({
      channels,
      length,
      duration: length / sampleRate,
      copyToChannel() {},
    }),
    createBufferSource() {
      const source = {
        buffer: null as null | { channels: number; length: number },
        connect() {},
        start: (at: number) => started.push({ at, channels: source.buffer!.channels, length: source.buffer!.length }),
      };
      return source;
    },
  };
  let made = 0;
  const player = createSoundPlayer(() => {
    made += 1;
    return context as unknown as AudioContext;
  });
  const push = (samples = 800, channels = 1) =>
    player.push(
      8000,
      Array.from({ length: channels }, () => new Float32Array(samples)),
    );
  return { player, context, started, push, counts: () => ({ made, disconnected, closed, resumed }) };
}

test('nothing is heard before a person allowed it, nor while the browser does not', () => {
  const { player, context, started, push, counts } = rig();
  push();
  expect(counts().made).toBe(0);
  context.state = 'suspended';
  player.allow();
  player.allow();
  push();
  expect(started).toEqual([]);
  expect(counts()).toMatchObject({ made: 1, resumed: 2 });
  context.state = 'running';
  push(800, 2);
  expect(started).toEqual([{ at: 10.15, channels: 2, length: 800 }]);
});

test('one after the other behind a cushion; what is late begins anew; what is early is left out', () => {
  const { player, context, started, push } = rig();
  player.allow();
  push();
  push();
  expect(started.map(({ at }) => at)).toEqual([10.15, 10.25]);
  context.currentTime = 11;
  push();
  expect(started.at(-1)!.at).toBeCloseTo(11.15);
  for (let many = 0; many < 100; many += 1) push();
  expect(started.length).toBeLessThan(10);
  expect(started.at(-1)!.at).toBeLessThan(11.6);
  context.currentTime = 11.3;
  push();
  expect(started.at(-1)!.at).toBeGreaterThan(11.5);
  push(0);
  player.push(8000, []);
  expect(started.every(({ length }) => length > 0)).toBe(true);
});

test('mute is at once, and what comes after it is heard again', () => {
  const { player, started, push, counts } = rig();
  player.allow();
  push();
  player.mute();
  expect(counts().disconnected).toBe(1);
  push();
  expect(started).toHaveLength(2);
  player.close();
  player.close();
  push();
  expect(started).toHaveLength(2);
  expect(counts()).toMatchObject({ disconnected: 2, closed: 1 });
});
