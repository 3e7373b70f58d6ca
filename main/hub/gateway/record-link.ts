import { randomUUID } from 'node:crypto';
import type { Role } from '../../contract/permissions.ts';
import type { AuditLog, AuditSubject } from '../audit/audit-log.ts';
import type { SqliteLedger } from '../ledger/open-ledger.ts';

/** The record of one link that is opened: begun before there is a session, and then ended. */
export interface LinkRecord {
  /** @throws ProblemError `unavailable` when it cannot be written; then nothing may be opened */
  begins(holder: { readonly name: string; readonly roles: readonly Role[] }): void;
  /** @throws ProblemError `unavailable` when it cannot be written; then nobody may be told the session */
  opened(sessionId: string): void;
}

/** Writes in the audit who came in by a link, from where: the link's maker stands there already, but not who used it. */
export function createLinkRecord(
  { ledger, audit }: { readonly ledger: Pick<SqliteLedger, 'transact'>; readonly audit: Pick<AuditLog, 'open' | 'close'> },
  address: string,
): LinkRecord {
  const commandId = randomUUID();
  let begun: AuditSubject | null = null;
  const write = (by: string, rows: () => void) =>
    void ledger.transact({ changes: [], cause: { kind: 'command', id: commandId, by } }, rows);

  return {
    begins({ name, roles }) {
      const subject: AuditSubject = {
        commandId,
        command: 'session.link',
        actor: name,
        roles,
        door: 'http',
        address,
        workstation: null,
        args: {},
        scope: ['city'],
        session: null,
      };
      begun = subject;
      write(name, () => void audit.open(subject));
    },
    opened(sessionId) {
      const subject = begun;
      if (subject === null) throw new Error('a link is opened that never began');
      write(subject.actor, () => void audit.close(subject, { outcome: 'ok', after: { sessionId } }));
    },
  };
}
