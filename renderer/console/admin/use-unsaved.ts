import { ref, type Ref } from 'vue';

/** What somebody typed, on its way to being closed. */
export interface Unsaved {
  /** That something would be lost was said. */
  readonly warned: Readonly<Ref<boolean>>;
  /** Closes where nothing was changed; else warns once, and closes when asked again. */
  close(): void;
  /** What stands in the form now is what was there before anybody typed. */
  settle(): void;
}

/** Keeps a form from being lost by a single press of Esc. */
export function useUnsaved(form: object, leave: () => void): Unsaved {
  let untouched = JSON.stringify(form);
  const warned = ref(false);
  return {
    warned,
    close() {
      if (JSON.stringify(form) === untouched || warned.value) leave();
      else warned.value = true;
    },
    settle() {
      untouched = JSON.stringify(form);
    },
  };
}
