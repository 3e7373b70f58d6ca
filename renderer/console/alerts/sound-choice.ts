import { defineStore } from 'pinia';
import { ref, shallowRef, watch } from 'vue';
import { severityOrder, type SoundChoice } from '../../sounds/alert-ringer.ts';

const storageKey = 'taodu.alert-sound';
export const usualSound: SoundChoice = { on: true, atLeast: 'low', repeatS: 10, volume: 0.5 };
/** After so many seconds a sound may come again. */
export const repeats: readonly number[] = [5, 10, 20, 60];

/** What was kept, as far as it can be used. */
export function readSoundChoice(kept: string | null): SoundChoice {
  try {
    const { on, atLeast, repeatS, volume } = (JSON.parse(kept ?? '{}') ?? {}) as Partial<SoundChoice>;
    return {
      on: typeof on === 'boolean' ? on : usualSound.on,
      atLeast: atLeast !== undefined && severityOrder.includes(atLeast) ? atLeast : usualSound.atLeast,
      repeatS: repeatS !== undefined && repeats.includes(repeatS) ? repeatS : usualSound.repeatS,
      volume: typeof volume === 'number' && volume >= 0 && volume <= 1 ? volume : usualSound.volume,
    };
  } catch {
    return usualSound;
  }
}

/** What this desk wants to hear: kept in its browser, whoever sits there. */
export const useSoundChoice = defineStore('alert-sound', () => {
  let kept: string | null = null;
  try {
    kept = localStorage.getItem(storageKey);
  } catch {
    // policy: then it is as usual at each start
  }
  const choice = shallowRef(readSoundChoice(kept));
  /** Grows each time that a sound is to be tried. */
  const tried = ref(0);
  watch(choice, (next) => {
    try {
      localStorage.setItem(storageKey, JSON.stringify(next));
    } catch {
      // quota or policy
    }
  });
  return { choice, tried };
});
