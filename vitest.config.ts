import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['apps/**/*.test.ts', 'runner/**/*.test.ts'],
    // Tests start real servers on a small machine: files run one after another so that no test is starved by its neighbour.
    fileParallelism: false,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
})
