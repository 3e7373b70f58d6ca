import type { Handlers } from '../contract/catalog.ts';
import { problem } from '../contract/errors.ts';
import { err } from '../contract/result.ts';

const refuse = () => err(problem('unavailable'));

/** Commands whose rooms are still being built. */
export const notYet = {
  'session.activity': refuse,
  'session.lock': refuse,
  'session.unlock': refuse,
  'session.totp-begin': refuse,
  'session.totp-confirm': refuse,
  'session.list': refuse,
  'session.end': refuse,
  'user.unlock': refuse,
  'audit.search': refuse,
  'audit.watches': refuse,
  'audit.verify': refuse,
  'audit.export': refuse,
  'backup.create': refuse,
  'backup.list': refuse,
  'wall.pairing-begin': refuse,
  'wall.pairing-claim': refuse,
  'wall.pair': refuse,
  'wall.revoke': refuse,
} satisfies Partial<Handlers>;
