import 'vue';

declare module '@vue/runtime-dom' {
  interface HTMLAttributes {
    /** For tests and for the console of a browser: any element may carry data attributes. */
    [name: `data-${string}`]: string | number | boolean | null | undefined;
  }
}
