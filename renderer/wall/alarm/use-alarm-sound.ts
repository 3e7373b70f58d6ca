import { effectScope, onScopeDispose, shallowRef, watch, watchEffect, type EffectScope, type ShallowRef } from 'vue';
import type { Severity } from '../../../alerts/contract.ts';
import type { AlarmFrame } from '../../../layouts/alarm-tiles.ts';
import type { SoundChoice } from '../../sounds/alert-ringer.ts';
import { useAlertRinger } from '../../sounds/use-alert-ringer.ts';

/** Screens have nobody to choose for them. */
const choice: SoundChoice = { on: true, atLeast: 'low', repeatS: 15, volume: 0.7 };

/**
 * Sounds for the alerts that lie on this screen and that nobody has acknowledged, as long as `wanted`; for what is not known to be so now, never. Answers whether
 * something should be heard and cannot.
 */
export function useAlarmSound(
  frames: Readonly<{ value: readonly AlarmFrame[] }>,
  wanted: () => boolean,
  isPresent: () => boolean,
): Readonly<ShallowRef<boolean>> {
  const unheard = shallowRef(false);
  let ringing: EffectScope | null = null;
  const sounding = () =>
    new Map<string, Severity>(
      isPresent() ? frames.value.filter(({ alarm }) => alarm.over === null).map(({ alarm }) => [alarm.alertId, alarm.severity]) : [],
    );
  watch(
    wanted,
    (on) => {
      ringing?.stop();
      ringing = on ? effectScope(true) : null;
      unheard.value = false;
      ringing?.run(() => {
        const ringer = useAlertRinger(sounding, () => choice);
        watchEffect(() => (unheard.value = ringer.ringing.value !== null && ringer.sound.value !== 'ready'));
      });
    },
    { immediate: true },
  );
  onScopeDispose(() => ringing?.stop());
  return unheard;
}
