/** How long holds are offered for, in minutes. */
export const holdMinutes = [15, 30, 60, 120, 240, 480] as const;

/** What is offered first. */
export const usualMinutes = 30;
