import { shallowRef, watch, type ShallowRef } from 'vue';

/** So many cameras are kept. */
export const recentAtMost = 30;
/** Walking down a list is not looking: a camera must stay chosen for so long. */
const lookedAtAfterMs = 1500;
const storageKey = 'taodu.recent';

/** The cameras that somebody looked at or put on a wall last, in this browser only. */
export interface RecentCameras {
  /** Latest first, at most `recentAtMost`. */
  readonly ids: Readonly<ShallowRef<readonly string[]>>;
  /** This camera was looked at, or put on a wall. */
  note(cameraId: string): void;
}

/** Takes up what is kept for this user. A camera that stays chosen is noted by itself; for as long as the calling scope lives. */
export function useRecentCameras(userId: string, chosen: () => string | null): RecentCameras {
  const ids = shallowRef(readRecent(stored(), userId));
  function note(cameraId: string): void {
    // Another page of this browser may have noted something meanwhile.
    const known = readRecent(stored(), userId);
    const before = known.length > 0 ? known : ids.value;
    ids.value = [cameraId, ...before.filter((id) => id !== cameraId)].slice(0, recentAtMost);
    store(JSON.stringify({ userId, cameraIds: ids.value }));
  }
  watch(
    chosen,
    (cameraId, _before, onCleanup) => {
      if (cameraId === null) return;
      const timer = setTimeout(() => note(cameraId), lookedAtAfterMs);
      onCleanup(() => clearTimeout(timer));
    },
    { immediate: true },
  );
  return { ids, note };
}

/** For whoever logs out: the next one here does not see what was looked at. */
export function forgetRecentCameras(): void {
  try {
    localStorage.removeItem(storageKey);
  } catch {
    // nothing could be stored either
  }
}

/** What is kept, when it is this user's; anything else, or anything that is not whole, is nothing. */
export function readRecent(text: string | null, userId: string): readonly string[] {
  if (text === null || text.length > 8192) return [];
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [];
  }
  if (typeof value !== 'object' || value === null || !('cameraIds' in value) || !('userId' in value)) return [];
  const { cameraIds } = value;
  if (value.userId !== userId || !Array.isArray(cameraIds)) return [];
  const ids = cameraIds.filter((id): id is string => typeof id === 'string' && id.length > 0 && id.length <= 64);
  return [...new Set(ids)].slice(0, recentAtMost);
}

/** How a list of recent cameras changes under the eyes of whoever uses it: what is new comes first, nothing else moves. */
export function keepPlaces(shown: readonly string[], now: readonly string[]): readonly string[] {
  const known = new Set(shown);
  const there = new Set(now);
  return [...now.filter((id) => !known.has(id)), ...shown.filter((id) => there.has(id))];
}

function stored(): string | null {
  try {
    return localStorage.getItem(storageKey);
  } catch {
    return null;
  }
}

function store(text: string): void {
  try {
    localStorage.setItem(storageKey, text);
  } catch {
    // where storage is refused it is kept for as long as the page is open
  }
}
