import { defineConfig } from 'vite';

/** The preload script: one CommonJS file, because a sandboxed preload cannot be a module. */
export default defineConfig({
  publicDir: false,
  build: {
    outDir: 'dist/preload',
    target: 'chrome150',
    minify: false,
    lib: { entry: 'main/electron/preload.ts', formats: ['cjs'], fileName: () => 'preload.cjs' },
    rolldownOptions: { external: ['electron'] },
  },
});
