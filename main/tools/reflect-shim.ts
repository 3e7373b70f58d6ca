/**
 * The library that writes certificates asks for the metadata of its own classes when it is loaded, and does without when there is none. A
 * whole polyfill for that would be one package more.
 */
interface Metadata {
  getMetadata?: (...args: readonly unknown[]) => unknown;
  getOwnMetadata?: (...args: readonly unknown[]) => unknown;
}

const reflect = Reflect as Metadata;
reflect.getMetadata ??= () => undefined;
reflect.getOwnMetadata ??= () => undefined;
