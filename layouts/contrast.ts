import { linearOf, luminanceOf } from './srgb.ts';

/** What WCAG 2.2 asks for (1.4.3 and 1.4.11), and 7 : 1 (1.4.6) for what is read across a room. */
export const leastContrast = { room: 7, desk: 4.5, shape: 3 } as const;

/** Contrast of two opaque colours `#rrggbb`, from 1 to 21, WCAG 2.2; null when one of them is written otherwise. */
export function contrastRatio(front: string, back: string): number | null {
  const [a, b] = [linearOf(front), linearOf(back)];
  if (!a || !b) return null;
  const [light, dark] = [luminanceOf(a), luminanceOf(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/**
 * The worst ground that a CSS colour makes for light text: itself, or what a veil `rgb(r g b / n%)` leaves of a white picture. Null when it is
 * written otherwise.
 */
export function worstGround(css: string): string | null {
  if (linearOf(css)) return css.trim();
  const veil = /^rgb\(\s*(\d{1,3})\s+(\d{1,3})\s+(\d{1,3})\s*\/\s*(\d{1,3}(?:\.\d+)?)%\s*\)$/i.exec(css.trim());
  if (!veil) return null;
  const [r, g, b, percent] = veil.slice(1).map(Number) as [number, number, number, number];
  const part = Math.min(100, percent) / 100;
  // A browser mixes the coded values, not the light.
  const parts = [r, g, b].map((value) => Math.round(Math.min(255, value) * part + 255 * (1 - part)));
  return `#${parts.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}
