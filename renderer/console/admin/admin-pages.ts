import type { Permission } from '../../../main/contract/permissions.ts';

/** The pages of the administration, in the order of their list, each with the permission that opens it. */
export const adminPages = [
  { id: 'users', permission: 'user.view' },
  { id: 'cameras', permission: 'camera.edit' },
  { id: 'feeds', permission: 'feed.view' },
  { id: 'walls', permission: 'wall.admin' },
  { id: 'sessions', permission: 'session.admin' },
  { id: 'approvals', permission: 'command.view' },
  { id: 'audit', permission: 'audit.view' },
  { id: 'system', permission: 'system.view' },
] as const satisfies readonly { readonly id: string; readonly permission: Permission }[];

export type AdminPage = (typeof adminPages)[number]['id'];

/** The pages that somebody with these permissions may open. */
export function pagesFor(can: (permission: Permission) => boolean): AdminPage[] {
  return adminPages.filter(({ permission }) => can(permission)).map(({ id }) => id);
}

/** The page that an address names by its fragment, `#admin/<page>`; `#admin` alone is the first; null when it names none. */
export function pageOfHash(hash: string): AdminPage | 'first' | null {
  const [view, page, ...rest] = hash.replace(/^#/, '').split('/');
  if (view !== 'admin' || rest.length > 0) return null;
  if (page === undefined || page === '') return 'first';
  return adminPages.find(({ id }) => id === page)?.id ?? null;
}

/** The fragment of a page; empty for the desk. */
export function hashOf(page: AdminPage | null): string {
  return page === null ? '' : `#admin/${page}`;
}
