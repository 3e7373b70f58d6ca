import type { ShownReport } from '../../../layouts/contract.ts';
import type { WallFacts } from '../wall-facts.ts';
import type { Successor } from './wall-refresh.ts';
import './refresh.css';

/** The frames of successors, in the window that the shell opened; the one that is seen. */
const frameClass = 'wall-page';
const seenClass = 'is-seen';
/** A page that has been replaced has this time to give back what it held, before its frame goes. */
const goesAfterMs = 2000;

/** What a page of a wall lets the others of its window do. All are of one origin, so they simply call each other. */
export interface PageHandle {
  /** Of this very page, whichever is seen. */
  readonly facts: WallFacts;
  /** It is the one that is seen from now on. */
  takeOver(): void;
  /** Gives back everything that it holds. */
  end(): void;
}

declare global {
  interface Window {
    readonly taoduPage?: PageHandle;
    readonly taoduWall?: WallFacts;
  }
}

/**
 * Where a page of a wall is: the window that the shell opened, or a frame in it. The first page of a window holds all those after it; once it has been
 * replaced it does nothing else.
 */
export interface PagePlace {
  /** The window around all of them: what is reloaded, and what a shell talks to. */
  readonly holder: Window;
  /** How many pages had this screen before, in the same window. */
  readonly generation: number;
  /** False for a successor that waits below the page that is seen. */
  readonly isSeen: boolean;
  /** Loads the next page below this one. */
  openSuccessor(): Successor;
  /** This page is seen now, and the others have to go. */
  takeOver(): void;
}

/** The place of the page in `self`. */
export function pagePlace(self: Window = window): PagePlace {
  const own = self.frameElement?.classList.contains(frameClass) ? (self.frameElement as HTMLIFrameElement) : null;
  const holder = own === null ? self : self.parent;
  const generation = Number(own?.dataset['generation'] ?? 0);
  const others = () => [...holder.document.querySelectorAll<HTMLIFrameElement>(`.${frameClass}`)].filter((frame) => frame !== own);

  return {
    holder,
    generation,
    get isSeen() {
      return own === null || own.classList.contains(seenClass);
    },
    openSuccessor() {
      const frame = holder.document.createElement('iframe');
      const next = String(generation + 1);
      frame.className = frameClass;
      frame.dataset['generation'] = next;
      frame.inert = true;
      const address = new URL(self.location.href);
      // A page that holds a page of its very own address is taken for one that would never end.
      address.searchParams.set('successor', next);
      frame.src = address.href;
      // The first in the document: what is seen lies above it.
      holder.document.body.prepend(frame);
      const page = () => pageOf(frame);
      return {
        report: (): ShownReport | null => page()?.facts.report ?? null,
        takeOver() {
          const handle = page();
          if (!handle) throw new Error('the successor has no page');
          handle.takeOver();
        },
        drop() {
          page()?.end();
          setTimeout(() => frame.remove(), goesAfterMs);
        },
      };
    },
    takeOver() {
      if (own === null) return;
      for (const frame of others()) {
        frame.classList.remove(seenClass);
        setTimeout(() => frame.remove(), goesAfterMs);
      }
      own.inert = false;
      own.classList.add(seenClass);
      self.focus();
    },
  };
}

/** What runs in a frame; null while nothing does, or the browser shows a fault of its own there. */
function pageOf(frame: HTMLIFrameElement): PageHandle | null {
  try {
    return frame.contentWindow?.taoduPage ?? null;
  } catch {
    return null;
  }
}

/**
 * What `taoduWall` of the outermost window says, where shells, tests and benchmarks look: the facts of whichever page is seen. Times are moved to the
 * clock of that window.
 */
export function factsOfWhoIsSeen(own: WallFacts, holder: Window = window): WallFacts {
  const seen = (): Window | null => {
    const frame = holder.document.querySelector<HTMLIFrameElement>(`.${frameClass}.${seenClass}`);
    return frame && pageOf(frame) ? frame.contentWindow : null;
  };
  const facts = {};
  for (const key of Object.keys(own) as (keyof WallFacts)[]) {
    const get = () => {
      const page = seen();
      const value = (page?.taoduPage?.facts ?? own)[key];
      return key === 'paintedAt' && page && typeof value === 'number'
        ? value + page.performance.timeOrigin - holder.performance.timeOrigin
        : value;
    };
    Object.defineProperty(facts, key, { enumerable: true, get });
  }
  return Object.freeze(facts) as WallFacts;
}
