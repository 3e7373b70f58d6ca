import { randomUUID } from 'node:crypto';
import { closeSync, constants, createReadStream, fstatSync, openSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { mayRead } from '../../contract/barrier.ts';
import { type Problem, problem } from '../../contract/errors.ts';
import type { Principal } from '../../contract/principal.ts';
import { err, ok, type Result } from '../../contract/result.ts';
import { isWholeCity } from '../../contract/scope.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { AuditLog, AuditSubject } from '../audit/audit-log.ts';
import { exportedFiles, exportIdForm, type ExportManifest, manifestFile, publicKeyFile, signatureFile } from '../audit/export-manifest.ts';
import { parseManifest } from '../audit/verify-export.ts';
import type { SqliteLedger } from '../ledger/open-ledger.ts';
import { sendProblem } from './http-server.ts';
import type { PrincipalDoor } from './principal.ts';
import { peerAddress } from './socket-gateway.ts';

/** The files that the door gives out, by the type that a browser is told. */
const given: ReadonlyMap<string, string> = new Map([
  ...exportedFiles.map((name): [string, string] => [name, name.endsWith('.csv') ? 'text/csv; charset=utf-8' : 'application/x-ndjson']),
  [manifestFile, 'application/json; charset=utf-8'],
  [signatureFile, 'application/octet-stream'],
  [publicKeyFile, 'application/x-pem-file'],
]);
const mostManifestBytes = 1024 * 1024;

/**
 * `GET /api/exports/<id>/<file>`: a file of an export, for the person who asked for it and the one who approved it, as long as he may export. Every
 * download is in the audit before the first byte goes out, and none goes out when it cannot be written there.
 */
export function addExportRoutes(
  app: FastifyInstance,
  options: {
    readonly door: PrincipalDoor;
    readonly accounts: Pick<Accounts, 'workstationOf'>;
    readonly ledger: Pick<SqliteLedger, 'transact'>;
    readonly audit: AuditLog;
    readonly exportsFolder: string;
  },
): void {
  const { door, accounts, ledger, audit, exportsFolder } = options;
  const principals = new WeakMap<FastifyRequest, Principal>();

  const admit = (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
    const admitted = door.admit({ headers: request.headers, session: 'console', originNeeded: false });
    if (!admitted.ok) return void sendProblem(reply, admitted.error);
    principals.set(request, admitted.value);
    done();
  };

  const note = (request: FastifyRequest<{ Params: { id: string; file: string } }>, outcome: string) => {
    const principal = principals.get(request)!;
    const commandId = randomUUID();
    const subject: AuditSubject = {
      commandId,
      command: 'audit.download',
      actor: principal.name,
      roles: principal.roles,
      door: 'http',
      address: peerAddress(request.socket.remoteAddress),
      workstation: accounts.workstationOf(principal.sessionId),
      args: { exportId: request.params.id.slice(0, 64), file: request.params.file.slice(0, 64) },
      scope: ['city'],
      session: principal.sessionId,
    };
    ledger.transact({ changes: [], cause: { kind: 'command', id: commandId, by: principal.name } }, () => {
      if (outcome === 'ok') audit.open(subject);
      audit.close(subject, { outcome });
    });
  };

  app.get<{ Params: { id: string; file: string } }>('/api/exports/:id/:file', { onRequest: admit }, (request, reply) => {
    const principal = principals.get(request)!;
    const { id, file } = request.params;
    const refused = mayRead(principal, { permission: 'audit.export' }) ?? (isWholeCity(principal.scope) ? null : problem('out-of-scope'));
    const type = given.get(file);
    const manifest = refused === null && type !== undefined ? manifestOf(exportsFolder, id) : null;
    const isTheirs = manifest !== null && [manifest.requestedBy, manifest.approvedBy].includes(principal.name);
    const refusal =
      refused ?? (manifest === null ? problem('export-unknown') : isTheirs ? null : problem('forbidden', { reason: 'export-of-others' }));
    if (refusal !== null) {
      if (refusal.code === 'forbidden' || refusal.code === 'out-of-scope') note(request, refusal.code);
      return sendProblem(reply, refusal);
    }
    const opened = openFile(join(exportsFolder, id, file));
    if (!opened.ok) return sendProblem(reply, opened.error);
    try {
      note(request, 'ok');
    } catch (cause) {
      closeSync(opened.value.fd);
      throw cause;
    }
    return reply
      .type(type!)
      .header('content-length', opened.value.bytes)
      .header('content-disposition', `attachment; filename="${id}-${file}"`)
      .send(createReadStream('', { fd: opened.value.fd }));
  });
}

/** The manifest of an export; null when there is none of this id. */
function manifestOf(exportsFolder: string, id: string): ExportManifest | null {
  if (!exportIdForm.test(id)) return null;
  const path = join(exportsFolder, id, manifestFile);
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isFile() || found.size > mostManifestBytes) return null;
  return parseManifest(readFileSync(path, 'utf8'));
}

/** Opened before anybody is told anything; no link is followed out of the folder. */
function openFile(path: string): Result<{ readonly fd: number; readonly bytes: number }, Problem> {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  } catch {
    return err(problem('export-unknown'));
  }
  const found = fstatSync(fd);
  if (found.isFile()) return ok({ fd, bytes: found.size });
  closeSync(fd);
  return err(problem('export-unknown'));
}
