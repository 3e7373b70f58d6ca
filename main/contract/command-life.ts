import type { CommandState } from './commands.ts';

/** What can happen to a command after it was received. */
export type CommandEvent = 'needs-approval' | 'approve' | 'refuse' | 'expire' | 'send' | 'accept' | 'confirm' | 'time-out' | 'fail';

const table: Readonly<Record<CommandState, Partial<Record<CommandEvent, CommandState>>>> = {
  received: { 'needs-approval': 'awaitingApproval', approve: 'authorised', refuse: 'rejected', fail: 'failed' },
  awaitingApproval: { approve: 'authorised', refuse: 'rejected', expire: 'rejected', fail: 'failed' },
  authorised: { send: 'sent', fail: 'failed' },
  sent: { accept: 'accepted', confirm: 'confirmed', refuse: 'rejected', 'time-out': 'timedOut', fail: 'failed' },
  accepted: { confirm: 'confirmed', 'time-out': 'timedOut', fail: 'failed' },
  confirmed: {},
  rejected: {},
  timedOut: {},
  failed: {},
};

/** The next state, or `null` when the event cannot happen in this state. */
export function nextCommandState(state: CommandState, event: CommandEvent): CommandState | null {
  return table[state][event] ?? null;
}
