import { onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue';
import { ProblemError } from '../../../main/contract/errors.ts';
import type { EpochMs } from '../../../main/contract/time.ts';
import type { HubClient } from '../../hub-client/hub-client.ts';

/** A picture of a screen, made by the screen itself some time ago. */
export interface ScreenPicture {
  readonly at: EpochMs;
  /** Of the scene that it shows. */
  readonly revision: number;
  readonly url: string;
}

/** The screen is asked for a picture so often while it is in sight. */
export const askEveryMs = 2000;
/** Whoever may not see it is not asked for more often than this. */
const refusedWaitMs = 10_000;
/** After this nothing of a picture is true any more. */
export const goneAfterMs = 30_000;
/** From here on it is shown faint. */
export const oldAfterMs = 6000;

/** What is known of one screen by its pictures. */
export interface Preview {
  /** The last one; null while there is none, or none that is worth showing. */
  readonly picture: Readonly<ShallowRef<ScreenPicture | null>>;
  /** It has cameras that this person may not see. */
  readonly isRefused: Readonly<ShallowRef<boolean>>;
}

/** Asks the hub for pictures of a screen for as long as `isInSight` and the page is shown. One question at a time. */
export function usePreview(
  hub: Pick<HubClient, 'command' | 'hubNow'>,
  place: () => { readonly wallId: string; readonly screenId: string },
  isInSight: () => boolean,
): Preview {
  const picture = shallowRef<ScreenPicture | null>(null);
  const isRefused = shallowRef(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Counts what is asked for: an answer about what was in sight before is not meant. */
  let round = 0;

  const show = (next: ScreenPicture | null) => {
    const before = picture.value;
    picture.value = next;
    if (before !== null && before.url !== next?.url) URL.revokeObjectURL(before.url);
  };
  const dropOld = () => {
    if (picture.value !== null && hub.hubNow() - picture.value.at > goneAfterMs) show(null);
  };

  const ask = async (asked: number) => {
    let waitMs = askEveryMs;
    try {
      const after = picture.value?.at;
      const { wallId, screenId } = place();
      const answer = await hub.command(
        'wall.preview',
        { wallId: wallId as never, screenId: screenId as never, ...(after !== undefined && { after }) },
        { timeoutMs: 3000 },
      );
      if (asked !== round) return;
      isRefused.value = false;
      if (answer.picture) show({ at: answer.picture.at, revision: answer.picture.revision, url: urlOf(answer.picture.jpeg) });
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      if (asked !== round) return;
      isRefused.value = error.problem.code === 'out-of-scope';
      if (isRefused.value) {
        show(null);
        waitMs = refusedWaitMs;
      }
    }
    dropOld();
    timer = setTimeout(() => void ask(asked), waitMs);
  };
  const begin = () => {
    clearTimeout(timer);
    round += 1;
    // Nobody looked at its age while it was out of sight.
    dropOld();
    if (!document.hidden && isInSight()) void ask(round);
  };

  watch(
    () => {
      const { wallId, screenId } = place();
      return `${wallId}/${screenId}`;
    },
    () => {
      show(null);
      isRefused.value = false;
      begin();
    },
  );
  watch(isInSight, begin, { immediate: true });
  document.addEventListener('visibilitychange', begin);
  onScopeDispose(() => {
    document.removeEventListener('visibilitychange', begin);
    clearTimeout(timer);
    round += 1;
    show(null);
  });
  return { picture, isRefused };
}

function urlOf(jpeg: string): string {
  const bytes = Uint8Array.from(atob(jpeg), (letter) => letter.charCodeAt(0));
  return URL.createObjectURL(new Blob([bytes], { type: 'image/jpeg' }));
}
