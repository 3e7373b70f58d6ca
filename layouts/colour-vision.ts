import { hexOf, linearOf } from './srgb.ts';

/** Ways of seeing colours that a wall has to work for. */
export const colourVisions = ['protanopia', 'deuteranopia', 'tritanopia', 'achromatopsia'] as const;
export type ColourVision = (typeof colourVisions)[number];

/**
 * From the light that a display sends to the light that looks the same to most people as this looks to whoever sees so. Linear RGB.
 * G. M. Machado, M. M. Oliveira, L. A. F. Fernandes: A Physiologically-based Model for Simulation of Color Vision Deficiency, IEEE TVCG 15 (6),
 * 2009, severity 1.0. Who sees no colours sees luminance (WCAG 2.2, relative luminance).
 */
const matrices: Readonly<Record<ColourVision, readonly (readonly [number, number, number])[]>> = {
  protanopia: [
    [0.152_286, 1.052_583, -0.204_868],
    [0.114_503, 0.786_281, 0.099_216],
    [-0.003_882, -0.048_116, 1.051_998],
  ],
  deuteranopia: [
    [0.367_322, 0.860_646, -0.227_968],
    [0.280_085, 0.672_501, 0.047_413],
    [-0.011_82, 0.042_94, 0.968_881],
  ],
  tritanopia: [
    [1.255_528, -0.076_749, -0.178_779],
    [-0.078_411, 0.930_809, 0.147_602],
    [0.004_733, 0.691_367, 0.3039],
  ],
  achromatopsia: [
    [0.2126, 0.7152, 0.0722],
    [0.2126, 0.7152, 0.0722],
    [0.2126, 0.7152, 0.0722],
  ],
};

/** The `values` of an SVG `feColorMatrix` with `color-interpolation-filters="linearRGB"` that shows a page as it is seen so. */
export function colourMatrix(vision: ColourVision): string {
  return [...matrices[vision].map((row) => `${row.join(' ')} 0 0`), '0 0 0 1 0'].join('  ');
}

/** A colour `#rrggbb` as it is seen so; null when it is not written so. */
export function seenColour(vision: ColourVision, hex: string): string | null {
  const light = linearOf(hex);
  if (!light) return null;
  const [r, g, b] = matrices[vision].map((row) => row[0] * light[0] + row[1] * light[1] + row[2] * light[2]);
  return hexOf([r!, g!, b!]);
}
