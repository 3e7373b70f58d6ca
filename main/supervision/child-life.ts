import type { Problem } from '../contract/errors.ts';
import type { FromChild, ToChild } from '../contract/processes.ts';
import { parentChannel } from './parent-channel.ts';

type Ready = Extract<FromChild, { kind: 'ready' }>;

/** What a child tells the launcher about itself. */
export interface ChildNews {
  /** It works. `port`: where it listens, 0 when nowhere. `facts`: what else its parent wants to know. */
  ready(port: number, facts?: Ready['facts']): void;
  /** Starting again will not help: says why, and ends. */
  fatal(cause: Problem): void;
}

/** Starting again will not help (EX_CONFIG of sysexits.h). */
const exitFatal = 78;

/**
 * The life of a child of the launcher: starts when its parent says so, exits when told to or when the parent is gone.
 * `start` gives back what brings the work to its end before the process exits. `who` names the child to somebody who starts it by hand.
 */
export function liveAsChild<Config>(who: string, start: (config: Config, news: ChildNews) => () => Promise<void>): void {
  const parent = parentChannel();
  if (!parent) {
    process.stderr.write(`${who} is started by the launcher: npm run hub\n`);
    process.exit(exitFatal);
  }
  const say = (message: FromChild) => parent.send(message);
  const news: ChildNews = {
    ready: (port, facts = {}) => void say({ kind: 'ready', port, facts }),
    fatal: ({ code, params, detail = '' }) => void say({ kind: 'fatal', code, params, detail }).then(() => process.exit(exitFatal)),
  };
  let stop: (() => Promise<void>) | null = null;
  let isLeaving = false;
  const leave = async () => {
    if (isLeaving) return;
    isLeaving = true;
    await stop?.();
    process.exit(0);
  };
  parent.onMessage((raw) => {
    const message = raw as ToChild<Config>;
    if (message.kind === 'start') stop ??= start(message.config, news);
    else if (message.kind === 'stop') void leave();
  });
  parent.onClose(() => void leave());
  // The terminal signals the whole group: the parent says when to stop.
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
  process.on('SIGTERM', () => void leave());
}
