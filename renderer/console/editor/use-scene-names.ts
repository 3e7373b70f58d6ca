import { currentLocale } from '../../i18n/index.ts';
import { useDeskContext } from '../desk-context.ts';
import type { SceneNames } from './diff-words.ts';

/** The names of cameras and places as the desk's directory has them; reading them in a template follows changes of both and of the language. */
export function useSceneNames(): SceneNames {
  const { directory } = useDeskContext();
  return {
    cameraNumber(id) {
      void directory.contents.value;
      return directory.camera(id)?.number;
    },
    placeName(code) {
      void directory.contents.value;
      const place = directory.districtPath(code).at(-1);
      return (currentLocale.value === 'en' ? place?.nameEn : null) ?? place?.name ?? code;
    },
  };
}
