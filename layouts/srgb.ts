/** A colour as light: red, green and blue in linear parts from 0 to 1. */
export type LinearRgb = readonly [number, number, number];

/** The light of a colour `#rrggbb`; null when it is not written so. IEC 61966-2-1. */
export function linearOf(hex: string): LinearRgb | null {
  const parts = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(hex.trim());
  if (!parts) return null;
  const [r, g, b] = parts.slice(1).map((part) => {
    const value = Number.parseInt(part, 16) / 255;
    return value <= 0.040_45 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return [r!, g!, b!];
}

/** The colour `#rrggbb` nearest to this light; what no display can show is cut off. */
export function hexOf(light: LinearRgb): string {
  const parts = light.map((part) => {
    const value = Math.min(1, Math.max(0, part));
    const coded = value <= 0.003_130_8 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055;
    return Math.round(coded * 255)
      .toString(16)
      .padStart(2, '0');
  });
  return `#${parts.join('')}`;
}

/** How bright it is seen, from 0 to 1: relative luminance as WCAG 2.2 defines it. */
export const luminanceOf = ([r, g, b]: LinearRgb) => 0.2126 * r + 0.7152 * g + 0.0722 * b;
