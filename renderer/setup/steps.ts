/** The steps of the page, in their order. */
export const steps = ['language', 'folder', 'admin', 'wall', 'key', 'summary'] as const;
export type StepName = (typeof steps)[number];

/** The steps that are walked: a folder that holds a city needs no more than the first two. */
export const stepsOf = (opens: boolean): readonly StepName[] => (opens ? ['language', 'folder', 'summary'] : steps);
