import type { LayoutDoc } from '../../../layouts/contract.ts';
import type { Preset } from '../../../layouts/control-contract.ts';
import { problem, type Problem } from '../../contract/errors.ts';
import type { Ledger } from '../../contract/ledger.ts';

/**
 * Why a layout or a preset may not have this number, or null: whoever keys it in means one thing. `number-taken` {number, name} when another one
 * has it. `own` keeps the number that it has.
 */
export function recallNumberProblem(
  ledger: Pick<Ledger, 'all'>,
  number: number | null,
  own: { readonly collection: 'layouts' | 'presets'; readonly id: string },
): Problem | null {
  if (number === null) return null;
  for (const collection of ['layouts', 'presets'] as const) {
    for (const saved of ledger.all(collection) as IterableIterator<LayoutDoc | Preset>) {
      if (saved.number !== number || (collection === own.collection && saved.id === own.id)) continue;
      return problem('number-taken', { number, name: saved.name });
    }
  }
  return null;
}
