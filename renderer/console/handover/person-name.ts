import type { Handover } from '../../../main/contract/desk.ts';

/** What somebody who signed is called: by his full name, with the name he logs in with; by that alone where there is no other. */
export function personName({ name, fullName }: Pick<Handover['from'], 'name' | 'fullName'>): string {
  return fullName === null || fullName === name ? name : `${fullName} (${name})`;
}
