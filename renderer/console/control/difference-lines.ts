import type { Scene } from '../../../layouts/contract.ts';
import { sceneDiff } from '../../../layouts/scene-diff.ts';
import { text } from '../../i18n/index.ts';
import { diffLine, type SceneNames } from '../editor/diff-words.ts';

/** A notice is read in passing: so many differences are named, of the others the count is said. */
const linesAtMost = 4;

/** What changed from one scene to another, a line each, in the page's language. */
export function differenceLines(before: Scene, after: Scene, names: SceneNames): string[] {
  const found = sceneDiff(before, after);
  const lines = found.slice(0, linesAtMost).map((difference) => {
    const { step, words } = diffLine(difference, names);
    return step === null ? words : `${text('control.tour.step', { n: step })} · ${words}`;
  });
  const more = found.length - linesAtMost;
  return more > 0 ? [...lines, text('control.conflict.more', { n: more }, more)] : lines;
}
