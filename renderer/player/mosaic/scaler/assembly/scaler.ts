/*
 * AssemblyScript, compiled to WebAssembly with SIMD: scales a planar 4:2:0 picture into a tile and turns it into RGBA in one pass.
 * A tile of a dense wall is some 30,000 pixels; this takes tens of microseconds where a 2D canvas without a GPU takes hundreds.
 *
 * Each side is first halved (pixels become the mean of their neighbours) until it is less than twice as long as the tile's, so that every
 * pixel of the picture counts; the rest is bilinear. Weights have 7 bits, colours 4 bits behind the point: at most one step of 255 off.
 * Rows may be read up to 48 bytes beyond their end and written up to 15 pixels: whoever calls leaves that room.
 */

/** A table has one entry for each eight pixels of the tile: where to read, which bytes, and how much of the right one. */
const entryBytes: i32 = 48;

/** Makes the table that leads from `source` to `target` pixels of a row at `table`; answers the bytes that it takes. */
export function makeTable(source: i32, target: i32, table: usize): i32 {
  const entries = (target + 7) >> 3;
  const step = <f64>source / <f64>target;
  for (let entry = 0; entry < entries; entry++) {
    const at = table + <usize>(entry * entryBytes);
    let base = 0;
    for (let i = 0; i < 8; i++) {
      const pixel = min(entry * 8 + i, target - 1);
      const place = max<f64>((<f64>pixel + 0.5) * step - 0.5, 0);
      let left = <i32>Math.floor(place);
      let weight = <i32>Math.round((place - <f64>left) * 128);
      if (left >= source - 1) {
        left = source - 1;
        weight = 0;
      }
      if (i == 0) base = left;
      store<u8>(at + 16 + i, <u8>(left - base));
      store<u8>(at + 24 + i, <u8>((weight == 0 ? left : left + 1) - base));
      store<i16>(at + 32 + 2 * i, <i16>weight);
    }
    store<i32>(at, base);
  }
  return entries * entryBytes;
}

/**
 * `y`, `u`, `v`: the planes, with their strides; `width` × `height` in luma samples. `target`: RGBA, `targetStride` bytes a row, room for whole
 * groups of 16 pixels. `tableY`, `tableC`: from `makeTable`, from the widths of
 * luma and colour that are left after halving to `targetWidth` and its half, rounded up. Colour: R = cy·(Y−black) + crv·(V−128) and so on,
 * each factor × 8192. Scratch must hold as much as the planes
 * and three rows more.
 */
export function convert(
  y: usize,
  u: usize,
  v: usize,
  strideY: i32,
  strideC: i32,
  width: i32,
  height: i32,
  target: usize,
  targetStride: i32,
  targetWidth: i32,
  targetHeight: i32,
  tableY: usize,
  tableC: usize,
  scratch: usize,
  black: i32,
  cy: i32,
  crv: i32,
  cgu: i32,
  cgv: i32,
  cbu: i32,
): void {
  let widthC = (width + 1) >> 1;
  let heightC = (height + 1) >> 1;
  while (true) {
    const across = width >= 2 * targetWidth;
    const down = height >= 2 * targetHeight;
    if (!across && !down) break;
    const reducedY = padded(across ? width >> 1 : width);
    const reducedC = padded(across ? widthC >> 1 : widthC);
    const linesY = down ? height >> 1 : height;
    const linesC = down ? heightC >> 1 : heightC;
    reduce(y, strideY, reducedY, linesY, across, down, scratch);
    y = scratch;
    scratch += <usize>(reducedY * linesY);
    reduce(u, strideC, reducedC, linesC, across, down, scratch);
    u = scratch;
    scratch += <usize>(reducedC * linesC);
    reduce(v, strideC, reducedC, linesC, across, down, scratch);
    v = scratch;
    scratch += <usize>(reducedC * linesC) + 32;
    strideY = reducedY;
    strideC = reducedC;
    height = linesY;
    heightC = linesC;
    if (across) {
      width >>= 1;
      widthC >>= 1;
    }
  }
  const rowY = scratch;
  const rowU = rowY + <usize>padded(width + 16);
  const rowV = rowU + <usize>padded(widthC + 16);

  const blackLevel = v128.splat<i16>(<i16>black);
  const factorY = v128.splat<i16>(<i16>cy);
  const factorRV = v128.splat<i16>(<i16>crv);
  const factorGU = v128.splat<i16>(<i16>cgu);
  const factorGV = v128.splat<i16>(<i16>cgv);
  const factorBU = v128.splat<i16>(<i16>cbu);
  const middle = v128.splat<i16>(128);
  const half = v128.splat<i16>(8);
  const opaque = v128.splat<i8>(-1);

  const stepY = <i32>((<i64>height << 16) / <i64>targetHeight);
  const stepC = <i32>((<i64>heightC << 16) / <i64>((targetHeight + 1) >> 1));
  let atY = (stepY >> 1) - 0x8000;
  let atC = (stepC >> 1) - 0x8000;
  for (let row = 0; row < targetHeight; row++) {
    blendRows(y, strideY, height, atY, width, rowY);
    atY += stepY;
    if ((row & 1) == 0) {
      blendRows(u, strideC, heightC, atC, widthC, rowU);
      blendRows(v, strideC, heightC, atC, widthC, rowV);
      atC += stepC;
    }
    let out = target + <usize>(row * targetStride);
    let entryY = tableY;
    let entryC = tableC;
    for (let column = 0; column < targetWidth; column += 16) {
      const du = v128.shl<i16>(v128.sub<i16>(pick(rowU, entryC), middle), 6);
      const dv = v128.shl<i16>(v128.sub<i16>(pick(rowV, entryC), middle), 6);
      const red = i16x8.q15mulr_sat_s(dv, factorRV);
      const green = v128.add<i16>(i16x8.q15mulr_sat_s(du, factorGU), i16x8.q15mulr_sat_s(dv, factorGV));
      const blue = i16x8.q15mulr_sat_s(du, factorBU);
      const first = luma(pick(rowY, entryY), blackLevel, factorY, half);
      const second = luma(pick(rowY, entryY + entryBytes), blackLevel, factorY, half);
      const r = channel(first, second, red);
      const g = channel(first, second, green);
      const b = channel(first, second, blue);
      const rg0 = v128.shuffle<i8>(r, g, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      const rg1 = v128.shuffle<i8>(r, g, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
      const ba0 = v128.shuffle<i8>(b, opaque, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      const ba1 = v128.shuffle<i8>(b, opaque, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
      v128.store(out, v128.shuffle<i16>(rg0, ba0, 0, 8, 1, 9, 2, 10, 3, 11));
      v128.store(out, v128.shuffle<i16>(rg0, ba0, 4, 12, 5, 13, 6, 14, 7, 15), 16);
      v128.store(out, v128.shuffle<i16>(rg1, ba1, 0, 8, 1, 9, 2, 10, 3, 11), 32);
      v128.store(out, v128.shuffle<i16>(rg1, ba1, 4, 12, 5, 13, 6, 14, 7, 15), 48);
      out += 64;
      entryY += 2 * entryBytes;
      entryC += entryBytes;
    }
  }
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function padded(bytes: i32): i32 {
  return (bytes + 15) & ~15;
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function luma(samples: v128, black: v128, factor: v128, half: v128): v128 {
  return v128.add<i16>(i16x8.q15mulr_sat_s(v128.shl<i16>(v128.sub<i16>(samples, black), 6), factor), half);
}

/** Sixteen values of a colour: every colour difference serves two pixels. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function channel(first: v128, second: v128, difference: v128): v128 {
  return i8x16.narrow_i16x8_u(
    v128.shr<i16>(v128.add<i16>(first, v128.shuffle<i16>(difference, difference, 0, 0, 1, 1, 2, 2, 3, 3)), 4),
    v128.shr<i16>(v128.add<i16>(second, v128.shuffle<i16>(difference, difference, 4, 4, 5, 5, 6, 6, 7, 7)), 4),
  );
}

/** Eight pixels of a row, each between two samples. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function pick(row: usize, entry: usize): v128 {
  const samples = v128.swizzle(v128.load(row + <usize>load<i32>(entry)), v128.load(entry, 16));
  const left = i16x8.extend_low_i8x16_u(samples);
  const right = i16x8.extend_high_i8x16_u(samples);
  return between(left, right, v128.load(entry, 32));
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function between(a: v128, b: v128, weight: v128): v128 {
  const sum = v128.add<i16>(v128.shl<i16>(a, 7), v128.mul<i16>(v128.sub<i16>(b, a), weight));
  return v128.shr<u16>(v128.add<i16>(sum, v128.splat<i16>(64)), 7);
}

/** The row at `at` (16 bits behind the point) of a plane, between the two rows around it. */
function blendRows(plane: usize, stride: i32, height: i32, at: i32, width: i32, out: usize): void {
  let row = at >> 16;
  let weight = (at >> 9) & 127;
  if (row < 0 || row >= height - 1) {
    row = row < 0 ? 0 : height - 1;
    weight = 0;
  }
  const upper = plane + <usize>(row * stride);
  const lower = weight == 0 ? upper : upper + <usize>stride;
  const share = v128.splat<i16>(<i16>weight);
  for (let x: usize = 0; x < <usize>width; x += 16) {
    const a = v128.load(upper + x);
    const b = v128.load(lower + x);
    v128.store(
      out + x,
      i8x16.narrow_i16x8_u(
        between(i16x8.extend_low_i8x16_u(a), i16x8.extend_low_i8x16_u(b), share),
        between(i16x8.extend_high_i8x16_u(a), i16x8.extend_high_i8x16_u(b), share),
      ),
    );
  }
}

/** Halves a plane across, down or both: each sample is the mean of two or four. `outStride` × `outHeight` is what is left, whole groups of 16. */
function reduce(plane: usize, stride: i32, outStride: i32, outHeight: i32, across: bool, down: bool, out: usize): void {
  const one = v128.splat<i16>(1);
  const lower: usize = down ? <usize>stride : 0;
  for (let row = 0; row < outHeight; row++) {
    let from = plane + <usize>((down ? 2 * row : row) * stride);
    let to = out + <usize>(row * outStride);
    for (let x = 0; x < outStride; x += 16) {
      const a = v128.avgr<u8>(v128.load(from), v128.load(from + lower));
      if (across) {
        const b = v128.avgr<u8>(v128.load(from, 16), v128.load(from + lower, 16));
        v128.store(
          to,
          i8x16.narrow_i16x8_u(
            v128.shr<u16>(v128.add<i16>(i16x8.extadd_pairwise_i8x16_u(a), one), 1),
            v128.shr<u16>(v128.add<i16>(i16x8.extadd_pairwise_i8x16_u(b), one), 1),
          ),
        );
        from += 32;
      } else {
        v128.store(to, a);
        from += 16;
      }
      to += 16;
    }
  }
}
