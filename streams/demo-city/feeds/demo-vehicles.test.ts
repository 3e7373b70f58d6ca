import { expect, test } from 'vitest';
import { unitUpsert } from '../../../alerts/incident-contract.ts';
import { capabilities } from '../../../alerts/incidents/capabilities.ts';
import { demoSites } from './demo-sites.ts';
import { toldOn } from './demo-stories.ts';
import { demoUnits } from './demo-units.ts';
import { demoVehicles, fixOf } from './demo-vehicles.ts';
import { ambulanceScene } from './occurrences.ts';

const sites = demoSites();
const vehicles = demoVehicles(sites);
/** Ten in the morning of a Monday. */
const at = Date.UTC(2026, 0, 5, 2);
const km = (a: { lat: number; lon: number }, b: { lat: number; lon: number }) => Math.hypot((a.lat - b.lat) * 111.2, (a.lon - b.lon) * 95);

test('every vehicle has a number and a plate of its own', () => {
  expect(new Set(vehicles.map(({ phone }) => phone)).size).toBe(vehicles.length);
  expect(new Set(vehicles.map(({ plate }) => plate)).size).toBe(vehicles.length);
});

test('vehicles that go round are never faster than they say, and stay where they belong', () => {
  for (const vehicle of vehicles.filter(({ route }) => route.length > 1)) {
    for (let second = 0; second < 3600; second += 15) {
      const [from, to] = [at + second * 1000, at + (second + 15) * 1000].map((when) => fixOf(vehicle, sites, [], when)) as [
        ReturnType<typeof fixOf>,
        ReturnType<typeof fixOf>,
      ];
      // A corner is cut, never rounded: the way is at least as long as the line.
      expect(km(from, to)).toBeLessThan((vehicle.speedKmh * 15) / 3600 + 0.001);
      expect(km(to, vehicle.home)).toBeLessThan(25);
      expect(to.direction).toBeGreaterThanOrEqual(0);
      expect(to.direction).toBeLessThan(360);
    }
  }
});

test('the ambulance of the story drives to the scene, stays, and comes home; the others wait', () => {
  const told = toldOn([], { story: 'ambulance', district: null, active: true }, at);
  const [called, other] = vehicles.filter(({ feedId }) => feedId === 'demo-ambulances');
  const scene = ambulanceScene(sites, null);
  const minutes = Array.from({ length: 60 }, (_, minute) => fixOf(called!, sites, told, at + minute * 60_000));
  expect(km(minutes[0]!, called!.home)).toBe(0);
  expect(Math.min(...minutes.map((fix) => km(fix, scene)))).toBeLessThan(0.001);
  expect(minutes.filter(({ speedKmh }) => speedKmh > 0).length).toBeGreaterThan(1);
  expect(km(minutes.at(-1)!, called!.home)).toBe(0);
  expect(fixOf(other!, sites, told, at + 120_000).speedKmh).toBe(0);
});

test('units are what the desk can ask for, and each that is a vehicle names one', () => {
  const units = demoUnits(sites);
  expect(units.length).toBeGreaterThanOrEqual(40);
  expect(new Set(units.map(({ number }) => number)).size).toBe(units.length);
  const assets = new Set(vehicles.map(({ feedId, phone }) => `${feedId}/${phone}`));
  for (const unit of units) {
    expect(unitUpsert.args.safeParse(unit).error).toBeUndefined();
    expect(unit.capabilities.filter((one) => !Object.hasOwn(capabilities, one))).toEqual([]);
    if (unit.positionOf !== null) expect([...assets]).toContain(unit.positionOf);
  }
  // Whatever a run card asks for, somebody can do.
  const able = new Set(units.flatMap((unit) => unit.capabilities));
  expect(Object.keys(capabilities).filter((one) => !able.has(one))).toEqual([]);
});
