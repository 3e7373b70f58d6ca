import type { Alert } from '../contract.ts';

/** An alert that may leave the house. Only `isOutward` makes one: what sends takes nothing else, so that an exercise cannot slip through. */
export type OutwardAlert = Alert & { readonly simulated: false; readonly drill: false; readonly __outward: true };

/** True for what is neither an exercise nor simulated. */
export function isOutward(alert: Alert): alert is OutwardAlert {
  return alert.simulated === false && alert.drill === false;
}
