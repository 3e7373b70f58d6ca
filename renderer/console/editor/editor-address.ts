/** What of the editor an address names by its fragment: `#editor/<layout id>`, or `#editor` for none; null when it names no editor. */
export function editorOfHash(hash: string): { readonly layoutId: string | null } | null {
  const [view, layoutId, ...rest] = hash.replace(/^#/, '').split('/');
  if (view !== 'editor' || rest.length > 0) return null;
  if (layoutId === undefined || layoutId === '') return { layoutId: null };
  return /^[\w.:-]{1,64}$/.test(layoutId) ? { layoutId } : null;
}

/** The fragment of the editor with this layout open. */
export function hashOfEditor({ layoutId }: { readonly layoutId: string | null }): string {
  return layoutId === null ? '#editor' : `#editor/${layoutId}`;
}
