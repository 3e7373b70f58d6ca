/** The product's version, put in by the build from package.json. */
declare const __TAODU_VERSION__: string;
