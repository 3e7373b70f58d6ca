import { text } from '../../i18n/index.ts';

/** A length of time to the second, as a record of what happened wants it: "9 s", "2 min 10 s", "3 h 5 min", "2 d 4 h". A negative one keeps its sign. */
export function exactDuration(ms: number): string {
  const seconds = Math.floor(Math.abs(ms) / 1000);
  const [d, h, m, s] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60];
  const two =
    d > 0
      ? [text('common.duration.d', { n: d }), h > 0 && text('common.duration.h', { n: h })]
      : h > 0
        ? [text('common.duration.h', { n: h }), m > 0 && text('common.duration.min', { n: m })]
        : m > 0
          ? [text('common.duration.min', { n: m }), s > 0 && text('common.duration.s', { n: s })]
          : [text('common.duration.s', { n: s })];
  return `${ms < 0 ? '−' : ''}${two.filter(Boolean).join(' ')}`;
}
