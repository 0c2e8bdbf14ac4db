import { defineConfig } from 'vitest/config'

const ALL = ['apps/**/*.test.ts', 'runner/**/*.test.ts']
/** Tests that start servers, load generators, browsers or whole commands. */
const REAL = [
  'apps/{contract,launcher,launcher-end,ask}.test.ts',
  'apps/fixtures/*.test.ts',
  'runner/{cli,calibrate-command,doctor,result-commands,rebuild}.test.ts',
  'runner/calibrate.test.ts',
  'runner/calibration/{invariance,today,cost,identical,planted,warm-up,burn-clock}.test.ts',
  'runner/calibration/procedures/*.test.ts',
  'runner/checks/real-findings.test.ts',
  'runner/deployment/*.test.ts',
  'runner/environment/*.test.ts',
  'runner/load/**/*.test.ts',
  'runner/report/html/browser.test.ts',
]
const limits = { testTimeout: 30_000, hookTimeout: 30_000 }

export default defineConfig({
  test: {
    projects: [
      {
        // These share processes and both CPUs: they touch nothing but memory and folders of their own.
        test: { ...limits, name: 'pure', include: ALL, exclude: REAL, isolate: false, sequence: { groupOrder: 1 } },
      },
      {
        // Files run one after another, so that no server is starved by the neighbour of its test.
        test: { ...limits, name: 'real', include: REAL, fileParallelism: false, sequence: { groupOrder: 2 } },
      },
    ],
  },
})
