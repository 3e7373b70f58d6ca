import { inject, provide, reactive, type InjectionKey } from 'vue';
import { firstChoices, type Choices } from './choices.ts';

const key: InjectionKey<Choices> = Symbol('choices');

/** Makes the choices of this page, for its steps. */
export function provideChoices(): Choices {
  const choices = reactive(firstChoices());
  provide(key, choices);
  return choices;
}

/** The choices of the page that this step belongs to. */
export function useChoices(): Choices {
  const choices = inject(key);
  if (!choices) throw new Error('a step of the setup outside its page');
  return choices;
}

/** What every step offers its page. */
export interface Step {
  /** Whether one may go on; a step that says no shows why. */
  check(): Promise<boolean>;
}
