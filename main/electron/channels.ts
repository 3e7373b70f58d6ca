/** The names of all messages between a page and the shell: what `ShellBridge` has, and nothing else. Product data never goes this way. */
export const channels = {
  /** Page to shell, without an answer. */
  heartbeat: 'taodu:heartbeat',
  /** Page to shell: `(key, action)`, answered with an `OperatorAnswer`. */
  operate: 'taodu:operate',
  /** Shell to page: `(forMs)`. */
  identify: 'taodu:identify',
} as const;
