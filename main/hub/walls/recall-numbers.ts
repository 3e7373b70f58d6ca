import type { LayoutDoc } from '../../../layouts/contract.ts';
import type { Preset } from '../../../layouts/control-contract.ts';
import type { ScopeLookup } from '../../contract/define-command.ts';
import { problem, type Problem } from '../../contract/errors.ts';
import type { Ledger } from '../../contract/ledger.ts';
import { covers, type Scope } from '../../contract/scope.ts';

/**
 * Why a layout or a preset may not have this number, or null: whoever keys it in means one thing. `number-taken` {number, name} when another one
 * has it, without the name for whoever may not see that one. `own` keeps the number that it has.
 */
export function recallNumberProblem(
  ledger: Pick<Ledger, 'all'>,
  number: number | null,
  own: { readonly collection: 'layouts' | 'presets'; readonly id: string },
  asker: { readonly scope: Scope; readonly lookup: Pick<ScopeLookup, 'layout' | 'preset'> },
): Problem | null {
  if (number === null) return null;
  for (const collection of ['layouts', 'presets'] as const) {
    for (const saved of ledger.all(collection) as IterableIterator<LayoutDoc | Preset>) {
      if (saved.number !== number || (collection === own.collection && saved.id === own.id)) continue;
      const claims = collection === 'layouts' ? asker.lookup.layout(saved.id) : asker.lookup.preset(saved.id);
      const isSeen = claims !== undefined && covers(asker.scope, claims);
      return problem('number-taken', isSeen ? { number, name: saved.name } : { number });
    }
  }
  return null;
}
