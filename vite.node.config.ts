import { builtinModules } from 'node:module';
import { readFileSync } from 'node:fs';
import { defineConfig } from 'vite';

const external = ['electron', 'better-sqlite3', 'node-av', /^node-av\//, /^node:/, ...builtinModules];

/** The processes: launcher, hub, relay, its workers and the Electron main process, each one bundle for Node 24. */
export default defineConfig({
  publicDir: false,
  define: { __TAODU_VERSION__: JSON.stringify(JSON.parse(readFileSync('package.json', 'utf8')).version) },
  ssr: { noExternal: true, external: ['electron', 'better-sqlite3', 'node-av'] },
  build: {
    ssr: true,
    outDir: 'dist/node',
    emptyOutDir: true,
    target: 'node24',
    sourcemap: true,
    minify: false,
    rolldownOptions: {
      // How long plugins took is for whoever works on the build, not for a newcomer's first start.
      checks: { bundlerTimings: false },
      input: {
        launch: 'main/launch/launch.ts',
        hub: 'main/hub/main.ts',
        'audit-worker': 'main/hub/audit/audit-worker.ts',
        'backup-worker': 'main/hub/operations/backup/backup-worker.ts',
        'journal-worker': 'main/hub/journal/journal-worker.ts',
        'demo-thread': 'streams/demo-city/feeds/demo-thread.ts',
        tools: 'main/tools/main.ts',
        relay: 'streams/media/main.ts',
        ingest: 'streams/sources/rtmp/main.ts',
        av: 'streams/sources/av/main.ts',
        electron: 'main/electron/main.ts',
      },
      external,
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
    },
  },
});
