import type { UserId } from './ids.ts';

/** The demo city itself, which makes its feeds and units by the same commands as people; what it makes is simulated. No account has this id. */
export const demoCityUser = 'demo-city' as UserId;

/** What can be told of the demo city beside its everyday life. */
export const demoStories = ['district-offline', 'jam', 'rainstorm', 'ambulance'] as const;
export type DemoStory = (typeof demoStories)[number];
