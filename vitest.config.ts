import { defineConfig } from 'vitest/config'

const ALL = ['apps/**/*.test.ts', 'runner/**/*.test.ts']
/** Tests that start servers, browsers or commands which measure nothing. */
const PROCESSES = [
  'apps/{contract,launcher,launcher-end,ask}.test.ts',
  'apps/{fixtures,middleware}/*.test.ts',
  'runner/{disk-full,doctor,rebuild,result-commands}.test.ts',
  'runner/deployment/*.test.ts',
  'runner/environment/*.test.ts',
  'runner/report/html/browser.test.ts',
]
/** Tests that measure, and would find each other's load. */
const MEASURING = [
  'runner/{calibrate,calibrate-command,cli,faults,resume-command}.test.ts',
  'runner/calibration/{invariance,today,cost,identical,planted,warm-up,burn-clock}.test.ts',
  'runner/calibration/procedures/*.test.ts',
  'runner/checks/real-findings.test.ts',
  'runner/load/**/*.test.ts',
  'runner/studies/{cache,connections,latency,memory,middleware,payload,stack,sweep,workers}.test.ts',
]
const limits = { testTimeout: 30_000, hookTimeout: 30_000 }
/** Processes take their time on a machine with other work to do. */
const patient = { testTimeout: 120_000, hookTimeout: 120_000 }
const group = (groupOrder: number) => ({ sequence: { groupOrder } })

/** One group after another; files of a group side by side, but those that measure. */
export default defineConfig({
  test: {
    // Vitest would leave one of two CPUs to itself.
    maxWorkers: 2,
    projects: [
      // These touch nothing but memory and folders of their own, so they share worker processes too.
      {
        test: {
          ...limits,
          ...group(1),
          name: 'pure',
          include: ALL,
          exclude: [...PROCESSES, ...MEASURING],
          isolate: false,
          maxWorkers: 2,
        },
      },
      { test: { ...patient, ...group(2), name: 'processes', include: PROCESSES, maxWorkers: 2 } },
      { test: { ...patient, ...group(3), name: 'measuring', include: MEASURING, fileParallelism: false } },
    ],
  },
})
