import { beforeEach, expect, test } from 'vitest';
import type { Severity } from '../../alerts/contract.ts';
import { alertPatterns } from './alert-patterns.ts';
import { AlertRinger, severityOrder, type SoundChoice } from './alert-ringer.ts';

const choice: SoundChoice = { on: true, atLeast: 'low', repeatS: 10, volume: 0.5 };
let heard: Severity[];
let ringer: AlertRinger;
let audible: boolean;
const tell = (sounding: Record<string, Severity>, now: number) => ringer.tell(new Map(Object.entries(sounding)), now);

beforeEach(() => {
  heard = [];
  audible = true;
  ringer = new AlertRinger(choice, (severity) => audible && heard.push(severity) > 0);
});

test('a new alert is heard at once, and the worst again and again until nobody needs to hear it', () => {
  tell({ a: 'medium' }, 0);
  expect(heard).toEqual(['medium']);
  ringer.tick(9999);
  expect(heard).toHaveLength(1);
  ringer.tick(10_000);
  expect(heard).toHaveLength(2);
  tell({ a: 'medium', b: 'critical' }, 12_000);
  expect(heard.at(-1)).toBe('critical');
  // A milder one says nothing over it.
  tell({ a: 'medium', b: 'critical', c: 'low' }, 14_000);
  expect(heard).toHaveLength(3);
  tell({ a: 'medium', c: 'low' }, 22_000);
  expect(heard.at(-1)).toBe('medium');
  tell({}, 40_000);
  ringer.tick(60_000);
  expect(heard).toHaveLength(4);
});

test('silenced is what sounds now; what comes after it, or becomes worse, is heard', () => {
  tell({ a: 'high' }, 0);
  ringer.silence();
  expect([ringer.ringing, ringer.silenced]).toEqual([null, 1]);
  ringer.tick(100_000);
  expect(heard).toEqual(['high']);
  tell({ a: 'high', b: 'low' }, 200_000);
  expect(heard).toEqual(['high', 'low']);
  ringer.silence();
  tell({ a: 'critical', b: 'low' }, 300_000);
  expect(heard).toEqual(['high', 'low', 'critical']);
  // It ended and came back: that is another one.
  ringer.silence();
  tell({ b: 'low' }, 400_000);
  tell({ a: 'high', b: 'low' }, 500_000);
  expect(heard.at(-1)).toBe('high');
});

test('however much comes, two sounds do not run into each other', () => {
  for (let n = 0; n < 100; n += 1)
    tell(Object.fromEntries(Array.from({ length: n + 1 }, (_, index) => [`a${index}`, 'critical' as const])), n * 10);
  expect(heard).toHaveLength(1);
  ringer.tick(alertPatterns.critical.lengthMs + 700);
  expect(heard).toHaveLength(2);
});

test('what could not be heard is heard as soon as it can', () => {
  audible = false;
  tell({ a: 'high' }, 0);
  ringer.tick(250);
  audible = true;
  ringer.tick(500);
  expect(heard).toEqual(['high']);
});

test('a desk hears what it chose to hear', () => {
  ringer.choose({ ...choice, atLeast: 'high' });
  tell({ a: 'medium' }, 0);
  expect([heard, ringer.ringing]).toEqual([[], null]);
  tell({ a: 'medium', b: 'high' }, 0);
  expect(heard).toEqual(['high']);
  ringer.choose({ ...choice, on: false });
  ringer.tick(100_000);
  expect([heard.length, ringer.ringing]).toEqual([1, null]);
});

test('no two severities sound alike, and the worse has more tones', () => {
  const patterns = severityOrder.map((severity) => alertPatterns[severity]);
  expect(new Set(patterns.map((pattern) => JSON.stringify(pattern))).size).toBe(4);
  const tones = patterns.map((pattern) => pattern.tones.length);
  expect(tones).toEqual(tones.toSorted((a, b) => b - a));
  expect(new Set(tones).size).toBe(4);
});
