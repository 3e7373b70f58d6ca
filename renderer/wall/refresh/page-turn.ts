import { shallowRef, type ShallowRef } from 'vue';

/** Whose turn it is while a screen's page is made anew. */
export interface PageTurn {
  /** It is seen, and speaks for its screen: it reports, and keeps what it was told. False for a successor that waits below the page that is seen. */
  readonly speaks: Readonly<ShallowRef<boolean>>;
  /** No other page of the screen plays beside it: only then what it learns of the machine is true. */
  readonly isAlone: Readonly<ShallowRef<boolean>>;
}

/** Of a page that has the window for itself. */
export const undividedTurn: PageTurn = { speaks: shallowRef(true), isAlone: shallowRef(true) };
