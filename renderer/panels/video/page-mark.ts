import { computed, onScopeDispose, shallowRef, type ComputedRef } from 'vue';
import type { CommandResult } from '../../../main/contract/catalog.ts';
import type { EpochMs } from '../../../main/contract/time.ts';
import { markText } from '../../../streams/watermark/mark-text.ts';

/** What of a session a watermark tells. */
export type MarkedSession = Pick<CommandResult<'session.who'>, 'name' | 'workstation' | 'screen'>;

/** The watermark of a page with pictures. */
export interface PageMark {
  /** What lies over all pictures, anew each minute; null on a display of a wall: nobody sits there. */
  readonly layer: ComputedRef<string | null>;
  /** What is burnt into a file made of a camera's picture now; null while nobody knows who would take it. */
  of(camera: string): string | null;
}

/** A timer stands still while the computer sleeps, and the hub's clock may be set: no minute stays up for longer than this after it is over. */
const lookEveryMs = 5000;

/**
 * The watermark of the page in whose scope this is called: who looks, where and when by the hub's clock. Until the hub has said who it is,
 * pictures carry the time alone. Neither the page's address nor any setting has a part in it.
 */
export function usePageMark(who: () => MarkedSession | null, hubNow: () => EpochMs): PageMark {
  const minute = shallowRef(hubNow());
  let timer: ReturnType<typeof setTimeout>;
  const tick = () => {
    minute.value = hubNow();
    timer = setTimeout(tick, Math.min(lookEveryMs, 60_005 - (minute.value % 60_000)));
  };
  tick();
  onScopeDispose(() => clearTimeout(timer));

  const layer = computed(() => {
    const session = who();
    if (session?.screen) return null;
    const { name = '', workstation = '' } = session ?? {};
    return markText({ login: name, workstation, address: '', at: minute.value, camera: null, seconds: false });
  });
  return {
    layer,
    of(camera) {
      const session = who();
      return session && markText({ login: session.name, workstation: session.workstation, address: '', at: hubNow(), camera });
    },
  };
}
