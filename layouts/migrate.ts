import { problem, type Problem } from '../main/contract/errors.ts';
import { err, ok, type Result } from '../main/contract/result.ts';
import { layoutEntity, type LayoutDoc } from './contract.ts';

/** The format this product writes. */
export const layoutFormat = 1;

const layoutFile = layoutEntity.pick({ id: true, name: true, scene: true, formatVersion: true }).strict();

/** A layout as it is kept in a file: no revision, nobody who changed it. */
export type LayoutFile = Pick<LayoutDoc, 'id' | 'name' | 'scene' | 'formatVersion'>;

/**
 * Reads a layout that comes from outside: a preset, an import. Older formats are brought up to date here, one step a version;
 * there is none yet. A newer format is refused and never guessed at, and so is a layout of which only a part is there.
 */
export function readLayout(input: unknown): Result<LayoutFile, Problem> {
  const version = formatVersionOf(input);
  if (version !== null && version > layoutFormat)
    return err(problem('scene-invalid', { reason: 'format-newer', formatVersion: version, known: layoutFormat }));
  const read = layoutFile.safeParse(input);
  if (read.success) return ok(read.data);
  const first = read.error.issues[0];
  return err(
    problem(
      'scene-invalid',
      { reason: 'layout-incomplete', at: first ? first.path.join('.').slice(0, 200) : '' },
      first?.message.slice(0, 200),
    ),
  );
}

function formatVersionOf(input: unknown): number | null {
  if (typeof input !== 'object' || input === null) return null;
  const version = (input as { formatVersion?: unknown }).formatVersion;
  return typeof version === 'number' && Number.isSafeInteger(version) ? version : null;
}
