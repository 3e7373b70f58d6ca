/** Goes through the pauses of what could be done in steps, and answers what comes of it. */
export function allSteps<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
