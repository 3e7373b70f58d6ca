import type { Handlers } from '../../contract/catalog.ts';
import { problem } from '../../contract/errors.ts';
import type { Ledger } from '../../contract/ledger.ts';
import { err, ok } from '../../contract/result.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { FieldLinks } from './field-links.ts';

/** What a desk can do about the field page of a unit, besides sending it a task: a phone was lost. Refuses with `unit-unknown`. */
export function createFieldHandlers(parts: {
  readonly ledger: Pick<Ledger, 'get'>;
  readonly links: Pick<FieldLinks, 'end'>;
  readonly accounts: Pick<Accounts, 'endUnit'>;
}): Handlers<'unit.revoke'> {
  const { ledger, links, accounts } = parts;
  return {
    'unit.revoke': ({ unitId }) => {
      if (ledger.get('units', unitId) === undefined) return err(problem('unit-unknown', { unitId }));
      // Before the commit: that somebody asked for it is in the audit already, and a phone that is put out too early does no harm.
      return ok({ result: { ended: accounts.endUnit(unitId) }, alongside: () => links.end(unitId) });
    },
  };
}
