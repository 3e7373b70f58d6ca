import type { ScopeLookup } from '../../contract/define-command.ts';

/** A hub in which nothing that a command names exists. */
export const nothingKnown: ScopeLookup = {
  camera: () => undefined,
  command: () => undefined,
  layout: () => undefined,
  preset: () => undefined,
  screen: () => undefined,
  wall: () => undefined,
  hold: () => undefined,
  handover: () => undefined,
  asset: () => undefined,
  alert: () => undefined,
  incident: () => undefined,
  unit: () => undefined,
  task: () => undefined,
};
