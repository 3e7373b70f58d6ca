import { onScopeDispose, ref, shallowRef, type Ref, type ShallowRef } from 'vue';

/** Where the phone was, when, and how exactly it knows (the radius in metres that holds it with 95 %; W3C Geolocation, clause 10). WGS-84. */
export interface Fix {
  readonly lat: number;
  readonly lon: number;
  readonly accuracyM: number;
  /** By the phone's clock. */
  readonly at: number;
}

/** `off` until the person wants it sent; `unavailable` on a page without encryption and on a phone without it. */
export type PositionState = 'off' | 'asking' | 'on' | 'denied' | 'failed' | 'unavailable';

export interface Position {
  readonly state: Readonly<Ref<PositionState>>;
  readonly fix: ShallowRef<Fix | null>;
  /** The person wants it sent from now on; the phone asks once more by itself. */
  start(): void;
  stop(): void;
  /** What goes with a report now; null: nothing, also when it is too old to be true. */
  toSend(): Fix | null;
}

/** An older position is not where the phone is, in milliseconds. */
export const fixOldMs = 120_000;
const consentKey = 'taodu.unit.position';

export function usePosition(source: Geolocation | undefined = globalThis.isSecureContext ? navigator.geolocation : undefined): Position {
  const state = ref<PositionState>(source ? 'off' : 'unavailable');
  const fix: ShallowRef<Fix | null> = shallowRef(null);
  let watching: number | null = null;

  function start(): void {
    if (!source || watching !== null) return;
    state.value = 'asking';
    remember(true);
    watching = source.watchPosition(
      ({ coords, timestamp }) => {
        fix.value = { lat: coords.latitude, lon: coords.longitude, accuracyM: coords.accuracy, at: timestamp };
        state.value = 'on';
      },
      ({ code, PERMISSION_DENIED }) => {
        if (code !== PERMISSION_DENIED) return void (state.value = fix.value ? 'on' : 'failed');
        stop();
        state.value = 'denied';
      },
      { enableHighAccuracy: true, maximumAge: 10_000, timeout: 30_000 },
    );
  }
  function stop(): void {
    if (watching !== null) source?.clearWatch(watching);
    watching = null;
    fix.value = null;
    remember(false);
    state.value = source ? 'off' : 'unavailable';
  }

  if (remembered()) start();
  onScopeDispose(() => {
    if (watching !== null) source?.clearWatch(watching);
  });

  return {
    state,
    fix,
    start,
    stop,
    toSend: () => (fix.value !== null && Math.abs(Date.now() - fix.value.at) <= fixOldMs ? fix.value : null),
  };
}

function remembered(): boolean {
  try {
    return localStorage.getItem(consentKey) === 'yes';
  } catch {
    return false;
  }
}

function remember(yes: boolean): void {
  try {
    if (yes) localStorage.setItem(consentKey, 'yes');
    else localStorage.removeItem(consentKey);
  } catch {
    // it holds for this page, then
  }
}
