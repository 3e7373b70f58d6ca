import type { PageVitals } from '../../layouts/contract.ts';

/** What Chromium tells beyond the standard; absent elsewhere. */
interface MemoryTeller {
  readonly memory?: { readonly usedJSHeapSize: number };
}

/** How this page is, for its reports: how long it has been there, and what its JavaScript holds (its worker and its pictures not counted). */
export function pageVitals(page: Pick<Performance, 'now'> & MemoryTeller = performance): PageVitals {
  const heapBytes = page.memory?.usedJSHeapSize;
  return {
    upS: Math.floor(page.now() / 1000),
    heapMb: heapBytes === undefined ? null : Math.round(heapBytes / 104_857.6) / 10,
  };
}
