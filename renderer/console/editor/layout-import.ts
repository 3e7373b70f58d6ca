import type { LayoutDoc } from '../../../layouts/contract.ts';
import { readLayoutsText, type LayoutsRead, type ReadTextLayout, type TextFault } from '../../../layouts/layout-text.ts';
import { readLayoutYaml } from './layout-yaml.ts';

/** What an import comes to, before anything is done with it: what can be taken, and everything that is wrong. */
export function readLayoutFile(text: string, cameraIdOf: (number: string) => string | undefined): LayoutsRead {
  const yaml = readLayoutYaml(text);
  if (yaml.ok) return readLayoutsText(yaml.value.tree, yaml.value.lineOf, cameraIdOf);
  const fault: TextFault = { ...yaml.error, layout: null, refuses: true };
  return { layouts: [], total: 0, faults: [fault], faultsLeftOut: 0 };
}

/** What a layout of a text meets among the saved ones: nothing of its name, one that it can replace, or several, of which nobody knows which. */
export type SameName =
  | { readonly kind: 'none' }
  | { readonly kind: 'one'; readonly layout: LayoutDoc }
  | { readonly kind: 'several'; readonly count: number };

/** Finds the saved layouts of a name. */
export function sameName(name: string, saved: readonly LayoutDoc[]): SameName {
  const found = saved.filter((layout) => layout.name === name);
  const [first] = found;
  if (!first) return { kind: 'none' };
  return found.length === 1 ? { kind: 'one', layout: first } : { kind: 'several', count: found.length };
}

/** How many tiles of a layout are left empty, because nobody knows their cameras. */
export const emptiedIn = ({ faults }: LayoutsRead, { index }: Pick<ReadTextLayout, 'index'>) =>
  faults.filter(({ layout, refuses }) => layout === index && !refuses).length;
