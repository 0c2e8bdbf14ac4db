import { defineConfig } from 'vitest/config'

const ALL = ['apps/**/*.test.ts', 'runner/**/*.test.ts']
/** Tests that start servers, browsers or commands. Those that measure do not look for disturbances, and nothing they expect needs quiet. */
const PROCESSES = [
  'apps/contract.test.ts',
  'apps/{burning,connections,middleware,payload}/*.test.ts',
  'runner/cli/{calibrate-command,cli,cli-interrupted,cli-mistakes,cli-simulated,cli-unread,disk-full,doctor,faults}.test.ts',
  'runner/cli/{result-commands,resume-command,resume-killed}.test.ts',
  'runner/questions/{real-lanes,rebuild}.test.ts',
  'runner/questions/origins/servers.test.ts',
  'runner/questions/calibration/{burn-clock,invariance,load-generators,procedures,today}.test.ts',
  'runner/machine/{child,cpu-distance,measure-machine,meter,process-tree}.test.ts',
  'runner/load/{load-programs,program-driver}.test.ts',
  'runner/load/autocannon/*.test.ts',
  'runner/report/html/browser.test.ts',
  'runner/servers/{app-versions,client-address,local-host,manifest-program,runtimes,module-program,nginx}.test.ts',
  'runner/questions/studies/{cache,connections,latency,memory,middleware,payload,stack,sweep,workers}.test.ts',
  'runner/questions/studies/*-command.test.ts',
]
/** Tests of what takes a quiet machine: 40 milliseconds that are 40. */
const MEASURING = ['runner/analysis/checks/real-findings.test.ts']
/** For what hangs: no test asserts a speed, and a busy machine takes its time. */
const limits = { testTimeout: 120_000, hookTimeout: 120_000, expect: { poll: { timeout: 50_000, interval: 20 } } }
/** Vitest would leave one of two CPUs to itself; what waits for a process leaves room for a third. */
const WORKERS = 3
/** Processes of the suite find their sources compiled. */
const quick = { setupFiles: ['runner/fixtures/quick-starts.ts'], globalSetup: ['runner/fixtures/compiled.ts'] }
const group = (groupOrder: number) => ({ sequence: { groupOrder } })

/** All others three at a time, the long ones first; then what measures, alone. */
export default defineConfig({
  test: {
    maxWorkers: WORKERS,
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
          maxWorkers: WORKERS,
        },
      },
      // A machine of others may stand still for seconds, and whatever waits for a process then has waited for too long: once more there.
      {
        test: {
          ...limits,
          ...group(1),
          ...quick,
          name: 'processes',
          include: PROCESSES,
          maxWorkers: WORKERS,
          retry: process.env.CI === undefined ? 0 : 1,
        },
      },
      { test: { ...limits, ...group(2), ...quick, name: 'measuring', include: MEASURING, fileParallelism: false } },
    ],
  },
})
