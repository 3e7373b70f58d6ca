/**
 * A small ray tracer that paints a street scene as a fixed camera would see it: the still part once, the moving parts
 * frame by frame over it. Coordinates in metres: x right, y up, z away from the camera; colours are linear light, 0…1.
 */
export type Vector = readonly [number, number, number];

/** What a material answers for one point: colour of the surface and light of its own. */
export interface Shade {
  r: number;
  g: number;
  b: number;
  er: number;
  eg: number;
  eb: number;
  /** 0 dull … 1 mirror; only the ground may be more than dull. */
  mirror: number;
  /** Set by moving water: its reflection is disturbed by waves. */
  waves: boolean;
}

/** Fills `shade` for a point and normal in the coordinates of the model it belongs to. */
export type Material = (x: number, y: number, z: number, nx: number, ny: number, nz: number, shade: Shade) => void;

/** A convex solid: the points behind all its planes. Each plane is `nx, ny, nz, d` with a material. */
export interface Convex {
  readonly kind: 'convex';
  readonly planes: Float64Array;
  readonly materials: readonly Material[];
}

export interface Ellipsoid {
  readonly kind: 'ellipsoid';
  readonly center: Vector;
  readonly radii: Vector;
  readonly material: Material;
}

export type Piece = Convex | Ellipsoid;

/** A lamp on a vehicle, in model coordinates; `front` shines ahead, otherwise it is a tail light. */
export interface VehicleLamp {
  readonly at: Vector;
  readonly front: boolean;
}

export interface Model {
  readonly pieces: readonly Piece[];
  readonly min: Vector;
  readonly max: Vector;
  readonly lamps: readonly VehicleLamp[];
}

export interface Placed {
  readonly model: Model;
  readonly x: number;
  readonly y: number;
  readonly z: number;
  /** Turn about the vertical axis, radians; 0 looks along +z. */
  readonly yaw: number;
  /** Tail lights burn brighter while braking. */
  readonly braking?: boolean;
}

/** A street lamp: a point light that shines downwards. */
export interface PointLight {
  readonly at: Vector;
  readonly color: Vector;
  /** Draw a visible glow around it. */
  readonly glow: boolean;
}

export interface Scene {
  readonly eye: Vector;
  readonly target: Vector;
  /** Vertical field of view, degrees. */
  readonly fov: number;
  readonly sun: { readonly direction: Vector; readonly color: Vector } | null;
  readonly skyLight: Vector;
  readonly groundLight: Vector;
  readonly fog: { readonly color: Vector; readonly density: number };
  readonly sky: (dx: number, dy: number, dz: number, shade: Shade) => void;
  readonly ground: Material;
  readonly lights: readonly PointLight[];
  readonly still: readonly Placed[];
  /** What moves, at `seconds` into the loop. */
  readonly moving: (seconds: number) => readonly Placed[];
  /** Extra points of light, e.g. the burning lamp of a traffic light. */
  readonly signals?: (seconds: number) => readonly { readonly at: Vector; readonly color: Vector; readonly size: number }[];
  readonly headlamps: boolean;
  readonly rain: boolean;
  readonly monochrome: boolean;
  readonly exposure: number;
  /** Sensor noise, in steps of 1/255. */
  readonly noise: number;
}

interface Bounds {
  readonly cx: number;
  readonly cy: number;
  readonly cz: number;
  readonly r: number;
}

const far = 1e9;
const hit = { t: far, nx: 0, ny: 0, nz: 0, lx: 0, ly: 0, lz: 0, material: null as Material | null };

export const newShade = (): Shade => ({ r: 0, g: 0, b: 0, er: 0, eg: 0, eb: 0, mirror: 0, waves: false });

/** A repeatable pseudo-random number 0…1 for a point of an integer grid. */
export function hash(x: number, y: number): number {
  let h = Math.imul(x | 0, 374761393) ^ Math.imul(y | 0, 668265263);
  h = Math.imul(h ^ (h >>> 13), 1274126177);
  return ((h ^ (h >>> 16)) >>> 0) / 4294967296;
}

/** Smooth noise 0…1. */
export function noise(x: number, y: number): number {
  const ix = Math.floor(x);
  const iy = Math.floor(y);
  const fx = x - ix;
  const fy = y - iy;
  const sx = fx * fx * (3 - 2 * fx);
  const sy = fy * fy * (3 - 2 * fy);
  const top = hash(ix, iy) * (1 - sx) + hash(ix + 1, iy) * sx;
  const bottom = hash(ix, iy + 1) * (1 - sx) + hash(ix + 1, iy + 1) * sx;
  return top * (1 - sy) + bottom * sy;
}

function intersectPiece(piece: Piece, ox: number, oy: number, oz: number, dx: number, dy: number, dz: number): boolean {
  if (piece.kind === 'ellipsoid') {
    const [rx, ry, rz] = piece.radii;
    const px = (ox - piece.center[0]) / rx;
    const py = (oy - piece.center[1]) / ry;
    const pz = (oz - piece.center[2]) / rz;
    const qx = dx / rx;
    const qy = dy / ry;
    const qz = dz / rz;
    const a = qx * qx + qy * qy + qz * qz;
    const b = px * qx + py * qy + pz * qz;
    const c = px * px + py * py + pz * pz - 1;
    const disc = b * b - a * c;
    if (disc <= 0) return false;
    const t = (-b - Math.sqrt(disc)) / a;
    if (t <= 1e-3 || t >= hit.t) return false;
    hit.t = t;
    const nx = (px + qx * t) / rx;
    const ny = (py + qy * t) / ry;
    const nz = (pz + qz * t) / rz;
    const inv = 1 / Math.hypot(nx, ny, nz);
    hit.nx = nx * inv;
    hit.ny = ny * inv;
    hit.nz = nz * inv;
    hit.material = piece.material;
    return true;
  }
  const planes = piece.planes;
  let near = -far;
  let exit = far;
  let face = 0;
  for (let i = 0; i < planes.length; i += 4) {
    const nx = planes[i] as number;
    const ny = planes[i + 1] as number;
    const nz = planes[i + 2] as number;
    const gap = (planes[i + 3] as number) - nx * ox - ny * oy - nz * oz;
    const slope = nx * dx + ny * dy + nz * dz;
    if (slope === 0) {
      if (gap < 0) return false;
      continue;
    }
    const t = gap / slope;
    if (slope < 0) {
      if (t > near) {
        near = t;
        face = i;
      }
    } else if (t < exit) exit = t;
    if (near > exit) return false;
  }
  if (near <= 1e-3 || near >= hit.t) return false;
  hit.t = near;
  hit.nx = planes[face] as number;
  hit.ny = planes[face + 1] as number;
  hit.nz = planes[face + 2] as number;
  hit.material = piece.materials[face >> 2] as Material;
  return true;
}

/** Intersects a placed model; on a hit leaves world normal and model point in `hit`. */
function intersectPlaced(placed: Placed, ox: number, oy: number, oz: number, dx: number, dy: number, dz: number): boolean {
  const cos = Math.cos(placed.yaw);
  const sin = Math.sin(placed.yaw);
  const wx = ox - placed.x;
  const wz = oz - placed.z;
  const lox = wx * cos - wz * sin;
  const loz = wx * sin + wz * cos;
  const loy = oy - placed.y;
  const ldx = dx * cos - dz * sin;
  const ldz = dx * sin + dz * cos;
  let found = false;
  for (const piece of placed.model.pieces) if (intersectPiece(piece, lox, loy, loz, ldx, dy, ldz)) found = true;
  if (!found) return false;
  hit.lx = lox + ldx * hit.t;
  hit.ly = loy + dy * hit.t;
  hit.lz = loz + ldz * hit.t;
  return true;
}

function boundsOf(placed: Placed): Bounds {
  const { min, max } = placed.model;
  const mx = (min[0] + max[0]) / 2;
  const mz = (min[2] + max[2]) / 2;
  const cos = Math.cos(placed.yaw);
  const sin = Math.sin(placed.yaw);
  return {
    cx: placed.x + mx * cos + mz * sin,
    cy: placed.y + (min[1] + max[1]) / 2,
    cz: placed.z - mx * sin + mz * cos,
    r: Math.hypot(max[0] - min[0], max[1] - min[1], max[2] - min[2]) / 2,
  };
}

/** Paints one scene at one size. */
export class RayPainter {
  readonly #scene: Scene;
  readonly #width: number;
  readonly #height: number;
  readonly #right: Vector;
  readonly #up: Vector;
  readonly #forward: Vector;
  readonly #focal: number;
  readonly #bounds: Bounds[];
  readonly #shade = newShade();
  readonly #color = new Float64Array(3);
  readonly #ray = new Float64Array(3);
  /** The still picture, the distance of each of four samples a pixel, and whether its ground lies in the sun. */
  readonly #still: Float32Array;
  readonly #depth: Float32Array;
  readonly #sunny: Uint8Array;
  readonly #mirrored: Float32Array;
  readonly #mirror: Float32Array;
  readonly #water: number[] = [];
  readonly #frame: Float32Array;
  readonly #vignette: Float32Array;
  readonly #curve = new Uint8Array(4097);

  constructor(scene: Scene, width: number, height: number) {
    this.#scene = scene;
    this.#width = width;
    this.#height = height;
    const [ex, ey, ez] = scene.eye;
    const fx = scene.target[0] - ex;
    const fy = scene.target[1] - ey;
    const fz = scene.target[2] - ez;
    const fl = Math.hypot(fx, fy, fz);
    this.#forward = [fx / fl, fy / fl, fz / fl];
    const rl = Math.hypot(fz, fx);
    this.#right = [fz / rl, 0, -fx / rl];
    const [rx, , rz] = this.#right;
    const [dx, dy, dz] = this.#forward;
    this.#up = [dy * rz, dz * rx - dx * rz, -dy * rx];
    this.#focal = 1 / Math.tan((scene.fov * Math.PI) / 360);
    this.#bounds = scene.still.map(boundsOf);
    const pixels = width * height;
    this.#still = new Float32Array(pixels * 3);
    this.#depth = new Float32Array(pixels * 4);
    this.#sunny = new Uint8Array(pixels);
    this.#mirrored = new Float32Array(pixels * 3);
    this.#mirror = new Float32Array(pixels);
    this.#frame = new Float32Array(pixels * 3);
    this.#vignette = new Float32Array(pixels);
    for (let i = 0; i <= 4096; i += 1) {
      const linear = i / 4096;
      this.#curve[i] = Math.round(255 * (linear <= 0.0031308 ? linear * 12.92 : 1.055 * linear ** (1 / 2.4) - 0.055));
    }
    this.#paintStill();
  }

  #rayAt(px: number, py: number): void {
    const u = (px - this.#width / 2) / (this.#height / 2);
    const v = (this.#height / 2 - py) / (this.#height / 2);
    // The lens bends outwards a little, as small fixed lenses do.
    const bend = (1 + 0.035 * (u * u + v * v)) / this.#focal;
    const [rx, ry, rz] = this.#right;
    const [ux, uy, uz] = this.#up;
    const [fx, fy, fz] = this.#forward;
    const x = fx + (rx * u + ux * v) * bend;
    const y = fy + (ry * u + uy * v) * bend;
    const z = fz + (rz * u + uz * v) * bend;
    const inv = 1 / Math.hypot(x, y, z);
    this.#ray[0] = x * inv;
    this.#ray[1] = y * inv;
    this.#ray[2] = z * inv;
  }

  /** Where a point appears: pixel x, pixel y, distance; null behind the camera. */
  #project(x: number, y: number, z: number): [number, number, number] | null {
    const [ex, ey, ez] = this.#scene.eye;
    const px = x - ex;
    const py = y - ey;
    const pz = z - ez;
    const depth = px * this.#forward[0] + py * this.#forward[1] + pz * this.#forward[2];
    if (depth < 0.3) return null;
    const u = ((px * this.#right[0] + py * this.#right[1] + pz * this.#right[2]) / depth) * this.#focal;
    const v = ((px * this.#up[0] + py * this.#up[1] + pz * this.#up[2]) / depth) * this.#focal;
    let bu = u;
    let bv = v;
    for (let i = 0; i < 4; i += 1) {
      const bend = 1 + 0.035 * (bu * bu + bv * bv);
      bu = u / bend;
      bv = v / bend;
    }
    return [this.#width / 2 + (bu * this.#height) / 2, this.#height / 2 - (bv * this.#height) / 2, Math.hypot(px, py, pz)];
  }

  #nearestStill(ox: number, oy: number, oz: number, dx: number, dy: number, dz: number): Placed | null {
    let best: Placed | null = null;
    const { still } = this.#scene;
    for (let i = 0; i < still.length; i += 1) {
      const b = this.#bounds[i] as Bounds;
      const cx = b.cx - ox;
      const cy = b.cy - oy;
      const cz = b.cz - oz;
      const along = cx * dx + cy * dy + cz * dz;
      const off = cx * cx + cy * cy + cz * cz - along * along;
      if (off > b.r * b.r || along < -b.r || along - b.r > hit.t) continue;
      const placed = still[i] as Placed;
      if (intersectPlaced(placed, ox, oy, oz, dx, dy, dz)) {
        best = placed;
        // the model normal is turned into the world once it is known to be the nearest so far
        const cos = Math.cos(placed.yaw);
        const sin = Math.sin(placed.yaw);
        this.#worldNormal[0] = hit.nx * cos + hit.nz * sin;
        this.#worldNormal[1] = hit.ny;
        this.#worldNormal[2] = -hit.nx * sin + hit.nz * cos;
      }
    }
    return best;
  }
  readonly #worldNormal = new Float64Array(3);

  /** Light falling on a surface, multiplied into the shade: the result is in `#color`. */
  #light(x: number, y: number, z: number, nx: number, ny: number, nz: number, sunlit: boolean): void {
    const { skyLight, groundLight, sun, lights } = this.#scene;
    const s = this.#shade;
    const k = 0.5 + 0.5 * ny;
    let r = groundLight[0] + (skyLight[0] - groundLight[0]) * k;
    let g = groundLight[1] + (skyLight[1] - groundLight[1]) * k;
    let b = groundLight[2] + (skyLight[2] - groundLight[2]) * k;
    if (sun && sunlit) {
      const facing = Math.max(0, nx * sun.direction[0] + ny * sun.direction[1] + nz * sun.direction[2]);
      r += sun.color[0] * facing;
      g += sun.color[1] * facing;
      b += sun.color[2] * facing;
    }
    for (const lamp of lights) {
      const lx = lamp.at[0] - x;
      const ly = lamp.at[1] - y;
      const lz = lamp.at[2] - z;
      const d2 = lx * lx + ly * ly + lz * lz;
      if (d2 > 3600) continue;
      const inv = 1 / Math.sqrt(d2 + 0.01);
      const facing = Math.max(0.06, (lx * nx + ly * ny + lz * nz) * inv) * Math.max(0.05, ly * inv);
      const power = (facing * 60) / (8 + d2);
      r += lamp.color[0] * power;
      g += lamp.color[1] * power;
      b += lamp.color[2] * power;
    }
    this.#color[0] = s.r * r + s.er;
    this.#color[1] = s.g * g + s.eg;
    this.#color[2] = s.b * b + s.eb;
  }

  #fog(distance: number): void {
    const { fog } = this.#scene;
    const clear = Math.exp(-distance * fog.density);
    for (let i = 0; i < 3; i += 1) this.#color[i] = (this.#color[i] as number) * clear + (fog.color[i] as number) * (1 - clear);
  }

  #clearShade(): void {
    const s = this.#shade;
    s.er = s.eg = s.eb = s.mirror = 0;
    s.waves = false;
  }

  #inSun(x: number, y: number, z: number): boolean {
    const { sun } = this.#scene;
    if (!sun) return false;
    hit.t = far;
    return this.#nearestStill(x, y, z, sun.direction[0], sun.direction[1], sun.direction[2]) === null;
  }

  /** Traces the still scene; answers the distance, leaves the colour in `#color`. `bounce`: follow the ground's mirror. */
  #trace(
    ox: number,
    oy: number,
    oz: number,
    dx: number,
    dy: number,
    dz: number,
  ): { t: number; sunny: boolean; mirror: number; waves: boolean } {
    hit.t = far;
    const placed = this.#nearestStill(ox, oy, oz, dx, dy, dz);
    const groundT = dy < -1e-5 ? -oy / dy : far;
    this.#clearShade();
    if (!placed && groundT > 4000) {
      this.#scene.sky(dx, dy, dz, this.#shade);
      this.#color[0] = this.#shade.er;
      this.#color[1] = this.#shade.eg;
      this.#color[2] = this.#shade.eb;
      return { t: far, sunny: false, mirror: 0, waves: false };
    }
    const onGround = groundT < hit.t;
    const t = onGround ? groundT : hit.t;
    const x = ox + dx * t;
    const y = onGround ? 0 : oy + dy * t;
    const z = oz + dz * t;
    let nx = 0;
    let ny = 1;
    let nz = 0;
    if (onGround) this.#scene.ground(x, 0, z, 0, 1, 0, this.#shade);
    else {
      hit.material?.(hit.lx, hit.ly, hit.lz, hit.nx, hit.ny, hit.nz, this.#shade);
      [nx, ny, nz] = this.#worldNormal as unknown as [number, number, number];
    }
    const mirror = onGround ? this.#shade.mirror : 0;
    const waves = this.#shade.waves;
    const sunny = this.#inSun(x + nx * 0.01, y + ny * 0.01, z + nz * 0.01);
    this.#light(x, y, z, nx, ny, nz, sunny);
    this.#fog(t);
    return { t, sunny: sunny && onGround, mirror, waves };
  }

  #paintStill(): void {
    const [ex, ey, ez] = this.#scene.eye;
    const w = this.#width;
    for (let py = 0; py < this.#height; py += 1) {
      for (let px = 0; px < w; px += 1) {
        const at = py * w + px;
        let sunny = 0;
        let waves = false;
        let mirror = 0;
        for (let sample = 0; sample < 4; sample += 1) {
          this.#rayAt(px + 0.25 + (sample & 1) * 0.5, py + 0.25 + (sample >> 1) * 0.5);
          const [dx, dy, dz] = this.#ray as unknown as [number, number, number];
          const seen = this.#trace(ex, ey, ez, dx, dy, dz);
          this.#depth[at * 4 + sample] = seen.t;
          if (seen.sunny) sunny += 1;
          for (let c = 0; c < 3; c += 1) this.#still[at * 3 + c] = (this.#still[at * 3 + c] as number) + (this.#color[c] as number) / 4;
          if (seen.mirror > 0 && sample === 0) {
            mirror = seen.mirror;
            waves = seen.waves;
            const x = ex + dx * seen.t;
            const z = ez + dz * seen.t;
            this.#trace(x, 0.01, z, dx, -dy, dz);
            for (let c = 0; c < 3; c += 1) this.#mirrored[at * 3 + c] = this.#color[c] as number;
          }
        }
        this.#sunny[at] = sunny > 2 ? 1 : 0;
        if (mirror > 0) {
          // Fresnel: water and wet stone mirror more the flatter one looks at them (Schlick's approximation).
          this.#rayAt(px + 0.5, py + 0.5);
          this.#mirror[at] = mirror * (0.04 + 0.96 * (1 + (this.#ray[1] as number)) ** 5);
          if (waves) this.#water.push(at);
        }
        const u = (px / w - 0.5) * 2;
        const v = (py / this.#height - 0.5) * 2;
        this.#vignette[at] = this.#scene.exposure * (1 - 0.2 * (u * u * 0.7 + v * v * 0.5));
      }
    }
    for (let at = 0; at < this.#mirror.length; at += 1) {
      const k = this.#mirror[at] as number;
      if (k === 0 || this.#water.length > 0) continue;
      for (let c = 0; c < 3; c += 1) {
        const i = at * 3 + c;
        this.#still[i] = (this.#still[i] as number) * (1 - k) + (this.#mirrored[i] as number) * k;
      }
    }
  }

  #paintWater(seconds: number, loopSeconds: number): void {
    const turn = (2 * Math.PI) / loopSeconds;
    const [ex, , ez] = this.#scene.eye;
    const w = this.#width;
    for (const at of this.#water) {
      const t = this.#depth[at * 4] as number;
      const px = at % w;
      const py = (at - px) / w;
      this.#rayAt(px + 0.25, py + 0.25);
      const x = ex + (this.#ray[0] as number) * t;
      const z = ez + (this.#ray[2] as number) * t;
      const wave =
        Math.sin(x * 0.9 + z * 0.35 - seconds * turn * 9) +
        Math.sin(x * -0.5 + z * 1.3 + seconds * turn * 11) +
        0.7 * Math.sin(x * 2.1 + z * 1.7 - seconds * turn * 17 + 4 * noise(x * 0.3, z * 0.3));
      const calm = 1 / (1 + t / 40);
      const fromY = Math.max(0, Math.min(this.#height - 1, Math.round(py + wave * calm * this.#height * 0.022)));
      const fromX = Math.max(0, Math.min(w - 1, Math.round(px + wave * calm * this.#height * 0.008)));
      let from = fromY * w + fromX;
      if ((this.#mirror[from] as number) === 0) from = at;
      const k = Math.min(1, (this.#mirror[at] as number) * (1 + 0.25 * wave * calm));
      for (let c = 0; c < 3; c += 1) {
        const i = at * 3 + c;
        this.#frame[i] = (this.#still[i] as number) * (1 - k) * (1 + 0.12 * wave * calm) + (this.#mirrored[from * 3 + c] as number) * k;
      }
    }
  }

  /** Screen rectangle of some world points, clipped; null when nothing of it is on screen. */
  #rectOf(points: readonly Vector[], margin: number): [number, number, number, number] | null {
    let x0 = far;
    let y0 = far;
    let x1 = -far;
    let y1 = -far;
    for (const [x, y, z] of points) {
      const seen = this.#project(x, y, z);
      if (!seen) return null;
      x0 = Math.min(x0, seen[0]);
      x1 = Math.max(x1, seen[0]);
      y0 = Math.min(y0, seen[1]);
      y1 = Math.max(y1, seen[1]);
    }
    x0 = Math.max(0, Math.floor(x0 - margin));
    y0 = Math.max(0, Math.floor(y0 - margin));
    x1 = Math.min(this.#width - 1, Math.ceil(x1 + margin));
    y1 = Math.min(this.#height - 1, Math.ceil(y1 + margin));
    return x0 > x1 || y0 > y1 ? null : [x0, y0, x1, y1];
  }

  #corners(placed: Placed): Vector[] {
    const { min, max } = placed.model;
    const cos = Math.cos(placed.yaw);
    const sin = Math.sin(placed.yaw);
    const points: Vector[] = [];
    for (const lx of [min[0], max[0]])
      for (const ly of [min[1], max[1]])
        for (const lz of [min[2], max[2]]) points.push([placed.x + lx * cos + lz * sin, placed.y + ly, placed.z - lx * sin + lz * cos]);
    return points;
  }

  #paintShadow(placed: Placed, corners: readonly Vector[]): void {
    const { sun, skyLight, eye } = this.#scene;
    const w = this.#width;
    const reach: Vector[] = corners.map(([x, , z]) => [x, 0, z]);
    if (sun)
      for (const [x, y, z] of corners)
        reach.push([x - (sun.direction[0] * y) / sun.direction[1], 0, z - (sun.direction[2] * y) / sun.direction[1]]);
    const rect = this.#rectOf(reach, 4);
    if (!rect) return;
    const { min, max } = placed.model;
    const cos = Math.cos(placed.yaw);
    const sin = Math.sin(placed.yaw);
    const dark = sun ? skyLight[1] / (skyLight[1] + sun.color[1] * sun.direction[1]) : 1;
    for (let py = rect[1]; py <= rect[3]; py += 1) {
      for (let px = rect[0]; px <= rect[2]; px += 1) {
        const at = py * w + px;
        this.#rayAt(px + 0.5, py + 0.5);
        const t = this.#depth[at * 4 + 3] as number;
        const dy = this.#ray[1] as number;
        if (dy > -1e-4 || Math.abs(eye[1] + dy * t - placed.y) > 0.3) continue;
        const x = eye[0] + (this.#ray[0] as number) * t;
        const z = eye[2] + (this.#ray[2] as number) * t;
        let factor = 1;
        if (sun && this.#sunny[at]) {
          hit.t = far;
          if (intersectPlaced(placed, x, placed.y + 0.02, z, sun.direction[0], sun.direction[1], sun.direction[2])) factor = dark;
        }
        const wx = x - placed.x;
        const wz = z - placed.z;
        const lx = wx * cos - wz * sin;
        const lz = wx * sin + wz * cos;
        const outside = Math.hypot(Math.max(0, lx - max[0], min[0] - lx), Math.max(0, lz - max[2], min[2] - lz));
        if (outside < 0.8) factor *= 0.55 + (0.45 * outside) / 0.8;
        if (factor >= 1) continue;
        for (let c = 0; c < 3; c += 1) this.#frame[at * 3 + c] = (this.#frame[at * 3 + c] as number) * factor;
      }
    }
  }

  #paintPlaced(placed: Placed, corners: readonly Vector[]): void {
    const rect = this.#rectOf(corners, 2);
    if (!rect) return;
    const [ex, ey, ez] = this.#scene.eye;
    const w = this.#width;
    const cos = Math.cos(placed.yaw);
    const sin = Math.sin(placed.yaw);
    const bounds = boundsOf(placed);
    const sunlit = this.#inSun(bounds.cx, bounds.cy, bounds.cz);
    for (let py = rect[1]; py <= rect[3]; py += 1) {
      for (let px = rect[0]; px <= rect[2]; px += 1) {
        const at = py * w + px;
        let covered = 0;
        let r = 0;
        let g = 0;
        let b = 0;
        for (let sample = 0; sample < 4; sample += 1) {
          this.#rayAt(px + 0.25 + (sample & 1) * 0.5, py + 0.25 + (sample >> 1) * 0.5);
          const [dx, dy, dz] = this.#ray as unknown as [number, number, number];
          hit.t = this.#depth[at * 4 + sample] as number;
          if (!intersectPlaced(placed, ex, ey, ez, dx, dy, dz)) continue;
          const { t, nx, ny, nz } = hit;
          this.#clearShade();
          hit.material?.(hit.lx, hit.ly, hit.lz, nx, ny, nz, this.#shade);
          this.#light(ex + dx * t, ey + dy * t, ez + dz * t, nx * cos + nz * sin, ny, -nx * sin + nz * cos, sunlit);
          this.#fog(t);
          covered += 1;
          r += this.#color[0] as number;
          g += this.#color[1] as number;
          b += this.#color[2] as number;
        }
        if (covered === 0) continue;
        const rest = 1 - covered / 4;
        const i = at * 3;
        this.#frame[i] = (this.#frame[i] as number) * rest + r / 4;
        this.#frame[i + 1] = (this.#frame[i + 1] as number) * rest + g / 4;
        this.#frame[i + 2] = (this.#frame[i + 2] as number) * rest + b / 4;
      }
    }
  }

  /** Adds a soft disc of light; `size` is its radius in metres. */
  #glow(x: number, y: number, z: number, color: Vector, size: number, stretch: number): void {
    const seen = this.#project(x, y, z);
    if (!seen) return;
    const [cx, cy, distance] = seen;
    const ix = Math.round(cx);
    const iy = Math.round(cy);
    if (
      ix >= 0 &&
      iy >= 0 &&
      ix < this.#width &&
      iy < this.#height &&
      (this.#depth[(iy * this.#width + ix) * 4] as number) < distance - 1.5
    )
      return;
    const radius = Math.max(0.9, (size * this.#focal * this.#height) / 2 / distance);
    const reach = radius * 5;
    const fade = Math.exp(-distance * this.#scene.fog.density);
    for (let py = Math.max(0, Math.floor(cy - reach * stretch)); py <= Math.min(this.#height - 1, cy + reach * stretch); py += 1) {
      for (let px = Math.max(0, Math.floor(cx - reach)); px <= Math.min(this.#width - 1, cx + reach); px += 1) {
        const d2 = ((px - cx) ** 2 + ((py - cy) / stretch) ** 2) / (radius * radius);
        const power = fade * (Math.exp(-d2 * 1.4) + 0.06 * Math.exp(-d2 / 7));
        if (power < 0.002) continue;
        const i = (py * this.#width + px) * 3;
        this.#frame[i] = (this.#frame[i] as number) + color[0] * power;
        this.#frame[i + 1] = (this.#frame[i + 1] as number) + color[1] * power;
        this.#frame[i + 2] = (this.#frame[i + 2] as number) + color[2] * power;
      }
    }
  }

  #paintBeam(placed: Placed): void {
    const { eye } = this.#scene;
    const cos = Math.cos(placed.yaw);
    const sin = Math.sin(placed.yaw);
    const front = placed.model.max[2];
    const corner = (lx: number, lz: number): Vector => [placed.x + lx * cos + lz * sin, 0, placed.z - lx * sin + lz * cos];
    const rect = this.#rectOf([corner(-3.5, front), corner(3.5, front), corner(-3.5, front + 22), corner(3.5, front + 22)], 2);
    if (!rect) return;
    for (let py = rect[1]; py <= rect[3]; py += 1) {
      for (let px = rect[0]; px <= rect[2]; px += 1) {
        const at = py * this.#width + px;
        this.#rayAt(px + 0.5, py + 0.5);
        const t = this.#depth[at * 4] as number;
        const dy = this.#ray[1] as number;
        if (dy > -1e-4 || eye[1] + dy * t > 0.3) continue;
        const wx = eye[0] + (this.#ray[0] as number) * t - placed.x;
        const wz = eye[2] + (this.#ray[2] as number) * t - placed.z;
        const lx = wx * cos - wz * sin;
        const lz = wx * sin + wz * cos - front;
        if (lz < 0 || lz > 22) continue;
        const power =
          0.16 *
          Math.exp(-((lx / (1 + lz * 0.1)) ** 2)) *
          Math.min(1, lz / 2.5) *
          Math.exp(-lz / 8) *
          Math.exp(-t * this.#scene.fog.density);
        const i = at * 3;
        this.#frame[i] = (this.#frame[i] as number) + power;
        this.#frame[i + 1] = (this.#frame[i + 1] as number) + power * 0.95;
        this.#frame[i + 2] = (this.#frame[i + 2] as number) + power * 0.8;
      }
    }
  }

  #paintLamps(placed: Placed): void {
    const { eye } = this.#scene;
    const cos = Math.cos(placed.yaw);
    const sin = Math.sin(placed.yaw);
    const toX = eye[0] - placed.x;
    const toZ = eye[2] - placed.z;
    const facing = (toX * sin + toZ * cos) / Math.hypot(toX, toZ, eye[1]);
    for (const lamp of placed.model.lamps) {
      const power = Math.max(0, lamp.front ? facing : -facing);
      if (power < 0.1 || (lamp.front && !this.#scene.headlamps)) continue;
      const [lx, ly, lz] = lamp.at;
      const x = placed.x + lx * cos + lz * sin;
      const z = placed.z - lx * sin + lz * cos;
      const color: Vector = lamp.front
        ? [2.2 * power * power, 2.1 * power * power, 1.8 * power * power]
        : placed.braking
          ? [1.8 * power, 0.08 * power, 0.05 * power]
          : [0.75 * power, 0.03 * power, 0.02 * power];
      this.#glow(x, placed.y + ly, z, color, lamp.front ? 0.24 : 0.15, 1);
      if (lamp.front) this.#glow(x, -placed.y - ly, z, [color[0] * 0.06, color[1] * 0.06, color[2] * 0.05], 0.25, 4);
    }
  }

  #paintRain(frame: number): void {
    const streaks = Math.round((this.#width * this.#height) / 1500);
    for (let i = 0; i < streaks; i += 1) {
      const x = Math.floor(hash(i, frame * 7 + 1) * this.#width);
      const y = Math.floor(hash(i, frame * 7 + 2) * this.#height);
      const near = hash(i, frame * 7 + 3);
      const length = Math.round((0.02 + 0.05 * near * near) * this.#height);
      const power = 0.025 + 0.05 * near * near;
      for (let k = 0; k < length; k += 1) {
        const py = y + k;
        const px = x - Math.round(k * 0.12);
        if (py >= this.#height || px < 0) break;
        const at = (py * this.#width + px) * 3;
        for (let c = 0; c < 3; c += 1) this.#frame[at + c] = (this.#frame[at + c] as number) + power;
      }
    }
  }

  /** Paints the picture at `seconds` into the loop as RGB bytes; `frame` seeds noise and rain. */
  paint(seconds: number, loopSeconds: number, frame: number): Uint8Array {
    const scene = this.#scene;
    this.#frame.set(this.#still);
    if (this.#water.length > 0) this.#paintWater(seconds, loopSeconds);
    const [ex, , ez] = scene.eye;
    const moving = [...scene.moving(seconds)].sort((a, b) => Math.hypot(b.x - ex, b.z - ez) - Math.hypot(a.x - ex, a.z - ez));
    const all = moving.map((placed) => ({ placed, corners: this.#corners(placed) }));
    for (const { placed, corners } of all) this.#paintShadow(placed, corners);
    if (scene.headlamps) for (const { placed } of all) if (placed.model.lamps.length > 0) this.#paintBeam(placed);
    for (const { placed, corners } of all) {
      this.#paintPlaced(placed, corners);
      if (scene.headlamps || placed.braking) this.#paintLamps(placed);
    }
    for (const lamp of scene.lights)
      if (lamp.glow) this.#glow(...lamp.at, [lamp.color[0] * 1.2, lamp.color[1] * 1.2, lamp.color[2] * 1.2], 0.3, 1);
    for (const signal of scene.signals?.(seconds) ?? []) this.#glow(...signal.at, signal.color, signal.size, 1);
    if (scene.rain) this.#paintRain(frame);
    return this.#develop(frame);
  }

  #develop(frame: number): Uint8Array {
    const { noise: grain, monochrome } = this.#scene;
    const out = new Uint8ClampedArray(this.#frame.length);
    let random = (frame + 1) * 2654435761;
    for (let at = 0; at < this.#vignette.length; at += 1) {
      const k = this.#vignette[at] as number;
      const i = at * 3;
      let r = (this.#frame[i] as number) * k;
      let g = (this.#frame[i + 1] as number) * k;
      let b = (this.#frame[i + 2] as number) * k;
      if (monochrome) r = g = b = r * 0.35 + g * 0.5 + b * 0.15;
      random = (Math.imul(random, 1664525) + 1013904223) | 0;
      const n = ((random >>> 16) / 32768 - 1) * grain;
      out[i] = this.#tone(r) + n;
      out[i + 1] = this.#tone(g) + n;
      out[i + 2] = this.#tone(b) + n;
    }
    return new Uint8Array(out.buffer);
  }

  /** Film-like shoulder: bright things bend towards white instead of clipping hard. */
  #tone(value: number): number {
    const bent = value < 0.6 ? value : 0.6 + 0.4 * (1 - Math.exp(-(value - 0.6) / 0.4));
    return this.#curve[Math.max(0, Math.min(4096, (bent * 4096) | 0))] as number;
  }
}
