import type { DemoStory } from '../../../main/contract/demo-city.ts';

/** A story that is being told: since when, until when (null: it goes on), and where (null: where the story itself has its place). */
export interface ToldStory {
  readonly story: DemoStory;
  readonly district: string | null;
  readonly since: number;
  readonly until: number | null;
}

/** How far a story has come at an instant: 0 before and after, 1 in full; it comes within `risesMs` and goes as slowly. */
export function storyStrength(stories: readonly ToldStory[], story: DemoStory, at: number, risesMs: number): number {
  return stories.reduce((most, told) => {
    if (told.story !== story || at < told.since) return most;
    const risen = Math.min(1, (Math.min(at, told.until ?? at) - told.since) / risesMs);
    const fallen = told.until === null || at < told.until ? 0 : (at - told.until) / risesMs;
    return Math.max(most, risen - fallen, 0);
  }, 0);
}

/** The story as it was begun last and goes on; undefined: it is not being told. */
export function runningStory(stories: readonly ToldStory[], story: DemoStory): ToldStory | undefined {
  return stories.findLast((told) => told.story === story && told.until === null);
}

/** Whoever forgets a story does not have the rain for ever. */
export const storyLastsMs = 3_600_000;

/** The stories after somebody began or ended one; what is over for long is forgotten. */
export function toldOn(
  stories: readonly ToldStory[],
  { story, district, active }: { readonly story: DemoStory; readonly district: string | null; readonly active: boolean },
  now: number,
): readonly ToldStory[] {
  const isSame = (told: ToldStory) => told.story === story && told.until === null && (district === null || told.district === district);
  const ended = stories.map((told) => (isSame(told) ? { ...told, until: now } : told));
  return overTime(active ? [...ended, { story, district, since: now, until: null }] : ended, now);
}

/** The stories as they stand now: those that were told for long enough have ended, and those that ended long ago are no more. */
export function overTime(stories: readonly ToldStory[], now: number): readonly ToldStory[] {
  return stories
    .map((told) => (told.until === null && now - told.since > storyLastsMs ? { ...told, until: now } : told))
    .filter(({ until }) => until === null || now - until < storyLastsMs)
    .slice(-storiesAtMost);
}

const storiesAtMost = 50;
