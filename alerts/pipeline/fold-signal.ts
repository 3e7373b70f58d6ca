import type { EpochMs } from '../../main/contract/time.ts';
import type { Alert } from '../contract.ts';
import type { AlertSignal } from '../rules/rule.ts';
import { severityRank } from '../rules/severity-rank.ts';
import { alertTransition, stateOf } from './alert-machine.ts';
import { alertWords } from './alert-words.ts';

/** What a signal makes of the alert with its fingerprint. */
export type Folded =
  | { readonly became: 'new' | 'again' | 'worse' | 'returned' | 'repeated'; readonly alert: Alert }
  | { readonly became: 'gone' }
  /** It says nothing new: the end of what is over, or was never told. */
  | { readonly became: 'nothing' };

/** What only the room can give a new alert. */
export type Newborn = Pick<Alert, 'id' | 'fingerprint' | 'group' | 'cameras'>;

/**
 * One signal after the other makes an alert: the same rule on the same thing is one alert while it is active or waits for somebody. `worse` disturbs anew; a
 * severity that falls is noted and no more.
 */
export function foldSignal(existing: Alert | undefined, signal: AlertSignal, now: EpochMs, born: () => Newborn): Folded {
  if (signal.kind === 'clear') {
    const after = existing && alertTransition(stateOf(existing), 'clear');
    if (existing === undefined || !after) return { became: 'nothing' };
    return after === 'gone' ? { became: 'gone' } : { became: 'returned', alert: { ...existing, active: false, clearedAt: now } };
  }
  const { rule, severity, labels, subject, place, reading, at, simulated, drill } = signal;
  const said = { severity, labels, subject, place, reading, lastAt: now, ...alertWords(signal), simulated, drill };
  if (existing === undefined)
    return {
      became: 'new',
      alert: {
        ...born(),
        rule: rule.id,
        system: rule.system as Alert['system'],
        ...said,
        active: true,
        since: at,
        raisedAt: now,
        clearedAt: null,
        count: 1,
        acknowledged: null,
        shelved: null,
        held: null,
        firstOut: false,
        incident: null,
      },
    };
  const { count } = existing;
  if (!existing.active)
    return {
      became: 'again',
      alert: {
        ...existing,
        ...said,
        active: true,
        since: at,
        raisedAt: now,
        clearedAt: null,
        count: count + 1,
        acknowledged: null,
        firstOut: false,
      },
    };
  const repeated = { ...existing, ...said, count: count + 1 };
  if (severityRank(severity) <= severityRank(existing.severity)) return { became: 'repeated', alert: repeated };
  return { became: 'worse', alert: { ...repeated, acknowledged: null } };
}
