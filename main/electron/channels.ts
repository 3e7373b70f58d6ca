/** The names of all messages between a page and the shell. There is one: product data never goes this way. */
export const channels = { heartbeat: 'taodu:heartbeat' } as const;
