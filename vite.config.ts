import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';
import { assembly } from './vite.assembly.ts';

/** How long plugins took is for whoever works on the build, not for a newcomer's first start. */
const checks = { bundlerTimings: false };

/** The pages: one bundle for wall screens, one for the console and the login, one for the phones of units. */
export default defineConfig({
  root: 'renderer',
  base: '/',
  plugins: [vue(), assembly()],
  worker: { format: 'es', plugins: () => [assembly()], rolldownOptions: { checks } },
  define: {
    __VUE_OPTIONS_API__: false,
    __VUE_PROD_DEVTOOLS__: false,
    __INTLIFY_JIT_COMPILATION__: true,
    __INTLIFY_DROP_MESSAGE_COMPILER__: false,
  },
  build: {
    outDir: '../dist/renderer',
    emptyOutDir: true,
    target: 'chrome140',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2000,
    rolldownOptions: {
      checks,
      input: {
        wall: 'renderer/wall.html',
        console: 'renderer/console.html',
        login: 'renderer/login.html',
        setup: 'renderer/setup.html',
        unit: 'renderer/unit.html',
      },
    },
  },
});
