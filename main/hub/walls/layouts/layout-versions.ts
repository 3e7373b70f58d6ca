import { maxLayoutVersions, type LayoutDoc, type LayoutVersion, type Scene } from '../../../../layouts/contract.ts';
import type { SqliteLedger } from '../../ledger/open-ledger.ts';

interface Row extends Omit<LayoutVersion, 'scene'> {
  readonly scene: string;
}

/** What layouts were. The writing parts belong into the transaction that changes the layout. */
export interface LayoutVersions {
  /** Newest first, without what they showed. */
  list(layout: LayoutDoc): Omit<LayoutVersion, 'scene'>[];
  /** Undefined for one that never was or is kept no more. */
  get(layout: LayoutDoc, revision: number): LayoutVersion | undefined;
  /**
   * Notes what a layout becomes; and what it was, when that is on no record: layouts that came with the data folder, and those from before there
   * were versions. The oldest go when there are too many.
   */
  publish(before: LayoutDoc | undefined, after: LayoutDoc, note: string | null): void;
  /** A layout that is no more was nothing. */
  forget(layoutId: string): void;
}

/** Keeps them in the ledger's database, apart from what everybody is told of. */
export function createLayoutVersions({ database }: Pick<SqliteLedger, 'database'>): LayoutVersions {
  const columns = 'revision, name, by, at, note';
  const listed = database.prepare(`SELECT ${columns} FROM layout_versions WHERE layout_id = ? ORDER BY revision DESC`);
  const found = database.prepare(`SELECT ${columns}, scene FROM layout_versions WHERE layout_id = ? AND revision = ?`);
  const any = database.prepare('SELECT 1 FROM layout_versions WHERE layout_id = ? LIMIT 1');
  const put = database.prepare(
    `INSERT OR REPLACE INTO layout_versions (layout_id, revision, name, scene, by, at, note)
     VALUES (@id, @revision, @name, @scene, @by, @at, @note)`,
  );
  const trim = database.prepare(
    `DELETE FROM layout_versions WHERE layout_id = @id AND revision NOT IN
       (SELECT revision FROM layout_versions WHERE layout_id = @id ORDER BY revision DESC LIMIT @most)`,
  );
  const forget = database.prepare('DELETE FROM layout_versions WHERE layout_id = ?');

  const hasAny = (layout: LayoutDoc) => any.get(layout.id) !== undefined;
  const store = (layout: LayoutDoc, note: string | null) => {
    const { id, scene, ...version } = versionOf(layout, note);
    put.run({ id, ...version, scene: JSON.stringify(scene) });
  };

  return {
    list(layout) {
      if (hasAny(layout)) return listed.all(layout.id) as Omit<LayoutVersion, 'scene'>[];
      const { id: _id, scene: _scene, ...version } = versionOf(layout, null);
      return [version];
    },
    get(layout, revision) {
      const row = found.get(layout.id, revision) as Row | undefined;
      if (row) return { ...row, scene: JSON.parse(row.scene) as Scene };
      if (layout.revision !== revision || hasAny(layout)) return undefined;
      const { id: _id, ...version } = versionOf(layout, null);
      return version;
    },
    publish(before, after, note) {
      if (before && !hasAny(before)) store(before, null);
      store(after, note);
      trim.run({ id: after.id, most: maxLayoutVersions });
    },
    forget: (layoutId) => void forget.run(layoutId),
  };
}

const versionOf = ({ id, name, scene, revision, changedBy, changedAt }: LayoutDoc, note: string | null) => ({
  id,
  revision,
  name,
  scene,
  by: changedBy,
  at: changedAt,
  note,
});
