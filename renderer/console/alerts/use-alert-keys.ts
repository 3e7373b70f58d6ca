import { onBeforeUnmount, onMounted } from 'vue';
import type { Severity } from '../../../alerts/contract.ts';
import { severityOrder } from '../../sounds/alert-ringer.ts';
import { isTyping } from '../keys.ts';
import type { useDesk } from '../stores/desk.ts';
import type { AlertAction } from './alert-control.ts';
import { alertActionOf, alertPageCaps, capOf, severityCap } from './alert-keys.ts';

/** The rows, as far as keys move among them. */
export interface AlertRowsWalk {
  /** Chooses the row so many further down; infinite ones mean the ends. */
  move(by: number): void;
  pageRows(): number;
}

/**
 * Listens for the keys of the view while it is there, outside dialogs, the key line and other text fields; what the desk has everywhere it has here, too. Letters act on
 * the chosen alert, digits filter.
 */
export function useAlertKeys(parts: {
  readonly desk: ReturnType<typeof useDesk>;
  /** Null while another tab than the list is open. */
  readonly list: () => AlertRowsWalk | null;
  readonly search: () => HTMLInputElement | null;
  readonly act: (action: AlertAction) => void;
  readonly toggleSeverity: (severity: Severity) => void;
  readonly nextState: () => void;
  readonly clearFilter: () => void;
  readonly nextTab: () => void;
}): void {
  const { desk } = parts;

  function walk(key: string): boolean {
    const list = parts.list();
    if (!list) return false;
    const by: Readonly<Record<string, number>> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: list.pageRows(),
      PageUp: -list.pageRows(),
      Home: -Infinity,
      End: Infinity,
    };
    if (!(key in by)) return false;
    list.move(by[key]!);
    return true;
  }
  /** In the search field the list can still be walked. */
  function pressInSearch(event: KeyboardEvent, search: HTMLInputElement): void {
    if (!/^(?:ArrowDown|ArrowUp|Enter)$/.test(event.key)) return;
    if (event.key === 'Enter') search.blur();
    else walk(event.key);
    event.preventDefault();
  }
  function press(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (desk.keying || desk.overlay !== null || document.querySelector('dialog[open]') !== null) return;
    const target = event.target instanceof HTMLElement ? event.target : null;
    if (isTyping(target)) {
      const search = parts.search();
      if (search !== null && target === search) pressInSearch(event, search);
      return;
    }
    // What is typed elsewhere on the desk, in the form for calls, is not for the list.
    if (target !== null && target !== document.body && target.closest('[data-alerts]') === null) return;
    if (take(event, target)) event.preventDefault();
  }
  /** Does what a key means; false when the browser may have it. */
  function take(event: KeyboardEvent, target: HTMLElement | null): boolean {
    const cap = capOf(event);
    if (cap === alertPageCaps.tab && !event.shiftKey) {
      parts.nextTab();
      return true;
    }
    if (parts.list() === null) return false;
    if (walk(event.key)) return true;
    if (event.shiftKey || event.repeat || cap === undefined) return false;
    if (event.key === 'Enter' && target?.closest('button, a')) return false;
    const severity = severityOrder.find((one) => severityCap(one) === cap);
    const action = alertActionOf(cap);
    if (severity) parts.toggleSeverity(severity);
    else if (cap === alertPageCaps.clear) parts.clearFilter();
    else if (cap === alertPageCaps.state) parts.nextState();
    else if (action !== null) parts.act(action);
    else return false;
    return true;
  }
  onMounted(() => addEventListener('keydown', press));
  onBeforeUnmount(() => removeEventListener('keydown', press));
}
