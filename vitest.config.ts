import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vitest/config';
import { assembly } from './vite.assembly.ts';

// Unit tests use every core, a thread for each file: a process for each, and one core left free, took twice as long.
const unit = { pool: 'threads', maxWorkers: '100%' } as const;
/** Such a test sets the time zone of its process, which a thread cannot. */
const ofLocalTime = 'renderer/**/*.zone.test.ts';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...unit,
          name: 'node',
          environment: 'node',
          include: ['{main,streams,alerts,layouts}/**/*.test.ts'],
          testTimeout: 20_000,
        },
      },
      {
        plugins: [vue(), assembly()],
        test: {
          ...unit,
          name: 'renderer',
          environment: 'happy-dom',
          include: ['renderer/**/*.test.ts'],
          exclude: [ofLocalTime],
          testTimeout: 20_000,
        },
      },
      { test: { name: 'local-time', environment: 'node', pool: 'forks', include: [ofLocalTime], testTimeout: 20_000 } },
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
