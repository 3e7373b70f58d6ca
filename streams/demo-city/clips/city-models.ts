import {
  hash,
  noise,
  type Convex,
  type Ellipsoid,
  type Material,
  type Model,
  type Piece,
  type Placed,
  type Shade,
  type Vector,
  type VehicleLamp,
} from './ray-painter.ts';

/** A plain colour. */
export const flat =
  (r: number, g: number, b: number): Material =>
  (_x, _y, _z, _nx, _ny, _nz, s) => {
    s.r = r;
    s.g = g;
    s.b = b;
  };

/** A surface that shines by itself. */
export const shining =
  (r: number, g: number, b: number): Material =>
  (_x, _y, _z, _nx, _ny, _nz, s) => {
    s.r = s.g = s.b = 0.1;
    s.er = r;
    s.eg = g;
    s.eb = b;
  };

const set = (s: Shade, r: number, g: number, b: number) => {
  s.r = r;
  s.g = g;
  s.b = b;
};

/** A convex solid from half-spaces `[nx, ny, nz, d]`; normals are made unit length. */
function convex(halves: readonly (readonly [number, number, number, number])[], materials: readonly Material[]): Convex {
  const planes = new Float64Array(halves.length * 4);
  halves.forEach(([x, y, z, d], i) => {
    const inv = 1 / Math.hypot(x, y, z);
    planes.set([x * inv, y * inv, z * inv, d * inv], i * 4);
  });
  return { kind: 'convex', planes, materials: halves.map((_, i) => (materials[i] ?? materials.at(-1)) as Material) };
}

/** An upright block, `x0…x1`, `y0…y1`, `z0…z1`. */
export function block(x0: number, x1: number, y0: number, y1: number, z0: number, z1: number, material: Material): Convex {
  return convex(
    [
      [1, 0, 0, x1],
      [-1, 0, 0, -x0],
      [0, 1, 0, y1],
      [0, -1, 0, -y0],
      [0, 0, 1, z1],
      [0, 0, -1, -z0],
    ],
    [material],
  );
}

export const ball = (center: Vector, radii: Vector, material: Material): Ellipsoid => ({ kind: 'ellipsoid', center, radii, material });

/** A straight bar from `a` to `b`. */
export function bar(a: Vector, b: Vector, thickness: number, material: Material): Convex {
  const d: Vector = [b[0] - a[0], b[1] - a[1], b[2] - a[2]];
  const length = Math.hypot(...d);
  const f: Vector = [d[0] / length, d[1] / length, d[2] / length];
  const helper: Vector = Math.abs(f[1]) > 0.9 ? [1, 0, 0] : [0, 1, 0];
  const s: Vector = [f[1] * helper[2] - f[2] * helper[1], f[2] * helper[0] - f[0] * helper[2], f[0] * helper[1] - f[1] * helper[0]];
  const sl = Math.hypot(...s);
  const side: Vector = [s[0] / sl, s[1] / sl, s[2] / sl];
  const up: Vector = [f[1] * side[2] - f[2] * side[1], f[2] * side[0] - f[0] * side[2], f[0] * side[1] - f[1] * side[0]];
  const dot = (n: Vector, p: Vector) => n[0] * p[0] + n[1] * p[1] + n[2] * p[2];
  const h = thickness / 2;
  const neg = (n: Vector): Vector => [-n[0], -n[1], -n[2]];
  const half = (n: Vector, p: Vector, extra: number): [number, number, number, number] => [...n, dot(n, p) + extra];
  return convex(
    [half(f, b, 0), half(neg(f), a, 0), half(side, a, h), half(neg(side), a, h), half(up, a, h), half(neg(up), a, h)],
    [material],
  );
}

/** A model with its extent given by hand: what lies outside `min`…`max` may not be seen. */
export const model = (pieces: readonly Piece[], min: Vector, max: Vector, lamps: readonly VehicleLamp[] = []): Model => ({
  pieces,
  min,
  max,
  lamps,
});

/** Puts a model somewhere. */
export const put = (what: Model, x: number, z: number, yaw = 0, y = 0): Placed => ({ model: what, x, y, z, yaw });

const rubber = flat(0.02, 0.02, 0.022);
const glass: Material = (_x, y, _z, _nx, ny, nz, s) => {
  const sky = 0.05 + 0.16 * Math.max(0, ny) + 0.03 * Math.abs(nz);
  set(s, sky * 0.75, sky * 0.9, sky + 0.01 * y);
};

function wheels(width: number, front: number, back: number, radius: number): Piece[] {
  const pieces: Piece[] = [];
  for (const side of [-1, 1])
    for (const z of [front, back]) pieces.push(ball([side * (width / 2 - 0.12), radius, z], [0.16, radius, radius], rubber));
  return pieces;
}

const lampsOf = (width: number, height: number, front: number, back: number): VehicleLamp[] =>
  [-1, 1].flatMap((side) => [
    { at: [side * (width / 2 - 0.25), height, front] as Vector, front: true },
    { at: [side * (width / 2 - 0.2), height + 0.12, back] as Vector, front: false },
  ]);

function paint(color: Vector, width: number, front: number, back: number, belt: number): Material {
  return (x, y, z, _nx, ny, _nz, s) => {
    set(s, color[0], color[1], color[2]);
    const ax = Math.abs(x);
    if (z > front - 0.12 && ny < 0.6) {
      if (ax > width / 2 - 0.5 && y > belt - 0.3 && y < belt - 0.12) set(s, 0.75, 0.75, 0.72);
      else if (ax < width / 2 - 0.45 && y > belt - 0.42 && y < belt - 0.15) set(s, 0.03, 0.03, 0.03);
      else if (ax < 0.24 && y > belt - 0.55 && y < belt - 0.44) set(s, 0.05, 0.12, 0.5);
    } else if (z < back + 0.12 && ny < 0.6) {
      if (ax > width / 2 - 0.42 && y > belt - 0.28 && y < belt - 0.08) {
        set(s, 0.45, 0.02, 0.02);
      } else if (ax < 0.24 && y > belt - 0.5 && y < belt - 0.38) set(s, 0.05, 0.12, 0.5);
    }
    if (y < 0.34) set(s, 0.03, 0.03, 0.03);
    // door seams
    if (ax > width / 2 - 0.06 && (Math.abs(z - 0.1) < 0.025 || Math.abs(z + 0.95) < 0.025))
      set(s, color[0] * 0.4, color[1] * 0.4, color[2] * 0.4);
  };
}

/** A saloon car, 4.6 m, nose towards +z. */
export function saloon(color: Vector): Model {
  const body = paint(color, 1.82, 2.3, -2.3, 0.92);
  const roof = flat(...color);
  return model(
    [
      convex(
        [
          [1, 0, 0, 0.91],
          [-1, 0, 0, 0.91],
          [0, 1, 0, 0.94],
          [0, -1, 0, -0.22],
          [0, 0, 1, 2.3],
          [0, 0, -1, 2.3],
          [0, 1, 0.16, 1.12],
          [0, 1, -0.08, 1.06],
          [0.3, 0, 1, 2.47],
          [-0.3, 0, 1, 2.47],
          [1, 0.45, 0, 1.28],
          [-1, 0.45, 0, 1.28],
        ],
        [body],
      ),
      convex(
        [
          [1, 0.32, 0, 1.18],
          [-1, 0.32, 0, 1.18],
          [0, 1, 0, 1.44],
          [0, -1, 0, -0.85],
          [0, 0.62, 0.6, 1.27],
          [0, 0.6, -0.55, 1.57],
          [0, 1, 0.12, 1.47],
        ],
        [glass, glass, roof, roof, glass, glass, roof],
      ),
      ...wheels(1.82, 1.42, -1.38, 0.33),
    ],
    [-0.95, 0, -2.35],
    [0.95, 1.46, 2.35],
    lampsOf(1.82, 0.66, 2.3, -2.3),
  );
}

/** A tall car (SUV or minivan), 4.7 m. */
export function tallCar(color: Vector): Model {
  const body = paint(color, 1.9, 2.3, -2.35, 1.05);
  const roof = flat(...color);
  return model(
    [
      convex(
        [
          [1, 0, 0, 0.95],
          [-1, 0, 0, 0.95],
          [0, 1, 0, 1.08],
          [0, -1, 0, -0.26],
          [0, 0, 1, 2.3],
          [0, 0, -1, 2.35],
          [0, 1, 0.14, 1.25],
          [0.3, 0, 1, 2.48],
          [-0.3, 0, 1, 2.48],
        ],
        [body],
      ),
      convex(
        [
          [1, 0.22, 0, 1.16],
          [-1, 0.22, 0, 1.16],
          [0, 1, 0, 1.72],
          [0, -1, 0, -1],
          [0, 0.6, 0.62, 1.46],
          [0, 0.25, -0.9, 2.3],
        ],
        [glass, glass, roof, roof, glass, glass],
      ),
      ...wheels(1.9, 1.45, -1.42, 0.37),
    ],
    [-1, 0, -2.4],
    [1, 1.75, 2.35],
    lampsOf(1.9, 0.75, 2.3, -2.35),
  );
}

/** A city bus, 11 m. */
export function bus(color: Vector): Model {
  const side: Material = (x, y, z, _nx, ny, nz, s) => {
    if (ny > 0.5) set(s, 0.7, 0.7, 0.7);
    else if (y > 1.25 && y < 2.45 && (Math.abs(nz) > 0.5 ? Math.abs(x) < 1.1 : Math.abs((((z % 1.5) + 1.5) % 1.5) - 0.75) < 0.66))
      set(s, 0.04, 0.05, 0.06);
    else if (y > 2.5 && nz > 0.5 && Math.abs(x) < 0.8) {
      set(s, 0.02, 0.02, 0.02);
      s.er = 0.5;
      s.eg = 0.25;
    } else if (y < 0.95) set(s, color[0], color[1], color[2]);
    else set(s, 0.72, 0.74, 0.72);
  };
  return model(
    [block(-1.27, 1.27, 0.35, 3.05, -5.5, 5.5, side), ...wheels(2.5, 3.2, -2.9, 0.48)],
    [-1.3, 0, -5.55],
    [1.3, 3.1, 5.55],
    lampsOf(2.5, 0.8, 5.5, -5.5),
  );
}

/** A box truck, 8 m. */
export function truck(color: Vector, box: Vector): Model {
  const cab: Material = (x, y, _z, _nx, _ny, nz, s) => {
    if (y > 1.5 && y < 2.3 && (nz > 0.3 ? Math.abs(x) < 1.05 : true)) set(s, 0.05, 0.06, 0.07);
    else set(s, color[0], color[1], color[2]);
  };
  const cargo: Material = (_x, y, z, _nx, _ny, _nz, s) => {
    const rib = Math.abs((((z % 0.8) + 0.8) % 0.8) - 0.4) < 0.04 ? 0.75 : 1;
    set(s, box[0] * rib, box[1] * rib, box[2] * rib);
    if (y < 0.95) set(s, 0.06, 0.06, 0.06);
  };
  return model(
    [
      convex(
        [
          [1, 0, 0, 1.15],
          [-1, 0, 0, 1.15],
          [0, 1, 0, 2.45],
          [0, -1, 0, -0.4],
          [0, 0.25, 1, 4.4],
          [0, 0, -1, -2.1],
        ],
        [cab],
      ),
      block(-1.22, 1.22, 0.8, 3.3, -4, 2, cargo),
      ...wheels(2.3, 3, -2.6, 0.48),
    ],
    [-1.25, 0, -4.05],
    [1.25, 3.35, 4.35],
    lampsOf(2.3, 0.8, 4, -4),
  );
}

const skin = flat(0.55, 0.38, 0.28);
const hair = flat(0.03, 0.025, 0.02);

/** Someone walking towards +z. `stride` −1…1 is where the legs are. */
export function walker(
  top: Vector,
  trousers: Vector,
  height: number,
  stride: number,
  extra: 'none' | 'umbrella' | 'backpack' = 'none',
  shade: Vector = [0.3, 0.05, 0.05],
): Model {
  const k = height / 1.7;
  const cloth = flat(...top);
  const legs = flat(...trousers);
  const s = 0.3 * stride * k;
  const pieces: Piece[] = [
    bar([-0.1 * k, 0.88 * k, 0], [-0.1 * k, 0.04, s], 0.17 * k, legs),
    bar([0.1 * k, 0.88 * k, 0], [0.1 * k, 0.04, -s], 0.17 * k, legs),
    ball([0, 1.15 * k, 0], [0.23 * k, 0.36 * k, 0.15 * k], cloth),
    bar([-0.25 * k, 1.4 * k, 0], [-0.27 * k, 0.85 * k, -s * 0.8], 0.1 * k, cloth),
    bar([0.25 * k, 1.4 * k, 0], [0.27 * k, 0.85 * k, s * 0.8], 0.1 * k, cloth),
    ball([0, 1.58 * k, 0.02], [0.1 * k, 0.125 * k, 0.11 * k], skin),
    ball([0, 1.63 * k, -0.02], [0.11 * k, 0.1 * k, 0.115 * k], hair),
  ];
  if (extra === 'backpack') pieces.push(block(-0.18 * k, 0.18 * k, 0.95 * k, 1.4 * k, -0.34 * k, -0.12 * k, flat(...shade)));
  if (extra === 'umbrella') pieces.push(ball([0, 1.9 * k, 0.05], [0.58, 0.2, 0.58], flat(...shade)));
  const wide = extra === 'umbrella' ? 0.6 : 0.45;
  return model(pieces, [-wide, 0, -wide], [wide, 2.15 * k, wide]);
}

/** An electric bicycle with its rider. */
export function eBike(top: Vector, frame: Vector): Model {
  const cloth = flat(...top);
  const metal = flat(...frame);
  return model(
    [
      ball([0, 0.28, 0.6], [0.06, 0.28, 0.28], rubber),
      ball([0, 0.28, -0.55], [0.06, 0.28, 0.28], rubber),
      block(-0.12, 0.12, 0.3, 0.72, -0.7, 0.05, metal),
      bar([0, 0.35, 0.45], [0, 1, 0.4], 0.14, metal),
      bar([-0.1, 0.78, -0.2], [-0.12, 0.4, 0.25], 0.16, flat(0.05, 0.06, 0.1)),
      bar([0.1, 0.78, -0.2], [0.12, 0.4, 0.25], 0.16, flat(0.05, 0.06, 0.1)),
      ball([0, 1.1, -0.2], [0.22, 0.36, 0.16], cloth),
      bar([-0.24, 1.3, -0.15], [-0.25, 1, 0.38], 0.1, cloth),
      bar([0.24, 1.3, -0.15], [0.25, 1, 0.38], 0.1, cloth),
      ball([0, 1.54, -0.15], [0.13, 0.15, 0.14], flat(0.6, 0.55, 0.1)),
    ],
    [-0.32, 0, -0.85],
    [0.32, 1.72, 0.9],
    [
      { at: [0, 0.9, 0.5], front: true },
      { at: [0, 0.7, -0.75], front: false },
    ],
  );
}

/** A leafy tree; `seed` makes each one different. */
export function tree(height: number, seed: number, tint: Vector = [0.1, 0.18, 0.05]): Model {
  const leaves: Material = (x, y, z, _nx, ny, _nz, s) => {
    const grain = noise(x * 6 + y * 4 + seed, z * 6 - y * 5) * 0.8 + noise(x * 2.2 - y, z * 2.2 + y) * 0.7;
    const k = (0.25 + grain) * (0.75 + 0.25 * ny);
    set(s, tint[0] * k, tint[1] * k, tint[2] * k);
  };
  const pieces: Piece[] = [bar([0, 0, 0], [0, height * 0.6, 0], 0.14 + height * 0.02, flat(0.09, 0.07, 0.05))];
  const r = height * 0.22;
  for (let i = 0; i < 9; i += 1) {
    const a = hash(seed, i) * 7;
    const out = r * (0.3 + 0.7 * hash(seed, i + 20));
    const size = r * (0.55 + 0.4 * hash(seed, i + 40));
    pieces.push(
      ball([Math.cos(a) * out, height * (0.55 + 0.32 * hash(seed, i + 60)), Math.sin(a) * out], [size, size * 0.85, size], leaves),
    );
  }
  return model(pieces, [-2 * r, 0, -2 * r], [2 * r, height * 1.1, 2 * r]);
}

/** A street lamp pole whose arm reaches `arm` metres along +x. */
export function lampPost(height: number, arm: number): Model {
  const steel = flat(0.25, 0.26, 0.27);
  return model(
    [
      bar([0, 0, 0], [0, height, 0], 0.16, steel),
      bar([0, height - 0.2, 0], [arm, height, 0], 0.1, steel),
      block(Math.min(arm - 0.5, arm + 0.5), arm + 0.5, height - 0.08, height + 0.06, -0.15, 0.15, flat(0.6, 0.6, 0.58)),
    ],
    [Math.min(-0.2, arm - 0.6), 0, -0.3],
    [Math.max(0.2, arm + 0.6), height + 0.2, 0.3],
  );
}

/** A building; windows are lit with probability `lit`. */
export function building(width: number, height: number, depth: number, wall: Vector, seed: number, lit: number, pitch = 3.2): Model {
  const face: Material = (x, y, z, nx, ny, _nz, s) => {
    if (ny > 0.5) {
      set(s, 0.3, 0.3, 0.3);
      return;
    }
    const along = Math.abs(nx) > 0.5 ? z : x;
    const column = Math.floor(along / pitch);
    const floor = Math.floor(y / 3.1);
    const u = along / pitch - column;
    const v = y / 3.1 - floor;
    const stain = 0.9 + 0.15 * noise(along * 0.4 + seed, y * 0.15);
    set(s, wall[0] * stain, wall[1] * stain, wall[2] * stain);
    if (u > 0.18 && u < 0.82 && v > 0.3 && v < 0.85) {
      const on = hash(column * 31 + seed, floor * 17 + (Math.abs(nx) > 0.5 ? 5 : 0)) < lit;
      const tone = 0.05 + 0.1 * hash(column + seed, floor);
      set(s, tone, tone * 1.1, tone * 1.25);
      if (on) {
        const warm = hash(column, floor + seed);
        s.er = 0.55 + 0.3 * warm;
        s.eg = 0.42 + 0.25 * warm;
        s.eb = 0.2 + 0.35 * warm * warm;
      }
    } else if (v < 0.06) set(s, wall[0] * 0.7, wall[1] * 0.7, wall[2] * 0.7);
    if (floor === 0 && y < 3 && lit > 0) {
      const shop = Math.floor(along / 6);
      if (hash(shop, seed) < lit * 1.6 && v > 0.75) {
        s.er = 0.3 + 0.6 * hash(shop, seed + 1);
        s.eg = 0.15 + 0.4 * hash(shop, seed + 2);
        s.eb = 0.1 + 0.6 * hash(shop, seed + 3);
      }
    }
  };
  return model(
    [block(-width / 2, width / 2, 0, height, -depth / 2, depth / 2, face)],
    [-width / 2, 0, -depth / 2],
    [width / 2, height, depth / 2],
  );
}

/** A solid block as a model of its own, standing on the ground at its place. */
export const slab = (width: number, height: number, depth: number, material: Material, bottom = 0): Model =>
  model(
    [block(-width / 2, width / 2, bottom, bottom + height, -depth / 2, depth / 2, material)],
    [-width / 2, bottom, -depth / 2],
    [width / 2, bottom + height, depth / 2],
  );

/** A bar between two points as a model. */
export const strut = (a: Vector, b: Vector, thickness: number, material: Material): Model =>
  model(
    [bar(a, b, thickness, material)],
    [Math.min(a[0], b[0]) - thickness, Math.min(a[1], b[1]) - thickness, Math.min(a[2], b[2]) - thickness],
    [Math.max(a[0], b[0]) + thickness, Math.max(a[1], b[1]) + thickness, Math.max(a[2], b[2]) + thickness],
  );

/** A railing of `length` metres along z. */
export function railing(length: number, material: Material): Model {
  const pieces: Piece[] = [
    block(-0.05, 0.05, 1.0, 1.1, -length / 2, length / 2, material),
    block(-0.03, 0.03, 0.5, 0.56, -length / 2, length / 2, material),
  ];
  for (let z = -length / 2; z <= length / 2; z += 2) pieces.push(block(-0.06, 0.06, 0, 1.1, z - 0.06, z + 0.06, material));
  return model(pieces, [-0.1, 0, -length / 2], [0.1, 1.15, length / 2]);
}
