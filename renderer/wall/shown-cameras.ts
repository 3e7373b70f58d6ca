import { onScopeDispose, shallowRef, watch } from 'vue';
import { useHub } from '../stores/hub.ts';
import type { CollectionHandle } from '../hub-client/hub-client.ts';
import type { ShownCamera } from '../panels/video/pictures.ts';

/**
 * The cameras with these ids, and never the whole directory. While a new selection is on its way the old one still answers, so that
 * names do not vanish when a scene changes.
 */
export function useShownCameras(ids: () => readonly string[]): (cameraId: string) => ShownCamera | undefined {
  const hub = useHub();
  const version = shallowRef(0);
  let now: CollectionHandle<ShownCamera> | null = null;
  let before: CollectionHandle<ShownCamera> | null = null;

  const settle = () => {
    version.value += 1;
    if (now?.state.kind === 'waiting') return;
    before?.release();
    before = null;
  };
  watch(
    () => [...new Set(ids())].sort().join('\n'),
    (wanted) => {
      before?.release();
      before = now;
      now =
        wanted === ''
          ? null
          : hub.collection('cameras', { ids: wanted.split('\n'), fields: ['id', 'number', 'name', 'status', 'link', 'simulated'] });
      now?.onChange(settle);
      settle();
    },
    { immediate: true },
  );
  onScopeDispose(() => {
    now?.release();
    before?.release();
  });
  return (cameraId) => (version.value >= 0 ? (now?.items.get(cameraId) ?? before?.items.get(cameraId)) : undefined);
}
