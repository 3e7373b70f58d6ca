import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vitest/config';
import { assembly } from './vite.assembly.ts';

/** Files of unit tests run on every core. */
const everyCore = { maxWorkers: '100%' } as const;

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...everyCore,
          // A process for each file takes twice as long.
          pool: 'threads',
          name: 'node',
          environment: 'node',
          include: ['{main,streams,alerts,layouts}/**/*.test.ts'],
          testTimeout: 20_000,
        },
      },
      {
        plugins: [vue(), assembly()],
        // Threads would hear each other's BroadcastChannel (one console that locks, locks the others), and cannot set the time zone.
        test: {
          ...everyCore,
          pool: 'forks',
          name: 'renderer',
          environment: 'happy-dom',
          include: ['renderer/**/*.test.ts'],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'e2e',
          environment: 'node',
          include: ['e2e/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
