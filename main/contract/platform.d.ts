/**
 * What Node and every browser both have and ECMAScript does not define. Only the pure rooms compile against this;
 * where real platform types are loaded, theirs win. Anything not here is not available to pure code.
 */
interface AbortSignal {
  readonly aborted: boolean;
}
declare var TextDecoder: { new (label?: string, options?: { fatal?: boolean }): { decode(bytes?: Uint8Array): string } };
declare var TextEncoder: { new (): { encode(text?: string): Uint8Array } };
