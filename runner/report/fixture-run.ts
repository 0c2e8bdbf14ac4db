import type { Result } from '../result.ts'

type FromCells = 'verdict' | 'apps' | 'cells' | 'overall' | 'controls' | 'findings'

/** What a result says of the run as a whole, for tests: when, where and with which options. The numbers are made up. */
export function runFields(): Omit<Result, FromCells> {
  return {
    format: 1,
    study: 'compare',
    startedAt: '2026-11-21T09:30:05.000Z',
    finishedAt: '2026-11-21T09:32:10.000Z',
    wallSeconds: 125,
    measuredSeconds: 80,
    seed: 42,
    baseline: 'node-http',
    rounds: 6,
    stoppedBecause: 'precision',
    blocks: { planned: 480, attempts: 480, disturbances: {} },
    options: {
      apps: ['node-http', 'fastify', 'hono', 'koa', "./it's mine/app.ts"],
      endpoints: ['hello', 'lookup'],
      connections: 8,
      transport: 'tcp',
      driver: 'autocannon',
      precisionPercent: 1,
      maxMinutes: 10,
      rounds: null,
      quick: false,
      sliceMilliseconds: 20,
      blocksPerRound: 40,
      warmUpMilliseconds: 1500,
    },
    environment: {
      suiteVersion: '0.1.0',
      commit: 'f144c75aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
      node: 'v24.21.0',
      v8: '13.6.233.17-node.33',
      platform: 'linux',
      arch: 'x64',
      kernel: '6.1.0-28-amd64',
      cpuModel: 'Example CPU @ 2.50GHz',
      cpus: 2,
      memoryBytes: 8_589_934_592,
      serverCpu: 1,
      loadCpu: 0,
      cpuAccounting: 'schedstat',
      driverVersion: '9.0.0',
      stealShare: 0.021,
      foreignShare: 0.004,
      cpuDistanceNanoseconds: { mean: 110, low: 108, high: 113 },
      runnerResidentBytes: 98_000_000,
      loadResidentBytes: 84_000_000,
      facts: [],
      poor: [],
      speedScore: null,
    },
  }
}
