import type { CommandEntity } from '../../../../main/contract/commands.ts';
import { numberText } from '../../../i18n/format.ts';
import { text } from '../../../i18n/index.ts';
import { commandWords } from '../command-words.ts';
import { stampText } from '../stamp-text.ts';

/** What a command would do, in one phrase: what the button that approves it says. */
export function deedOf({ name, args }: Pick<CommandEntity, 'name' | 'args'>): string {
  const given = (typeof args === 'object' && args !== null ? args : {}) as Record<string, unknown>;
  const { cameraIds, from, to } = given;
  if (name === 'camera.remove-many' && Array.isArray(cameraIds)) {
    return text('admin.approvals.deed.removeCameras', { n: numberText(cameraIds.length) }, cameraIds.length);
  }
  if (name === 'audit.export' && typeof from === 'number' && typeof to === 'number') {
    return text('admin.approvals.deed.exportAudit', { from: stampText(from), to: stampText(to) });
  }
  return commandWords(name);
}

/** The id of an export that a finished command made; null when it made none. */
export function exportIdOf({ name, state, result }: Pick<CommandEntity, 'name' | 'state' | 'result'>): string | null {
  if (name !== 'audit.export' || state !== 'confirmed' || typeof result !== 'object' || result === null) return null;
  const { exportId } = result as { exportId?: unknown };
  return typeof exportId === 'string' && /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(exportId) ? exportId : null;
}

/** The files of an export, each with its address: all that checking it needs. */
export function exportFiles(exportId: string): { readonly name: string; readonly url: string }[] {
  return ['audit.jsonl', 'watches.csv', 'manifest.json', 'manifest.sig', 'public.pem'].map((name) => ({
    name,
    url: `/api/exports/${encodeURIComponent(exportId)}/${name}`,
  }));
}
