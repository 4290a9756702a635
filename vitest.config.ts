import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/build.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Key generation and child processes: two at a time suit the smallest machines.
    maxWorkers: 2,
    // Other programs write what is not ASCII as the locale has it, and a bare environment has none.
    env: { LC_ALL: 'C.UTF-8' },
  },
});
