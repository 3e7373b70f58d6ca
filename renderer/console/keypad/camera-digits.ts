/** The digits of a camera's number as they are keyed: letters, signs and leading zeros left out. */
export const digitsOf = (number: string): string => number.replaceAll(/\D/g, '').replace(/^0+(?=\d)/, '');

/** A camera as far as its number counts. */
interface Numbered {
  readonly id: string;
  readonly number: string;
}

/** What digits mean: one camera, or several whose numbers have the same digits, of which the first few are named. */
export type DigitsAnswer =
  | { readonly kind: 'one'; readonly id: string }
  | { readonly kind: 'several'; readonly ids: readonly string[]; readonly total: number }
  | { readonly kind: 'none' };

const namedAtMost = 5;

/**
 * Finds cameras by the digits of their numbers. A number that is exactly what was keyed goes before those that only have the same digits
 * (`DS07-00123` is keyed 700123). Built when it is first asked after a change: 30,000 numbers are a few milliseconds.
 */
export class CameraDigits {
  readonly #all: () => Iterable<Numbered>;
  #index: Map<string, Numbered[]> | null = null;

  constructor(all: () => Iterable<Numbered>) {
    this.#all = all;
  }

  /** Cameras came, went or changed their number. */
  forget(): void {
    this.#index = null;
  }

  find(digits: string): DigitsAnswer {
    const found = this.#indexed().get(digitsOf(digits)) ?? [];
    const exact = found.find(({ number }) => number === digits);
    if (exact) return { kind: 'one', id: exact.id };
    if (found.length > 1) return { kind: 'several', ids: found.slice(0, namedAtMost).map(({ id }) => id), total: found.length };
    return found[0] ? { kind: 'one', id: found[0].id } : { kind: 'none' };
  }

  #indexed(): Map<string, Numbered[]> {
    if (this.#index) return this.#index;
    const index = new Map<string, Numbered[]>();
    for (const camera of this.#all()) {
      const digits = digitsOf(camera.number);
      if (digits === '') continue;
      const same = index.get(digits);
      if (same) same.push(camera);
      else index.set(digits, [camera]);
    }
    this.#index = index;
    return index;
  }
}
