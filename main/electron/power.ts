import { powerSaveBlocker } from 'electron';

/** Keeps displays awake: a wall that sleeps shows nothing. Returns its end. */
export function stayAwake(): () => void {
  const id = powerSaveBlocker.start('prevent-display-sleep');
  return () => powerSaveBlocker.stop(id);
}
