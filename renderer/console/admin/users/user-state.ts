import type { ShiftWindow, User } from '../../../../main/contract/accounts.ts';
import type { EpochMs } from '../../../../main/contract/time.ts';

/** Whether somebody can work with an account now; `until` where that ends by itself. */
export type UserState =
  | { readonly kind: 'active' }
  | { readonly kind: 'disabled' }
  | { readonly kind: 'locked'; readonly until: EpochMs }
  | { readonly kind: 'outside-shift' };

/** The state of an account, for reading: the hub decides. */
export function userState(user: Pick<User, 'disabled' | 'lockedUntil' | 'shift'>, now: EpochMs): UserState {
  if (user.disabled) return { kind: 'disabled' };
  if (user.lockedUntil !== null && user.lockedUntil > now) return { kind: 'locked', until: user.lockedUntil };
  return user.shift === null || user.shift.some((window) => isWithin(window, now)) ? { kind: 'active' } : { kind: 'outside-shift' };
}

const minutesOf = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));

/** Whether a moment lies in a window, by the clock of the reader's machine, which stands in the city. A window that ends before it begins goes past midnight. */
function isWithin({ days, from, to }: ShiftWindow, now: EpochMs): boolean {
  const date = new Date(now);
  const minute = date.getHours() * 60 + date.getMinutes();
  const today = date.getDay() === 0 ? 7 : date.getDay();
  const yesterday = today === 1 ? 7 : today - 1;
  const [begin, end] = [minutesOf(from), minutesOf(to)];
  if (begin < end) return days.includes(today) && minute >= begin && minute < end;
  return (days.includes(today) && minute >= begin) || (days.includes(yesterday) && minute < end);
}
