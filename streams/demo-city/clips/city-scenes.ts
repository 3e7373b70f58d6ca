import {
  ball,
  bar,
  block,
  building,
  bus,
  eBike,
  flat,
  lampPost,
  model,
  put,
  railing,
  saloon,
  shining,
  slab,
  strut,
  tallCar,
  tree,
  truck,
  walker,
} from './city-models.ts';
import {
  hash,
  noise,
  type Material,
  type Model,
  type Piece,
  type Placed,
  type PointLight,
  type Scene,
  type Shade,
  type Vector,
} from './ray-painter.ts';

/** Every scene repeats after so many seconds; whatever moves is where it began. */
export const loopSeconds = 16;

export interface CityScene {
  readonly mark: string;
  readonly name: string;
  readonly title: { readonly zh: string; readonly en: string };
  readonly scene: () => Scene;
}

interface Pose {
  readonly x: number;
  readonly z: number;
  readonly yaw: number;
  readonly y?: number;
  readonly braking?: boolean;
}

/** Something that passes through for `duration` seconds; a new one comes with every loop, so several may be seen at once. */
interface Passing {
  readonly model: (age: number) => Model;
  readonly pose: (age: number) => Pose;
  readonly duration: number;
  readonly offset: number;
}

function seenAt(passing: readonly Passing[], seconds: number): Placed[] {
  const placed: Placed[] = [];
  for (const one of passing)
    for (let age = (seconds - one.offset + 4 * loopSeconds) % loopSeconds; age < one.duration; age += loopSeconds) {
      const pose = one.pose(age);
      placed.push({ model: one.model(age), x: pose.x, y: pose.y ?? 0, z: pose.z, yaw: pose.yaw, braking: pose.braking ?? false });
    }
  return placed;
}

const paints: readonly Vector[] = [
  [0.7, 0.7, 0.7],
  [0.72, 0.71, 0.68],
  [0.04, 0.04, 0.045],
  [0.3, 0.31, 0.33],
  [0.12, 0.13, 0.15],
  [0.4, 0.05, 0.04],
  [0.06, 0.12, 0.3],
  [0.75, 0.74, 0.72],
  [0.25, 0.17, 0.1],
  [0.05, 0.22, 0.16],
];
const fleet: Model[] = paints.flatMap((color) => [saloon(color), tallCar(color)]);
const taxi = saloon([0.1, 0.35, 0.5]);
const greenBus = bus([0.08, 0.42, 0.2]);
const redBus = bus([0.55, 0.08, 0.06]);
const whiteTruck = truck([0.6, 0.6, 0.6], [0.6, 0.6, 0.58]);
const blueTruck = truck([0.08, 0.15, 0.4], [0.35, 0.37, 0.4]);

const vehicle = (seed: number): Model => {
  const h = hash(seed, 77);
  if (h < 0.06) return greenBus;
  if (h < 0.1) return redBus;
  if (h < 0.16) return whiteTruck;
  if (h < 0.2) return blueTruck;
  if (h < 0.28) return taxi;
  return fleet[Math.floor(hash(seed, 78) * fleet.length)] as Model;
};

/** Traffic on a straight lane along z (or along x when `across`), from `from` to `to`, at `speed` m/s. */
function lane(
  at: number,
  from: number,
  to: number,
  speed: number,
  offsets: readonly number[],
  seed: number,
  across = false,
  y = 0,
  small = false,
): Passing[] {
  const dir = Math.sign(to - from);
  return offsets.map((offset, i) => {
    const shape = small ? (fleet[Math.floor(hash(seed, i) * fleet.length)] as Model) : vehicle(seed * 31 + i);
    return {
      model: () => shape,
      duration: Math.abs(to - from) / speed,
      offset,
      pose: (age) =>
        across
          ? { x: from + dir * speed * age, z: at, yaw: dir > 0 ? Math.PI / 2 : -Math.PI / 2, y }
          : { x: at, z: from + dir * speed * age, yaw: dir > 0 ? 0 : Math.PI, y },
    };
  });
}

const clothes: readonly Vector[] = [
  [0.4, 0.06, 0.06],
  [0.05, 0.1, 0.3],
  [0.5, 0.48, 0.44],
  [0.04, 0.04, 0.05],
  [0.55, 0.4, 0.1],
  [0.1, 0.28, 0.14],
  [0.45, 0.2, 0.3],
  [0.2, 0.2, 0.22],
];

/** Someone who walks along a straight line; eight leg positions make the step. */
function stroll(
  from: readonly [number, number],
  to: readonly [number, number],
  offset: number,
  seed: number,
  options: { readonly extra?: 'umbrella' | 'backpack'; readonly height?: number; readonly y?: number; readonly speed?: number } = {},
): Passing {
  const dx = to[0] - from[0];
  const dz = to[1] - from[1];
  const length = Math.hypot(dx, dz);
  const speed = options.speed ?? 1.1 + 0.4 * hash(seed, 3);
  const height = options.height ?? 1.6 + 0.2 * hash(seed, 4);
  const top = clothes[Math.floor(hash(seed, 5) * clothes.length)] as Vector;
  const shade = clothes[Math.floor(hash(seed, 6) * clothes.length)] as Vector;
  const poses = Array.from({ length: 8 }, (_, i) =>
    walker(top, [0.05, 0.055, 0.08], height, Math.sin((i / 8) * 2 * Math.PI), options.extra ?? 'none', shade),
  );
  return {
    model: (age) => poses[Math.floor(age * 0.95 * speed * 8 * 0.7) % 8] as Model,
    duration: length / speed,
    offset,
    pose: (age) => ({
      x: from[0] + (dx * speed * age) / length,
      z: from[1] + (dz * speed * age) / length,
      yaw: Math.atan2(dx, dz),
      y: options.y ?? 0,
    }),
  };
}

const set = (s: Shade, r: number, g: number, b: number) => {
  s.r = r;
  s.g = g;
  s.b = b;
};

function asphalt(x: number, z: number, s: Shade, tone = 0.1): void {
  const k = tone * (0.82 + 0.22 * noise(x * 0.35, z * 0.09) + 0.2 * noise(x * 7, z * 7) + 0.1 * noise(x * 1.3, z * 1.3));
  set(s, k, k, k * 1.03);
}

function grass(x: number, z: number, s: Shade): void {
  const k = 0.55 + 0.6 * noise(x * 3, z * 3) + 0.35 * noise(x * 0.4, z * 0.4);
  set(s, 0.07 * k, 0.12 * k, 0.035 * k);
}

function paving(x: number, z: number, s: Shade, tile: number, color: Vector): void {
  const ix = Math.floor(x / tile);
  const iz = Math.floor(z / tile);
  const k = 0.85 + 0.2 * hash(ix, iz) + 0.12 * noise(x * 2, z * 2);
  const joint = x / tile - ix < 0.03 || z / tile - iz < 0.03 ? 0.7 : 1;
  set(s, color[0] * k * joint, color[1] * k * joint, color[2] * k * joint);
}

const line = (s: Shade, x: number, z: number) => {
  const k = 0.5 + 0.2 * noise(x * 5, z * 5);
  set(s, k, k, k);
};
const yellow = (s: Shade, x: number, z: number) => {
  const k = 0.5 + 0.15 * noise(x * 5, z * 5);
  set(s, k, k * 0.68, k * 0.12);
};
const modulo = (value: number, by: number) => ((value % by) + by) % by;

const clearSky =
  (low: Vector, high: Vector, clouds: number): Scene['sky'] =>
  (dx, dy, dz, s) => {
    const up = Math.max(0, dy);
    const k = Math.min(1, up * 2.4);
    const cloud =
      clouds *
      Math.max(
        0,
        noise((dx / (up + 0.12)) * 1.4 + 7, (dz / (up + 0.12)) * 1.4) * 1.5 +
          noise((dx / (up + 0.12)) * 4, (dz / (up + 0.12)) * 4) * 0.6 -
          0.75,
      );
    s.er = low[0] + (high[0] - low[0]) * k + cloud;
    s.eg = low[1] + (high[1] - low[1]) * k + cloud;
    s.eb = low[2] + (high[2] - low[2]) * k + cloud;
  };

const sunFrom = (x: number, y: number, z: number): Vector => {
  const l = Math.hypot(x, y, z);
  return [x / l, y / l, z / l];
};

const daylight = {
  sun: { direction: sunFrom(-0.55, 0.8, -0.35), color: [1.25, 1.15, 0.98] as Vector },
  skyLight: [0.52, 0.6, 0.72] as Vector,
  groundLight: [0.26, 0.25, 0.23] as Vector,
  fog: { color: [0.62, 0.68, 0.74] as Vector, density: 0.0032 },
  sky: clearSky([0.66, 0.72, 0.78], [0.3, 0.46, 0.72], 0.35),
  lights: [] as PointLight[],
  headlamps: false,
  rain: false,
  monochrome: false,
  exposure: 0.95,
  noise: 1.2,
};

const overcast = {
  ...daylight,
  sun: null,
  skyLight: [0.78, 0.82, 0.86] as Vector,
  groundLight: [0.3, 0.31, 0.32] as Vector,
  fog: { color: [0.6, 0.63, 0.66] as Vector, density: 0.006 },
  sky: clearSky([0.66, 0.69, 0.71], [0.5, 0.54, 0.58], 0.12),
};

const night = {
  ...daylight,
  sun: null,
  skyLight: [0.02, 0.024, 0.04] as Vector,
  groundLight: [0.012, 0.012, 0.014] as Vector,
  fog: { color: [0.025, 0.024, 0.03] as Vector, density: 0.004 },
  sky: clearSky([0.05, 0.045, 0.05], [0.008, 0.01, 0.02], 0.02),
  headlamps: true,
  exposure: 1.35,
  noise: 3,
};

const sodium: Vector = [1.15, 0.72, 0.3];

function skyline(z: number, from: number, to: number, seed: number, lit: number, y = 0): Placed[] {
  const placed: Placed[] = [];
  let i = 0;
  for (let x = from; x < to; i += 1) {
    const width = 14 + 18 * hash(seed, i);
    const tone = 0.35 + 0.25 * hash(seed, i + 50);
    placed.push(
      put(
        building(width, 18 + 60 * hash(seed, i + 100) ** 2, 16, [tone, tone * 0.97, tone * 0.92], seed + i, lit),
        x + width / 2,
        z + 30 * hash(seed, i + 150),
        0,
        y,
      ),
    );
    x += width + 4 + 10 * hash(seed, i + 200);
  }
  return placed;
}

function expressway(): Scene {
  const still: Placed[] = [];
  const steel = flat(0.4, 0.42, 0.43);
  const green = flat(0.06, 0.24, 0.16);
  for (let z = -10; z < 260; z += 4) still.push(put(slab(0.12, 0.5, 0.12, steel, 0.2), 0, z));
  still.push(put(slab(0.18, 0.32, 300, steel, 0.5), 0, 130));
  for (const side of [-1, 1]) {
    still.push(put(slab(0.16, 0.32, 300, steel, 0.5), side * 14.4, 130));
    for (let z = -8; z < 200; z += 4) still.push(put(slab(0.14, 0.6, 0.14, steel), side * 14.4, z));
  }
  for (let z = 0; z < 210; z += 7) still.push(put(tree(1.6 + hash(z, 4), z, [0.08, 0.16, 0.05]), hash(z, 5) * 0.5 - 0.25, z + 2));
  for (let i = 0; i < 26; i += 1) {
    still.push(put(tree(6 + 4 * hash(i, 1), i), 20 + 6 * hash(i, 2), i * 8 + 4));
    still.push(put(tree(6 + 4 * hash(i, 6), i + 40), -20 - 6 * hash(i, 7), i * 8));
  }
  const board: Material = (x, y, _z, _nx, _ny, nz, s) => {
    set(s, 0.02, 0.14, 0.42);
    if (nz < -0.5) {
      if (Math.abs(x) > 2.85 || y > 7.9 || y < 5.9) set(s, 0.7, 0.7, 0.7);
      else if (
        (Math.abs(y - 7.35) < 0.2 && x > -2 && x < 1.8 && modulo(x, 0.55) < 0.42) ||
        (Math.abs(y - 6.5) < 0.16 && x > -2 && x < 0.9 && modulo(x, 0.45) < 0.33)
      )
        set(s, 0.75, 0.75, 0.75);
      else if (x > 1.6 && x < 2.3 && Math.abs(y - 6.5) < 0.35 - 0.5 * Math.abs(x - 1.95)) set(s, 0.75, 0.75, 0.75);
    }
  };
  still.push(
    put(slab(0.3, 8, 0.3, steel), 15.5, 62),
    put(slab(0.3, 8, 0.3, steel), 0, 62),
    put(slab(16, 0.35, 0.35, steel, 7.6), 7.75, 62),
  );
  still.push(put(slab(6, 2.4, 0.15, board, 5.7), 5, 61.6), put(slab(6, 2.4, 0.15, board, 5.7), 11.6, 61.6));
  still.push(...skyline(290, -170, 190, 3, 0), put(slab(0.12, 2.5, 200, green), 17, 110));
  const away = [2.6, 6.35, 10.1];
  const passing = [
    ...lane(away[0] as number, -30, 290, 26, [0.4, 5.1, 8.8, 12.9], 1, false, 0, true),
    ...lane(away[1] as number, -30, 290, 22.5, [1.7, 4.6, 9.9, 13.3], 2),
    ...lane(away[2] as number, -30, 290, 19, [0.1, 3.9, 7.1, 10.7, 14.5], 3),
    ...lane(-2.6, 290, -30, 27, [2.1, 6.7, 11.4, 14.2], 4, false, 0, true),
    ...lane(-6.35, 290, -30, 23, [0.2, 3.3, 8.2, 11.1], 5),
    ...lane(-10.1, 290, -30, 18.5, [1.2, 5.8, 9.4, 13.8], 6),
  ];
  return {
    ...daylight,
    eye: [1.6, 9.4, -9],
    target: [0.4, 0, 36],
    fov: 42,
    ground: (x, _y, z, _nx, _ny, _nz, s) => {
      const ax = Math.abs(x);
      if (ax > 14.8) grass(x, z, s);
      else {
        asphalt(x, z, s);
        if (ax < 0.55) set(s, 0.13, 0.14, 0.1);
        else if (Math.abs(ax - 0.75) < 0.09) yellow(s, x, z);
        else if (Math.abs(ax - 12) < 0.09) line(s, x, z);
        else if ((Math.abs(ax - 4.5) < 0.08 || Math.abs(ax - 8.25) < 0.08) && modulo(z, 15) < 6) line(s, x, z);
      }
    },
    still,
    moving: (t) => seenAt(passing, t),
  };
}

/** Cars of one approach: they come, wait at the stop line while it is red, and leave when it turns green. */
function approach(axis: 'x' | 'z', at: number, dir: 1 | -1, greenAt: number, count: number, seed: number): Passing[] {
  const cars: Passing[] = [];
  for (let i = 0; i < count; i += 1) {
    const shape = fleet[Math.floor(hash(seed, i) * fleet.length)] as Model;
    const stopAt = -(13.6 + 6.4 * i);
    const arrive = 8.5 + 1.4 * i; // after the last car of the round before has gone
    const leave = loopSeconds + 0.9 * i + 0.3;
    const speed = 11;
    const braking = speed / 2.6;
    const along = (age: number): { s: number; braking: boolean } => {
      const brakeStart = arrive - braking;
      if (age < brakeStart) return { s: stopAt - (speed * braking) / 2 - speed * (brakeStart - age), braking: false };
      if (age < arrive) return { s: stopAt - 1.3 * (arrive - age) ** 2, braking: true };
      if (age < leave) return { s: stopAt, braking: true };
      const run = age - leave;
      const ramp = Math.min(run, speed / 2.3);
      return { s: stopAt + 1.15 * ramp * ramp + speed * (run - ramp), braking: false };
    };
    cars.push({
      model: () => shape,
      duration: leave + 12,
      offset: greenAt,
      pose: (age) => {
        const here = along(age);
        const s = here.s * dir;
        return axis === 'z'
          ? { x: at, z: s, yaw: dir > 0 ? 0 : Math.PI, braking: here.braking }
          : { x: s, z: at, yaw: dir > 0 ? Math.PI / 2 : -Math.PI / 2, braking: here.braking };
      },
    });
  }
  return cars;
}

function trafficLight(): Model {
  const dark = flat(0.05, 0.05, 0.05);
  const steel = flat(0.3, 0.31, 0.32);
  return model(
    [bar([0, 0, 0], [0, 6, 0], 0.2, steel), bar([0, 5.9, 0], [-5, 6.1, 0], 0.14, steel), block(-5.6, -4.2, 5.75, 6.25, -0.12, 0.12, dark)],
    [-5.8, 0, -0.3],
    [0.3, 6.4, 0.3],
  );
}

function crossing(): Scene {
  const still: Placed[] = [];
  still.push(
    put(trafficLight(), 9, 13, 0),
    put(trafficLight(), -9, -13, Math.PI),
    put(trafficLight(), 13, -9, Math.PI / 2),
    put(trafficLight(), -13, 9, -Math.PI / 2),
  );
  still.push(
    put(building(30, 22, 22, [0.5, 0.46, 0.4], 3, 0), 30, 34),
    put(building(26, 34, 20, [0.42, 0.44, 0.46], 9, 0), -32, 36),
    put(building(22, 15, 30, [0.5, 0.3, 0.22], 5, 0), 36, -22),
  );
  still.push(
    put(building(40, 48, 22, [0.4, 0.42, 0.45], 12, 0), 14, 95),
    put(building(26, 60, 22, [0.5, 0.5, 0.5], 15, 0), -26, 110),
    put(building(24, 26, 20, [0.46, 0.4, 0.36], 17, 0), 74, 40),
    put(building(24, 20, 20, [0.5, 0.48, 0.4], 18, 0), 76, 12),
  );
  for (let i = 0; i < 7; i += 1)
    still.push(
      put(tree(5 + hash(i, 9), i), 11.5, 17 + i * 9),
      put(tree(5 + hash(i, 8), i + 9), -11.5, 18 + i * 9),
      put(tree(5, i + 20), 18 + i * 9, 11.5),
      put(tree(4.6, i + 30), 19 + i * 9, -11.5),
    );
  const passing: Passing[] = [
    ...approach('z', 1.8, 1, 0, 3, 11),
    ...approach('z', 5.3, 1, 0, 3, 12),
    ...approach('z', -1.8, -1, 0, 3, 13),
    ...approach('z', -5.3, -1, 0, 3, 14),
    ...approach('x', -1.8, 1, 8, 3, 15),
    ...approach('x', -5.3, 1, 8, 2, 16),
    ...approach('x', 1.8, -1, 8, 3, 17),
    ...approach('x', 5.3, -1, 8, 3, 18),
    stroll([-11, 9.4], [11, 9.7], 7.5, 1, { speed: 1.9 }),
    stroll([-11, 10.2], [11, 9.3], 8.3, 2, { speed: 1.9 }),
    stroll([11, 10.4], [-11, 10], 8, 3, { speed: 1.8 }),
    stroll([9.6, -11], [9.4, 11], 15.6, 4, { speed: 1.9 }),
    stroll([10.2, 11], [9.8, -11], 0.2, 5, { speed: 1.9 }),
    stroll([-10, -11], [-9.5, 11], 15.8, 6, { speed: 1.9 }),
    stroll([12, 40], [12.5, 12], 3, 7),
    stroll([-12.4, 14], [-12.4, 46], 3, 8),
  ];
  const rider = eBike([0.1, 0.3, 0.5], [0.4, 0.05, 0.05]);
  passing.push({ model: () => rider, offset: 0.8, duration: 15, pose: (age) => ({ x: 7.6, z: -50 + age * 6.5, yaw: 0 }) });
  passing.push({ model: () => rider, offset: 8.6, duration: 15, pose: (age) => ({ x: 45 - age * 6.5, z: 7.6, yaw: -Math.PI / 2 }) });
  return {
    ...daylight,
    sun: { direction: sunFrom(0.7, 0.75, -0.3), color: [1.3, 1.18, 0.98] },
    eye: [-15, 10.5, -20],
    target: [1.5, 0, 4.5],
    fov: 50,
    ground: (x, _y, z, _nx, _ny, _nz, s) => {
      const ax = Math.abs(x);
      const az = Math.abs(z);
      const corner = ax > 8.2 && az > 8.2;
      if (corner && Math.hypot(Math.max(0, 13 - ax), Math.max(0, 13 - az)) < 4.8) {
        if (ax < 14 || az < 14) paving(x, z, s, 0.6, [0.3, 0.28, 0.27]);
        else grass(x, z, s);
        if (Math.hypot(Math.max(0, 13 - ax), Math.max(0, 13 - az)) > 4.6 || (ax < 8.4 && az > 13) || (az < 8.4 && ax > 13))
          set(s, 0.45, 0.45, 0.44);
        return;
      }
      asphalt(x, z, s, 0.095);
      const across = az < 8.2 && ax < 8.2;
      if (across) return;
      // along: distance from the centre on this arm; side: offset over the arm
      const [along, side] = az > ax ? [az, x] : [ax, z];
      const aside = Math.abs(side);
      if (aside > 8.2) return;
      if (along > 8.6 && along < 11.4) {
        if (aside < 7.4 && modulo(side, 1.2) < 0.6) line(s, x, z);
      } else if (along > 12 && along < 12.35) {
        const incoming = az > ax ? (z < 0 ? side > 0 : side < 0) : x < 0 ? side < 0 : side > 0;
        if (incoming && aside < 7.1) line(s, x, z);
      } else if (along > 12) {
        if (Math.abs(aside - 0.15) < 0.07) yellow(s, x, z);
        else if (Math.abs(aside - 3.55) < 0.07 && (along < 32 || modulo(along, 6) < 2.5)) line(s, x, z);
        else if (Math.abs(aside - 7.1) < 0.07) line(s, x, z);
      }
    },
    still,
    moving: (t) => seenAt(passing, t),
    signals: (t) => {
      const phase = modulo(t, loopSeconds);
      const north = phase < 6.2 ? 'green' : phase < 7.4 ? 'amber' : 'red';
      const east = phase < 8 ? 'red' : phase < 14.2 ? 'green' : phase < 15.4 ? 'amber' : 'red';
      const lampColor = { red: [1.6, 0.12, 0.06], amber: [1.5, 0.9, 0.08], green: [0.1, 1.4, 0.7] } as const;
      const shift = { red: -0.45, amber: 0, green: 0.45 } as const;
      return [
        { at: [4.1 + shift[north], 6, 12.8], color: lampColor[north], size: 0.17 },
        { at: [-12.8, 6, 4.1 + shift[east]], color: lampColor[east], size: 0.17 },
      ];
    },
  };
}

function nightAvenue(): Scene {
  const still: Placed[] = [];
  const lights: PointLight[] = [];
  for (let i = 0; i < 7; i += 1) {
    const z = 4 + i * 22;
    still.push(put(lampPost(8.5, -2.4), 11.2, z), put(lampPost(8.5, 2.4), -11.2, z + 11));
    lights.push({ at: [8.8, 8.3, z], color: sodium, glow: true }, { at: [-8.8, 8.3, z + 11], color: sodium, glow: true });
  }
  for (let i = 0; i < 9; i += 1) {
    const z = 8 + i * 20;
    const right = 20 + 40 * hash(i, 31) ** 2;
    const left = 18 + 44 * hash(i, 32) ** 2;
    still.push(
      put(building(16, right, 17, [0.3, 0.28, 0.26], 50 + i, 0.42), 26, z),
      put(building(16, left, 17, [0.28, 0.28, 0.3], 80 + i, 0.38), -26, z + 6),
    );
  }
  for (let i = 0; i < 14; i += 1)
    still.push(put(tree(4.6 + hash(i, 2), i), 13, 9 + i * 11), put(tree(4.6 + hash(i, 3), i + 30), -13, 5 + i * 11));
  still.push(...skyline(210, -90, 100, 8, 0.4));
  const sign =
    (color: Vector, seed: number): Material =>
    (_x, y, z, _nx, _ny, _nz, s) => {
      set(s, 0.05, 0.05, 0.05);
      const stroke = hash(Math.floor(z * 5), Math.floor(y * 5) + seed) > 0.5;
      if (stroke) {
        s.er = color[0];
        s.eg = color[1];
        s.eb = color[2];
      }
    };
  still.push(
    put(slab(0.3, 6, 1.3, sign([1.4, 0.15, 0.1], 2), 4), 17.4, 19),
    put(slab(0.3, 1.5, 7, sign([0.15, 0.7, 1.3], 5), 4.2), 17.6, 34),
    put(slab(0.3, 5, 1.2, sign([1.3, 0.8, 0.1], 9), 4), -17.6, 30),
  );
  const passing = [
    ...lane(1.9, -20, 190, 14, [0.6, 4.2, 9.5, 12.7], 21),
    ...lane(5.4, -20, 190, 12, [2.1, 5.4, 8.3, 14.1], 22),
    ...lane(-1.9, 190, -25, 14.5, [1.4, 3.8, 7.6, 10.2, 14.9], 23),
    ...lane(-5.4, 190, -25, 12.5, [0.2, 5.2, 8.9, 12.1], 24),
    stroll([11.5, 2], [11.9, 60], 2, 41),
    stroll([12.2, 50], [11.6, -4], 9, 42),
    stroll([-11.8, 60], [-11.8, 0], 5, 43),
  ];
  return {
    ...night,
    eye: [-0.6, 8.2, -12],
    target: [0.6, 1.2, 34],
    fov: 42,
    lights,
    ground: (x, _y, z, _nx, _ny, _nz, s) => {
      const ax = Math.abs(x);
      if (ax > 9.2) paving(x, z, s, 0.6, [0.26, 0.25, 0.24]);
      else if (ax > 9) set(s, 0.4, 0.4, 0.4);
      else {
        asphalt(x, z, s, 0.11);
        if (Math.abs(ax - 0.18) < 0.08) yellow(s, x, z);
        else if (Math.abs(ax - 3.65) < 0.08 && modulo(z, 8) < 3.5) line(s, x, z);
        else if (Math.abs(ax - 7.2) < 0.08) line(s, x, z);
      }
    },
    still,
    moving: (t) => seenAt(passing, t),
  };
}

const water =
  (color: Vector): Material =>
  (_x, _y, _z, _nx, _ny, _nz, s) => {
    set(s, ...color);
    s.mirror = 0.9;
    s.waves = true;
  };

function barge(hull: Vector, load: Vector): Model {
  const rib: Material = (_x, _y, z, _nx, ny, _nz, s) => {
    const k = ny > 0.5 ? 0.85 + 0.3 * noise(z * 2, 3) : 1;
    set(s, load[0] * k, load[1] * k, load[2] * k);
  };
  return model(
    [
      block(-3.6, 3.6, -0.2, 1.5, -16, 15, flat(...hull)),
      block(-2.4, 2.4, -0.2, 1.9, 14, 19, flat(...hull)),
      block(-2.9, 2.9, 1.4, 2.3, -7, 13, rib),
      block(-2.6, 2.6, 1.4, 4.4, -14.5, -9.5, (_x, y, z, nx, ny, _nz, s) => {
        set(s, 0.65, 0.65, 0.62);
        if (ny < 0.5 && y > 2.9 && y < 3.8 && (Math.abs(nx) < 0.5 || modulo(z, 1.3) < 0.9)) set(s, 0.05, 0.06, 0.08);
      }),
      bar([0, 4.4, -11], [0, 7, -11], 0.15, flat(0.5, 0.5, 0.5)),
    ],
    [-3.7, -0.2, -16.2],
    [3.7, 7.2, 19.2],
  );
}

function riverRain(): Scene {
  const still: Placed[] = [];
  const stone: Material = (x, y, z, _nx, ny, _nz, s) => {
    if (ny > 0.5) {
      paving(x, z, s, 0.8, [0.22, 0.22, 0.22]);
      const puddle = noise(x * 0.5, z * 0.25);
      if (puddle > 0.66) set(s, 0.27, 0.29, 0.31);
    } else {
      const k = 0.8 + 0.3 * hash(Math.floor(z / 1.2), Math.floor(y / 0.5));
      set(s, 0.2 * k, 0.2 * k, 0.19 * k);
    }
  };
  still.push(put(slab(40, 2.2, 400, stone), -20, 150), put(slab(40, 2.2, 500, stone), 98, 150));
  still.push(put(railing(200, flat(0.42, 0.43, 0.42)), -0.5, 95, 0, 2.2), put(railing(30, flat(0.42, 0.43, 0.42)), -0.5, -18, 0, 2.2));
  for (let i = 0; i < 14; i += 1)
    still.push(
      put(tree(5 + hash(i, 4), i + 3, [0.08, 0.15, 0.06]), -6.5, 6 + i * 10, 0, 2.2),
      put(tree(8 + 2 * hash(i, 5), i + 60, [0.07, 0.12, 0.06]), 82, i * 17, 0, 2.2),
    );
  for (let i = 0; i < 6; i += 1) still.push(put(lampPost(5, 0.6), -2.2, 10 + i * 22, 0, 2.2));
  for (let i = 0; i < 9; i += 1)
    still.push(put(building(22, 20 + 40 * hash(i, 14), 20, [0.45, 0.45, 0.44], 200 + i, 0.12), 104, 10 + i * 30, 0, 2.2));
  const deck = flat(0.4, 0.4, 0.4);
  still.push(put(slab(110, 1.6, 12, deck, 9), 40, 130), put(slab(110, 0.9, 0.3, deck, 10.6), 40, 124));
  for (const x of [8, 28, 48, 68]) still.push(put(slab(2.4, 9, 8, deck), x, 130));
  still.push(...skyline(290, -60, 170, 21, 0.1));
  const boat = barge([0.12, 0.12, 0.16], [0.25, 0.2, 0.13]);
  const small = barge([0.3, 0.08, 0.06], [0.1, 0.1, 0.1]);
  const passing: Passing[] = [
    { model: () => boat, offset: 0, duration: 64, pose: (age) => ({ x: 27, z: -30 + age * 3.2, yaw: 0 }) },
    { model: () => small, offset: 6, duration: 48, pose: (age) => ({ x: 48, z: 190 - age * 4.6, yaw: Math.PI }) },
    stroll([-2.6, -3], [-2.8, 60], 2, 61, { extra: 'umbrella', y: 2.2 }),
    stroll([-4, 70], [-3.6, -6], 7, 62, { extra: 'umbrella', y: 2.2 }),
    stroll([-1.8, 60], [-1.9, -6], 12, 63, { extra: 'umbrella', y: 2.2 }),
    stroll([-5, -3], [-4.7, 50], 9, 64, { extra: 'umbrella', y: 2.2, speed: 1.7 }),
    ...lane(127.5, -20, 100, 9, [0.5, 4, 7.2, 11.3], 25, true, 10.6),
  ];
  return {
    ...overcast,
    eye: [-3.6, 8.6, -9],
    target: [9, 1.2, 30],
    fov: 48,
    rain: true,
    fog: { color: [0.42, 0.45, 0.48], density: 0.0045 },
    skyLight: [0.5, 0.54, 0.58],
    groundLight: [0.16, 0.17, 0.18],
    sky: clearSky([0.47, 0.5, 0.52], [0.34, 0.37, 0.4], 0.12),
    noise: 2,
    ground: water([0.07, 0.1, 0.085]),
    still,
    moving: (t) => seenAt(passing, t),
  };
}

function citySquare(): Scene {
  const still: Placed[] = [];
  const bed: Material = (x, _y, z, _nx, ny, _nz, s) => {
    if (ny < 0.5) set(s, 0.42, 0.4, 0.36);
    else {
      const k = hash(Math.floor(x * 4), Math.floor(z * 4));
      if (k > 0.72) set(s, 0.6, 0.08, 0.1);
      else if (k > 0.55) set(s, 0.65, 0.45, 0.05);
      else grass(x, z, s);
    }
  };
  for (const [x, z] of [
    [-13, 8],
    [13, 8],
    [-13, 26],
    [13, 26],
  ] as const) {
    still.push(put(slab(7, 0.5, 9, bed), x, z));
    for (let i = 0; i < 3; i += 1) still.push(put(tree(3.6 + hash(i, x), i + x + z), x + (i - 1) * 2.2, z + hash(i, 3) * 3 - 1.5, 0, 0.5));
  }
  const marble = flat(0.62, 0.61, 0.58);
  still.push(
    put(slab(5, 0.5, 5, marble), 0, 22),
    put(slab(3.4, 0.6, 3.4, marble, 0.5), 0, 22),
    put(slab(1.3, 8.5, 1.3, marble, 1.1), 0, 22),
  );
  still.push(put(model([ball([0, 0, 0], [0.8, 0.8, 0.8], flat(0.6, 0.42, 0.12))], [-0.8, -0.8, -0.8], [0.8, 0.8, 0.8]), 0, 22, 0, 10.3));
  for (let i = 0; i < 5; i += 1) still.push(put(lampPost(6, 1.1), -20, 2 + i * 11), put(lampPost(6, -1.1), 20, 2 + i * 11));
  const hall: Material = (x, y, _z, _nx, ny, _nz, s) => {
    set(s, 0.58, 0.55, 0.5);
    if (ny > 0.5) set(s, 0.35, 0.34, 0.33);
    else if (y < 11 && modulo(x, 5) > 0.9) set(s, 0.1 + 0.05 * hash(Math.floor(x / 5), Math.floor(y / 3.6)), 0.12, 0.15);
  };
  still.push(put(slab(60, 15, 18, hall), 0, 62), put(slab(66, 1.4, 23, marble, 15), 0, 62));
  for (let i = -6; i <= 6; i += 1) still.push(put(slab(1.1, 15, 1.1, marble), i * 4.8, 51.5));
  for (let i = 0; i < 3; i += 1) still.push(put(slab(50 - i * 2, 0.25, 6 - i * 1.4, marble, i * 0.25), 0, 48 + i * 0.7));
  still.push(...skyline(115, -130, 130, 33, 0));
  for (let i = 0; i < 9; i += 1)
    still.push(
      put(tree(7 + hash(i, 7), i + 70), -26 - 2 * hash(i, 8), 2 + i * 6),
      put(tree(7 + hash(i, 5), i + 90), 26 + 2 * hash(i, 6), 2 + i * 6),
    );
  const passing: Passing[] = [];
  for (let i = 0; i < 26; i += 1) {
    const a = hash(i, 900);
    const b = hash(i, 901);
    const offset = hash(i, 902) * loopSeconds;
    const kind = i % 4;
    const from: [number, number] = kind === 0 ? [-24, 2 + a * 34] : kind === 1 ? [24, 2 + a * 34] : [(a - 0.5) * 12, kind === 2 ? -8 : 46];
    const to: [number, number] =
      kind === 0 ? [24, 1 + b * 15] : kind === 1 ? [-24, 14 + b * 20] : [(b - 0.5) * 16 + (b > 0.5 ? 5 : -5), kind === 2 ? 46 : -8];
    passing.push(stroll(from, to, offset, 300 + i));
  }
  for (let i = 0; i < 4; i += 1)
    passing.push(stroll([-6 + i * 1.1, -8], [3 + i * 1.1, 46], 4 + i * 0.35, 400 + i, { speed: 1.3, height: i > 1 ? 1.25 : 1.7 }));
  return {
    ...daylight,
    sun: { direction: sunFrom(0.85, 0.55, 0.15), color: [1.4, 1.2, 0.92] },
    eye: [-5, 10.5, -15],
    target: [0.5, 0, 12],
    fov: 46,
    ground: (x, _y, z, _nx, _ny, _nz, s) => {
      paving(x, z, s, 1, [0.4, 0.37, 0.33]);
      const ring = Math.hypot(x, z - 22);
      if (Math.abs(ring - 8) < 0.6 || Math.abs(ring - 5) < 0.3) paving(x, z, s, 0.5, [0.26, 0.16, 0.13]);
      else if (Math.abs(modulo(x + 8, 16) - 8) < 0.5 || Math.abs(modulo(z + 8, 16) - 8) < 0.5) paving(x, z, s, 0.5, [0.24, 0.23, 0.22]);
      if (Math.abs(x) > 23 || z > 96) grass(x, z, s);
    },
    still,
    moving: (t) => seenAt(passing, t),
  };
}

function carPark(): Scene {
  const still: Placed[] = [];
  for (const [row, z] of [
    [0, 3],
    [1, 17],
    [2, 22.5],
    [3, 36.5],
    [4, 42],
  ] as const)
    for (let i = -8; i <= 10; i += 1) {
      if (hash(i, row + 500) < 0.2 || (row === 1 && i === 3)) continue;
      const shape = fleet[Math.floor(hash(i, row + 520) * fleet.length)] as Model;
      still.push(
        put(shape, i * 2.7 + 1.35 + (hash(i, row) - 0.5) * 0.3, z + (hash(i, row + 9) - 0.5) * 0.5, hash(i, row + 540) < 0.7 ? 0 : Math.PI),
      );
    }
  still.push(
    put(slab(80, 2.4, 0.3, flat(0.35, 0.34, 0.33)), 0, 48),
    put(building(34, 16, 12, [0.4, 0.39, 0.38], 77, 0.1), -10, 60),
    put(building(30, 24, 12, [0.36, 0.36, 0.38], 79, 0.12), 28, 64),
  );
  for (let i = 0; i < 9; i += 1) still.push(put(tree(5 + hash(i, 3), i + 5, [0.16, 0.2, 0.14]), -22 + i * 6, 50));
  for (let i = 0; i < 4; i += 1) still.push(put(slab(0.9, 0.15, 0.25, flat(0.5, 0.4, 0.1)), -16 + i * 9, 19.7));
  const cruiser = fleet[14] as Model;
  const leaver = fleet[5] as Model;
  const passing: Passing[] = [
    { model: () => cruiser, offset: 1, duration: 14, pose: (age) => ({ x: -30 + age * 4.6, z: 10, yaw: Math.PI / 2 }) },
    {
      model: () => leaver,
      offset: 5,
      duration: 13,
      pose: (age) => {
        // backs out of its bay, turns, and drives off
        if (age < 4) return { x: 9.45, z: 17 - 1.5 * age, yaw: 0, braking: age > 3.4 };
        const turn = Math.min(1, (age - 4) / 3);
        const yaw = (turn * -Math.PI) / 2;
        const beyond = Math.max(0, age - 4);
        return {
          x: 9.45 - 3.2 * (1 - Math.cos((turn * Math.PI) / 2)) - Math.max(0, beyond - 3) * 5,
          z: 11 + 2.2 * Math.sin((turn * Math.PI) / 2),
          yaw,
        };
      },
    },
    { model: () => leaver, offset: 0, duration: 5, pose: () => ({ x: 9.45, z: 17, yaw: 0 }) },
    stroll([-14, 8], [22, 9], 3, 511),
    stroll([20, 29], [-22, 28.4], 0, 512),
    stroll([12, 28], [11.4, 8], 9, 513),
  ];
  return {
    ...night,
    headlamps: true,
    monochrome: true,
    eye: [-9, 8.4, -9],
    target: [3.5, 0, 15],
    fov: 52,
    lights: [
      { at: [-9, 9.5, -8], color: [2.6, 2.6, 2.6], glow: false },
      { at: [-5, 16, 4], color: [2, 2, 2], glow: false },
      { at: [16, 14, 20], color: [1.8, 1.8, 1.8], glow: false },
      { at: [-12, 14, 30], color: [1.8, 1.8, 1.8], glow: false },
    ],
    skyLight: [0.12, 0.12, 0.12],
    groundLight: [0.05, 0.05, 0.05],
    exposure: 1.3,
    noise: 3.5,
    ground: (x, _y, z, _nx, _ny, _nz, s) => {
      asphalt(x, z, s, 0.14);
      const bays = (z > 0 && z < 5.8) || (z > 14.4 && z < 25.2) || (z > 33.8 && z < 44.6);
      if (bays && modulo(x, 2.7) < 0.1) line(s, x, z);
      if (Math.abs(z - 19.75) < 0.06 || Math.abs(z - 39.2) < 0.06) line(s, x, z);
      if (bays) return;
      const lx = modulo(x, 12) - 6;
      if (z > 8 && z < 11 && Math.abs(z - 9.6) < 0.09 && lx > -1.5 && lx < 1) line(s, x, z);
    },
    still,
    moving: (t) => seenAt(passing, t),
  };
}

function tunnel(): Scene {
  const still: Placed[] = [];
  const wall: Material = (_x, y, z, _nx, _ny, _nz, s) => {
    const tile = hash(Math.floor(z / 1.2), Math.floor(y / 0.6));
    const dirt = 0.75 + 0.3 * noise(z * 0.3, y * 0.8);
    if (y < 3) set(s, (0.46 + 0.04 * tile) * dirt, (0.45 + 0.04 * tile) * dirt, (0.4 + 0.04 * tile) * dirt);
    else set(s, 0.16 * dirt, 0.16 * dirt, 0.16 * dirt);
    if (Math.abs(y - 3) < 0.12) set(s, 0.08, 0.2, 0.4);
    if (y < 0.5) set(s, 0.2, 0.2, 0.2);
  };
  const concrete: Material = (x, _y, z, _nx, _ny, _nz, s) => {
    const k = 0.13 + 0.06 * noise(x, z * 0.5);
    set(s, k, k, k);
  };
  still.push(put(slab(1, 7, 420, wall), 7.3, 190), put(slab(1, 7, 420, wall), -7.3, 190), put(slab(14, 1, 420, concrete, 6.4), 0, 190));
  const panel = shining(2.6, 2.1, 1.25);
  const lights: PointLight[] = [];
  for (let i = 0; i < 32; i += 1) {
    still.push(put(slab(0.4, 0.12, 2.2, panel, 6.25), 3.6, i * 7), put(slab(0.4, 0.12, 2.2, panel, 6.25), -3.6, i * 7));
    if (i % 2 === 0 && i < 22)
      lights.push(
        { at: [3.4, 6, i * 7], color: [0.75, 0.6, 0.36], glow: false },
        { at: [-3.4, 6, i * 7], color: [0.75, 0.6, 0.36], glow: false },
      );
  }
  const fan = flat(0.22, 0.23, 0.24);
  for (const z of [36, 92, 150])
    for (const x of [-1.4, 1.4])
      still.push(
        put(
          model([bar([0, 5.4, -1.6], [0, 5.4, 1.6], 1, fan), bar([0, 5.8, 0], [0, 6.5, 0], 0.2, fan)], [-0.6, 4.8, -1.7], [0.6, 6.5, 1.7]),
          x,
          z,
        ),
      );
  for (let i = 0; i < 10; i += 1)
    still.push(
      put(slab(0.1, 0.5, 0.9, shining(0.1, 1, 0.35), 1.2), 6.75, 12 + i * 22),
      put(slab(0.1, 1.5, 1, flat(0.45, 0.05, 0.04), 0.6), -6.75, 20 + i * 30),
    );
  const passing = [
    ...lane(-1.9, 260, -20, 19, [0.8, 4.7, 8.1, 12.6], 31),
    ...lane(-1.9 - 3.4, 260, -20, 15, [2.6, 6.4, 10.3, 14.6], 32),
    ...lane(1.9, -15, 260, 19, [1.6, 5.1, 10.9], 33),
    ...lane(5.2, -15, 260, 15.5, [0.3, 4.2, 8.4, 13], 34),
  ];
  return {
    ...night,
    skyLight: [0.1, 0.085, 0.06],
    groundLight: [0.12, 0.1, 0.065],
    fog: { color: [0.28, 0.22, 0.12], density: 0.007 },
    exposure: 1.15,
    eye: [-0.4, 5.6, -4],
    target: [0.3, 1.2, 24],
    fov: 50,
    lights,
    noise: 2.4,
    ground: (x, _y, z, _nx, _ny, _nz, s) => {
      asphalt(x, z, s, 0.12);
      const ax = Math.abs(x);
      if (Math.abs(ax - 0.16) < 0.07) yellow(s, x, z);
      else if (Math.abs(ax - 3.55) < 0.07 && modulo(z, 9) < 4) line(s, x, z);
      else if (Math.abs(ax - 6.5) < 0.08) line(s, x, z);
    },
    still,
    moving: (t) => seenAt(passing, t),
  };
}

function cableBridge(): Scene {
  const still: Placed[] = [];
  const top = 16;
  const deck: Material = (x, _y, z, _nx, ny, _nz, s) => {
    asphalt(x, z, s, 0.1);
    if (ny < 0.5) set(s, 0.3, 0.3, 0.3);
    const ax = Math.abs(x);
    if (Math.abs(ax - 0.18) < 0.08) yellow(s, x, z);
    else if (Math.abs(ax - 3.7) < 0.08 && modulo(z, 9) < 4) line(s, x, z);
    else if (Math.abs(ax - 7.4) < 0.08) line(s, x, z);
    else if (ax > 8.4 && ax < 10.6) paving(x, z, s, 0.7, [0.28, 0.26, 0.25]);
  };
  still.push(put(slab(23, 1.6, 460, deck, top - 1.6), 0, 190));
  const white = flat(0.62, 0.62, 0.64);
  const cable = flat(0.7, 0.7, 0.72);
  for (const z of [58, 178]) {
    for (const side of [-1, 1]) {
      still.push(put(strut([side * 11.6, 0, 0], [side * 5.2, 66, 0], 2.2, white), 0, z));
      for (let i = 1; i <= 7; i += 1)
        for (const way of [-1, 1])
          still.push(
            put(
              strut([side * (10.9 - i * 0.1), top + 0.4, way * (8 + i * 7.2)], [side * (6.9 - i * 0.22), 38 + i * 3.6, 0], 0.2, cable),
              0,
              z,
            ),
          );
    }
    still.push(put(slab(12, 2.4, 1.8, white, 62), 0, z), put(slab(18, 2, 2, white, top + 17), 0, z));
  }
  for (const side of [-1, 1]) {
    still.push(put(railing(110, flat(0.5, 0.52, 0.54)), side * 11.2, 48, 0, top));
    still.push(put(slab(0.3, 0.6, 400, flat(0.45, 0.45, 0.46), 0.1), side * 8, 190, 0, top));
  }
  const lights: PointLight[] = [];
  for (let i = 0; i < 8; i += 1)
    for (const side of [-1, 1]) {
      still.push(put(lampPost(7, side * -1.6), side * 8.1, 6 + i * 24, 0, top));
      lights.push({ at: [side * 6.5, top + 6.9, 6 + i * 24], color: [0.55, 0.42, 0.24], glow: true });
    }
  still.push(...skyline(420, -280, 300, 44, 0.3), ...skyline(330, -260, -70, 45, 0.32), ...skyline(350, 80, 280, 46, 0.3));
  const boat = barge([0.1, 0.1, 0.14], [0.2, 0.16, 0.1]);
  const passing: Passing[] = [
    ...lane(1.95, -16, 300, 18, [0.9, 5.5, 8.2, 13.1], 51, false, top),
    ...lane(5.5, -16, 300, 15, [2.4, 6.6, 10.4, 14.4], 52, false, top),
    ...lane(-1.95, 300, -20, 18.5, [1.9, 4.4, 9.3, 12], 53, false, top),
    ...lane(-5.5, 300, -20, 15, [0.4, 6, 11, 14.2], 54, false, top),
    { model: () => boat, offset: 2, duration: 64, pose: (age) => ({ x: 160 - age * 3.5, z: 150, yaw: -Math.PI / 2 }) },
    stroll([9.5, top], [9.6, 70], 3, 551, { y: top }),
  ];
  return {
    ...night,
    skyLight: [0.2, 0.2, 0.29],
    groundLight: [0.1, 0.085, 0.085],
    sun: { direction: sunFrom(-0.7, 0.22, 0.6), color: [0.55, 0.28, 0.13] },
    fog: { color: [0.5, 0.31, 0.24], density: 0.0022 },
    sky: (dx, dy, dz, s) => {
      const up = Math.max(0, dy);
      const k = Math.min(1, up * 2.6);
      const west = Math.max(0, -dx * 0.7 + dz * 0.6) ** 2;
      const streak = 0.35 * Math.max(0, noise((dx / (up + 0.15)) * 1.2, (dz / (up + 0.15)) * 3) - 0.45);
      s.er = 0.62 * (1 - k) + 0.09 * k + 0.35 * west * (1 - k) + streak * 0.9;
      s.eg = 0.36 * (1 - k) + 0.12 * k + 0.1 * west * (1 - k) + streak * 0.45;
      s.eb = 0.27 * (1 - k) + 0.25 * k + streak * 0.4;
    },
    exposure: 1.15,
    noise: 2,
    eye: [-4.5, top + 8.5, -6],
    target: [2, top + 5.2, 40],
    fov: 56,
    lights,
    ground: water([0.05, 0.06, 0.075]),
    still,
    moving: (t) => seenAt(passing, t),
  };
}

function harbour(): Scene {
  const still: Placed[] = [];
  const quay: Material = (x, y, z, _nx, ny, _nz, s) => {
    if (ny > 0.5) {
      const k = 0.27 + 0.08 * noise(x * 0.4, z * 0.4) + 0.05 * noise(x * 4, z * 4);
      set(s, k, k * 0.99, k * 0.95);
      if (Math.abs(modulo(x + 2, 8) - 0.2) < 0.12) yellow(s, x, z);
    } else {
      const k = 0.18 + 0.08 * hash(Math.floor(z / 2), Math.floor(y));
      set(s, k, k, k * 0.9);
    }
  };
  still.push(put(slab(50, 2.5, 400, quay), -25, 150));
  const boxColors: readonly Vector[] = [
    [0.42, 0.08, 0.05],
    [0.05, 0.16, 0.38],
    [0.08, 0.28, 0.16],
    [0.5, 0.3, 0.06],
    [0.45, 0.45, 0.44],
    [0.25, 0.08, 0.1],
  ];
  const containers = boxColors.map((color) => {
    const side: Material = (x, _y, z, nx, ny, nz, s) => {
      const along = Math.abs(nz) > 0.5 ? x : z;
      const rib = ny > 0.5 ? 1 : 0.8 + 0.25 * (modulo(along, 0.5) < 0.25 ? 1 : 0);
      const rust = 0.85 + 0.2 * noise(along * 2 + nx, 3);
      set(s, color[0] * rib * rust, color[1] * rib * rust, color[2] * rib * rust);
    };
    return slab(2.4, 2.55, 6, side);
  });
  for (let row = 0; row < 4; row += 1)
    for (let i = 0; i < 13; i += 1) {
      const levels = Math.floor(1 + 3.4 * hash(row * 40 + i, 600));
      for (let level = 0; level < levels; level += 1)
        still.push(
          put(containers[Math.floor(hash(row * 40 + i, 610 + level) * 6)] as Model, -22 - row * 2.7, 14 + i * 6.4, 0, 2.5 + level * 2.56),
        );
    }
  const steel = flat(0.55, 0.22, 0.06);
  for (const z of [44, 108]) {
    const pieces: Piece[] = [];
    for (const x of [-14, -3]) for (const dz of [-6, 6]) pieces.push(bar([x, 0, dz], [x, 21, dz], 0.9, steel));
    for (const dz of [-6, 6]) pieces.push(bar([-14, 12, dz], [-3, 12, dz], 0.7, steel));
    for (const dz of [-2.2, 2.2]) pieces.push(bar([-26, 21, dz], [30, 21, dz], 0.9, steel));
    pieces.push(
      bar([-3, 21, 0], [-3, 31, 0], 0.8, steel),
      bar([-3, 31, 0], [26, 21.4, 0], 0.35, steel),
      bar([-3, 31, 0], [-24, 21.4, 0], 0.35, steel),
      block(-8, -5, 18.6, 20.4, -1.6, 1.6, flat(0.6, 0.6, 0.58)),
    );
    for (const x of [-14, -3]) pieces.push(bar([x, 20.5, -6], [x, 20.5, 6], 0.8, steel));
    still.push(put(model(pieces, [-27, 0, -7], [31, 32, 7]), 0, z, 0, 2.5));
  }
  still.push(put(barge([0.05, 0.1, 0.22], [0.35, 0.1, 0.06]), 6, 52), put(barge([0.25, 0.06, 0.05], [0.3, 0.28, 0.2]), 5.4, 96));
  for (let i = 0; i < 9; i += 1) still.push(put(slab(0.5, 0.6, 0.5, flat(0.5, 0.4, 0.05)), -1, 4 + i * 10, 0, 2.5));
  still.push(...skyline(300, -60, 260, 55, 0), put(slab(300, 3, 60, flat(0.2, 0.24, 0.16)), 190, 290));
  for (let i = 0; i < 6; i += 1) still.push(put(building(26, 8 + 6 * hash(i, 3), 20, [0.5, 0.5, 0.48], 620 + i, 0), 110, 40 + i * 40));
  const boat = barge([0.1, 0.2, 0.14], [0.22, 0.18, 0.12]);
  const other = barge([0.1, 0.1, 0.2], [0.35, 0.33, 0.3]);
  const passing: Passing[] = [
    { model: () => boat, offset: 3, duration: 64, pose: (age) => ({ x: 29, z: -20 + age * 3.4, yaw: 0 }) },
    { model: () => other, offset: 9, duration: 64, pose: (age) => ({ x: 47, z: 220 - age * 4, yaw: Math.PI }) },
    ...lane(-11, 130, -12, 7, [2, 9], 71, false, 2.5).map((one) => ({ ...one, model: () => whiteTruck })),
    ...lane(-16.5, -12, 130, 7.5, [5, 12.5], 72, false, 2.5).map((one) => ({ ...one, model: () => blueTruck })),
    stroll([-4, 2], [-6, 40], 4, 651, { y: 2.5 }),
    stroll([-8, 45], [-5, 5], 11, 652, { y: 2.5 }),
  ];
  return {
    ...overcast,
    sun: { direction: sunFrom(0.6, 0.55, -0.45), color: [0.85, 0.78, 0.64] },
    eye: [-9, 19, -18],
    target: [4, 2, 34],
    fov: 46,
    fog: { color: [0.55, 0.6, 0.65], density: 0.0022 },
    skyLight: [0.55, 0.6, 0.66],
    groundLight: [0.18, 0.18, 0.18],
    ground: water([0.06, 0.1, 0.1]),
    still,
    moving: (t) => seenAt(passing, t),
  };
}

function schoolGate(): Scene {
  const still: Placed[] = [];
  const brick: Material = (x, y, z, _nx, ny, _nz, s) => {
    const course = Math.floor(y / 0.14);
    const k = 0.85 + 0.25 * hash(Math.floor((x + z) / 0.4 + (course % 2) * 0.5), course);
    set(s, 0.36 * k, 0.15 * k, 0.1 * k);
    if (ny > 0.5 || y > 2.15) set(s, 0.5, 0.48, 0.45);
  };
  still.push(put(slab(26, 2.3, 0.4, brick), -18, 9), put(slab(26, 2.3, 0.4, brick), 18, 9));
  for (const x of [-5, 5]) still.push(put(slab(1, 3.4, 1, brick), x, 9), put(slab(1.3, 0.25, 1.3, flat(0.55, 0.53, 0.5), 3.4), x, 9));
  const board: Material = (x, y, _z, _nx, _ny, nz, s) => {
    set(s, 0.5, 0.06, 0.05);
    const column = modulo(x, 1.5);
    if (
      nz < -0.5 &&
      Math.abs(x) < 4.4 &&
      column > 0.3 &&
      column < 1.25 &&
      y > 3.95 &&
      y < 4.9 &&
      hash(Math.floor(x * 6), Math.floor(y * 6)) > 0.45
    )
      set(s, 0.75, 0.6, 0.15);
  };
  still.push(put(slab(11.3, 1.3, 0.5, board, 3.65), 0, 9));
  const gate = flat(0.45, 0.47, 0.5);
  for (let i = 0; i < 9; i += 1)
    still.push(put(slab(0.06, 1.5, 0.06, gate), -4.4 + i * 0.28, 9), put(slab(0.06, 1.5, 0.06, gate), 4.4 - i * 0.28, 9));
  still.push(put(slab(2.4, 0.06, 0.06, gate, 1.45), -3.3, 9), put(slab(2.4, 0.06, 0.06, gate, 1.45), 3.3, 9));
  still.push(
    put(
      slab(2.6, 2.7, 2.4, (x, y, _z, _nx, ny, _nz, s) => {
        set(s, 0.6, 0.6, 0.6);
        if (ny < 0.5 && y > 1.1 && y < 2.1 && Math.abs(x) < 1.1) set(s, 0.08, 0.1, 0.12);
      }),
      7.4,
      11,
    ),
  );
  const school: Material = (x, y, _z, _nx, ny, _nz, s) => {
    const floor = modulo(y, 3.5);
    set(s, 0.62, 0.5, 0.36);
    if (ny > 0.5) set(s, 0.3, 0.3, 0.3);
    else if (floor > 1 && floor < 2.8 && modulo(x, 3.2) > 0.7) set(s, 0.1, 0.13, 0.17);
    else if (floor < 0.35) set(s, 0.6, 0.58, 0.55);
  };
  still.push(put(slab(54, 14, 14, school), -2, 48), put(slab(9, 19, 16, flat(0.58, 0.42, 0.3)), -2, 47));
  still.push(put(slab(0.12, 11, 0.12, flat(0.6, 0.6, 0.6)), -1, 30), put(slab(1.8, 1.2, 0.04, flat(0.6, 0.04, 0.03), 9.6), 0, 30));
  for (let i = 0; i < 5; i += 1)
    still.push(
      put(tree(5.5 + hash(i, 3), i + 12), -9 - i * 4.6, 11.5),
      put(tree(5.5 + hash(i, 4), i + 22), 12 + i * 4.6, 12.5),
      put(tree(6, i + 32), -22 + i * 11, 36),
    );
  for (let i = 0; i < 7; i += 1) still.push(put(slab(0.14, 0.9, 0.14, flat(0.6, 0.5, 0.05)), -8 + i * 2.6, 4.3));
  still.push(
    put(fleet[3] as Model, -12, -8.2, Math.PI / 2),
    put(fleet[8] as Model, -18, -8.2, Math.PI / 2),
    put(fleet[13] as Model, 13, 2.6, -Math.PI / 2),
  );
  const guard = walker([0.03, 0.05, 0.12], [0.03, 0.04, 0.08], 1.76, 0);
  const passing: Passing[] = [
    ...lane(-4.4, -45, 45, 7.5, [0.5, 9.2], 81, true, 0, true),
    ...lane(-0.4, 45, -45, 7, [4.3, 12.4], 82, true, 0, true),
    { model: () => guard, offset: 0, duration: loopSeconds, pose: () => ({ x: 3.3, z: 6.4, yaw: Math.PI }) },
  ];
  const rider = eBike([0.45, 0.3, 0.08], [0.05, 0.2, 0.4]);
  const rider2 = eBike([0.4, 0.06, 0.1], [0.3, 0.3, 0.3]);
  passing.push({ model: () => rider, offset: 2, duration: 15, pose: (age) => ({ x: -38 + age * 5.2, z: -6.3, yaw: Math.PI / 2 }) });
  passing.push({ model: () => rider2, offset: 10, duration: 15, pose: (age) => ({ x: 38 - age * 5.4, z: 1.6, yaw: -Math.PI / 2 }) });
  for (let i = 0; i < 12; i += 1) {
    const side = i % 2 === 0 ? -1 : 1;
    const startX = side * (10 + 10 * hash(i, 700));
    const z = 5.2 + 2 * hash(i, 701);
    const gateX = (hash(i, 702) - 0.5) * 5;
    const height = i % 5 === 0 ? 1.68 : 1.15 + 0.25 * hash(i, 703);
    const offset = hash(i, 704) * loopSeconds;
    const first = stroll([startX, z], [gateX, 7.2], offset, 710 + i, { extra: 'backpack', height });
    passing.push(first, {
      ...stroll([gateX, 7.2], [gateX * 1.6, 30], offset + first.duration, 710 + i, { extra: 'backpack', height }),
      offset: modulo(offset + first.duration, loopSeconds),
    });
  }
  for (let i = 0; i < 5; i += 1)
    passing.push(
      stroll([-0.4 + i * 0.4, -12], [(i - 2) * 0.6, 7.4], 6.2 + i * 0.8, 760 + i, {
        extra: 'backpack',
        height: i === 2 ? 1.7 : 1.2 + 0.1 * i,
      }),
    );
  return {
    ...daylight,
    sun: { direction: sunFrom(-0.75, 0.5, -0.45), color: [1.35, 1.12, 0.85] },
    eye: [9.5, 6.4, -14],
    target: [-1.2, 0.9, 6.5],
    fov: 46,
    ground: (x, _y, z, _nx, _ny, _nz, s) => {
      if (z > 4 || z < -9.2) {
        paving(x, z, s, 0.5, z > 9 ? [0.34, 0.33, 0.32] : [0.33, 0.26, 0.23]);
        if (z < 4.2 && z > 4) set(s, 0.45, 0.45, 0.44);
        if (z > 32 && Math.abs(x) > 4) grass(x, z, s);
        return;
      }
      asphalt(x, z, s, 0.095);
      if (Math.abs(x) < 2.4 && z > -8.8 && z < 3.6) {
        if (modulo(z, 1.2) < 0.62) line(s, x, z);
      } else if (Math.abs(z + 2.4) < 0.07) yellow(s, x, z);
      else if (Math.abs(z + 8.8) < 0.06 || Math.abs(z - 3.6) < 0.06) line(s, x, z);
    },
    still,
    moving: (t) => seenAt(passing, t),
  };
}

/** The demo city's scenes, one camera mark each. All are drawn from nothing: no picture of any real place is used. */
export const cityScenes: readonly CityScene[] = [
  { mark: 'A', name: 'expressway', title: { zh: '快速路高点', en: 'Expressway overlook' }, scene: expressway },
  { mark: 'B', name: 'crossing', title: { zh: '信号灯路口', en: 'Signalled crossing' }, scene: crossing },
  { mark: 'C', name: 'night-avenue', title: { zh: '夜间大道', en: 'Avenue by night' }, scene: nightAvenue },
  { mark: 'D', name: 'river-rain', title: { zh: '雨中河堤', en: 'Embankment in the rain' }, scene: riverRain },
  { mark: 'E', name: 'square', title: { zh: '市民广场', en: 'City square' }, scene: citySquare },
  { mark: 'F', name: 'car-park', title: { zh: '停车场红外', en: 'Car park, infrared' }, scene: carPark },
  { mark: 'G', name: 'tunnel', title: { zh: '隧道', en: 'Tunnel' }, scene: tunnel },
  { mark: 'H', name: 'bridge', title: { zh: '斜拉桥黄昏', en: 'Cable-stayed bridge at dusk' }, scene: cableBridge },
  { mark: 'I', name: 'harbour', title: { zh: '货运码头', en: 'Cargo harbour' }, scene: harbour },
  { mark: 'J', name: 'school-gate', title: { zh: '学校门口', en: 'School gate' }, scene: schoolGate },
];
