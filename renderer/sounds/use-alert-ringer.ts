import { onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue';
import type { Severity } from '../../alerts/contract.ts';
import { alertPatterns } from './alert-patterns.ts';
import { AlertRinger, type SoundChoice } from './alert-ringer.ts';
import { createTonePlayer, type SoundState } from './tone-player.ts';

/** The sound of alerts on a page. */
export interface PageRinger {
  /** The worst that is to be heard; null when nothing is. */
  readonly ringing: Readonly<ShallowRef<Severity | null>>;
  readonly silenced: Readonly<ShallowRef<number>>;
  readonly sound: Readonly<ShallowRef<SoundState>>;
  silence(): void;
  /** To be called within a key or a click. */
  unlock(): void;
  /** Lets this severity be heard once, whatever rings. */
  try(severity: Severity): void;
}

const tickMs = 250;

/** Rings for `sounding` as `choice` says, for as long as the calling scope lives. */
export function useAlertRinger(sounding: () => ReadonlyMap<string, Severity>, choice: () => SoundChoice): PageRinger {
  const player = createTonePlayer();
  const sound = shallowRef(player.state);
  const ringing = shallowRef<Severity | null>(null);
  const silenced = shallowRef(0);
  const ringer = new AlertRinger(choice(), (severity) => player.play(alertPatterns[severity], choice().volume));
  const show = () => {
    ringing.value = ringer.ringing;
    silenced.value = ringer.silenced;
  };
  player.onState((state) => (sound.value = state));
  watch(
    [sounding, choice],
    () => {
      ringer.choose(choice());
      ringer.tell(sounding(), performance.now());
      show();
    },
    { immediate: true },
  );
  const timer = setInterval(() => ringer.tick(performance.now()), tickMs);
  // The first key or click on the page is the gesture that browsers wait for.
  const touched = () => {
    if (sound.value === 'blocked') player.unlock();
  };
  for (const kind of ['keydown', 'pointerdown'] as const) addEventListener(kind, touched, { capture: true, passive: true });
  onScopeDispose(() => {
    clearInterval(timer);
    for (const kind of ['keydown', 'pointerdown'] as const) removeEventListener(kind, touched, { capture: true });
    player.close();
  });
  return {
    ringing,
    silenced,
    sound,
    silence() {
      ringer.silence();
      show();
    },
    unlock: () => player.unlock(),
    try: (severity) => void player.play(alertPatterns[severity], choice().volume),
  };
}
