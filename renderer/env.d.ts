/// <reference types="vite/client" />

/** The build without subtitles, alternate audio, ads and DRM, none of which a camera has. It ships no types of its own. */
declare module 'hls.js/light' {
  export * from 'hls.js';
  export { default, default as Hls } from 'hls.js';
}
