import { defineConfig } from 'vitest/config'

const ALL = ['apps/**/*.test.ts', 'runner/**/*.test.ts']
/** Tests that start servers, browsers or commands, and look at nothing that company on the machine would change. */
const PROCESSES = [
  'apps/{contract,launcher,launcher-end,team}.test.ts',
  'apps/{connections,fixtures,middleware,payload}/*.test.ts',
  'runner/{cli-interrupted,cli-mistakes,cli-simulated,disk-full,doctor,rebuild,result-commands,resume-command}.test.ts',
  'runner/calibration/{burn-clock,invariance,today}.test.ts',
  'runner/calibration/procedures/{procedures,program}.test.ts',
  'runner/checks/real-findings.test.ts',
  'runner/deployment/{child,launched,process-tree}.test.ts',
  'runner/environment/{cpu-distance,measure-machine}.test.ts',
  'runner/load/wrk.test.ts',
  'runner/nginx/nginx-host.test.ts',
  'runner/report/html/browser.test.ts',
  'runner/studies/*-command.test.ts',
]
/** Tests that need undisturbed blocks, and would find each other's load. */
const MEASURING = [
  'runner/{calibrate-command,cli,faults,resume-killed}.test.ts',
  'runner/load/autocannon/*.test.ts',
  'runner/studies/{cache,connections,latency,memory,middleware,payload,stack,sweep,workers}.test.ts',
]
/** For what hangs: no test asserts a speed, and a busy machine takes its time. */
const limits = { testTimeout: 120_000, hookTimeout: 120_000 }
const group = (groupOrder: number) => ({ sequence: { groupOrder } })

/** All others two at a time, the long ones first; then what measures, one file after another. */
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
      { test: { ...limits, ...group(1), name: 'processes', include: PROCESSES, maxWorkers: 2 } },
      { test: { ...limits, ...group(2), name: 'measuring', include: MEASURING, fileParallelism: false } },
    ],
  },
})
