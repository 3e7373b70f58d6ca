import type { Ledger } from '../../main/contract/ledger.ts';
import type { Alert } from '../contract.ts';
import type { AlertView } from './alert-pipeline.ts';

/** The committed alerts, found by their fingerprint too. The ledger has them; this is how they are looked up. */
export class AlertBook implements AlertView {
  readonly #ledger: Pick<Ledger, 'get' | 'all' | 'size'>;
  readonly #ids = new Map<string, string>();
  readonly #names = new Map<string, string>();

  constructor(ledger: Pick<Ledger, 'get' | 'all' | 'size'>) {
    this.#ledger = ledger;
    for (const { id } of this.all()) this.refresh(id);
  }

  get size(): number {
    return this.#ledger.size('alerts');
  }

  get(id: string): Alert | undefined {
    return this.#ledger.get('alerts', id) as Alert | undefined;
  }

  byFingerprint(name: string): Alert | undefined {
    const id = this.#ids.get(name);
    return id === undefined ? undefined : this.get(id);
  }

  all(): IterableIterator<Alert> {
    return this.#ledger.all('alerts') as IterableIterator<Alert>;
  }

  /** An alert was put or has left: looked at as the ledger has it now. */
  refresh(id: string): void {
    const alert = this.get(id);
    const name = this.#names.get(id);
    if (alert !== undefined) {
      this.#names.set(id, alert.fingerprint);
      this.#ids.set(alert.fingerprint, id);
    } else if (name !== undefined) {
      this.#names.delete(id);
      if (this.#ids.get(name) === id) this.#ids.delete(name);
    }
  }
}
