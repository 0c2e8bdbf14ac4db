import type { AppFacts, Cell, Estimate, FailedCell, Finding, MeasuredCell, Overall, Result, Verdict } from '../result.ts'
import { runFields } from './fixture-run.ts'

/** A title that tries every report at once: a tag, a table column, a quote and a colour. */
export const hostileTitle = '<script>alert(1)</script>|"x"\u001b[31m'

/**
 * A finished run for tests: five apps on two endpoints. On `hello` all are measured, and hono and koa are tied. On `lookup` koa is
 * invalid and the hostile app failed. The numbers are made up.
 */
export function fixtureResult(): Result {
  return {
    ...runFields(),
    verdict: 'invalid',
    apps: [
      app('node-http', 'node:http', null, null),
      app('fastify', 'Fastify', 'fastify', '5.12.8'),
      app('hono', 'Hono', 'hono', '4.13.19'),
      app('koa', 'Koa', 'koa', '3.3.0'),
      { ...app('evil', hostileTitle, null, '1.0|`\n0'), given: "./it's mine/app.ts" },
    ],
    cells: [
      measured('node-http', 'hello', [6.812, 0.061], [1, 0], 1),
      measured('node-http', 'lookup', [1204.3, 4.2], [1, 0], 1),
      measured('koa', 'hello', [10.104, 0.11], [1.483, 0.012], [3, 4]),
      invalidCell(),
      measured('fastify', 'hello', [8.215, 0.07], [1.206, 0.0052], 2),
      measured('fastify', 'lookup', [1216.9, 5.1], [1.0105, 0.0031], 2),
      measured('hono', 'hello', [9.994, 0.12], [1.467, 0.012], [3, 4]),
      measured('hono', 'lookup', [1231.4, 4.9], [1.0225, 0.0035], 3),
      measured('evil', 'hello', [13.31, 0.4], [1.954, 0.05], 5),
      failedCell(),
    ],
    overall: [
      overall('koa', [1.229, 0.02], null, 'invalid'),
      overall('node-http', [1, 0], 1, 'valid'),
      overall('hono', [1.2247, 0.0061], 3, 'valid'),
      overall('fastify', [1.1039, 0.0033], 2, 'valid'),
    ],
    controls: {
      identical: [
        { endpoint: 'hello', deployments: ['node-http', 'node-http#2'], ratio: estimate(1.001, 0.005, 0.975), agrees: true },
        { endpoint: 'lookup', deployments: ['node-http', 'node-http#2'], ratio: estimate(1.0121, 0.004, 0.975), agrees: false },
      ],
    },
    findings: [finding('steal', 'suspect', 'The hypervisor took 2.1 % of the CPU time.', 'Measure on a quieter machine.')],
  }
}

/** The same run on `hello` alone, with nothing wrong: valid, all five apps ranked, hono and koa tied. */
export function calmResult(): Result {
  const result = fixtureResult()
  return {
    ...result,
    verdict: 'valid',
    options: { ...result.options, endpoints: ['hello'] },
    cells: result.cells.filter(({ endpoint }) => endpoint === 'hello'),
    overall: [],
    controls: { identical: result.controls.identical.filter(({ endpoint }) => endpoint === 'hello') },
    findings: [],
  }
}

export function estimate(value: number, halfWidth: number | null, level = 0.95): Estimate {
  return { value, low: halfWidth === null ? null : value - halfWidth, high: halfWidth === null ? null : value + halfWidth, level }
}

export function finding(code: string, severity: Finding['severity'], message: string, advice: string): Finding {
  return { code, severity, message, advice, facts: {} }
}

type Place = number | [low: number, high: number] | null

function measured(id: string, endpoint: string, cost: [number, number], ratio: [number, number], place: Place): MeasuredCell {
  const [value, width] = cost
  const baseline = endpoint === 'hello' ? 6.812 : 1204.3
  const overhead = value - baseline
  return {
    ...identity(id, endpoint),
    state: 'measured',
    cost: estimate(value, width),
    ratio: estimate(...ratio),
    typicalCost: null,
    typicalRatio: null,
    lateMicroseconds: null,
    overheadMicroseconds: estimate(overhead, overhead === 0 ? 0 : width * 1.2),
    requestsPerSecond: estimate(0.82e6 / value, (0.82e6 / value) * 0.011),
    impliedMaximumRequestsPerSecond: 1e6 / value,
    userShare: 0.61,
    latencyMicroseconds: { mean: 8.2 * value, p50: 8 * value, p90: 9 * value, p99: 14 * value, max: 40 * value, samples: 48_210 },
    residentBytes: 61_341_696,
    serverBusy: 0.973,
    loadBusy: 0.412,
    headerBytes: 142,
    rank: range(place),
    apartFrom: null,
    requests: 52_114,
    slices: 240,
    driftPercent: estimate(-0.2, 0.4, 0.995),
    helperFallPercent: estimate(0.1, 0.2, 0.995),
    blocksKept: 240,
    blocksPlanned: 240,
    perRound: [1, 2, 3, 4, 5, 6].map((round) => ({
      ...{ round, blocks: 40, costMicroseconds: value, ratio: ratio[0], overheadMicroseconds: overhead },
      ...{ requestsPerSecond: 0.82e6 / value, cpuDistanceNanoseconds: null },
      ...{ typicalCostMicroseconds: null, typicalRatio: null, lateMicroseconds: null },
    })),
  }
}

function invalidCell(): Cell {
  const bound = finding(
    'load-generator-bound',
    'invalid',
    'The load generator was busy 99 % of the time.',
    'Use fewer connections.',
  )
  return {
    ...measured('koa', 'lookup', [1228.8, 9.3], [1.0188, 0.0076], null),
    verdict: 'invalid',
    findings: [bound],
    loadBusy: 0.99,
  }
}

function failedCell(): FailedCell {
  return {
    ...identity('evil', 'lookup'),
    verdict: 'invalid',
    findings: [finding('app-failed', 'invalid', 'evil stopped answering in round 2.', 'Run it alone.')],
    state: 'failed',
    reason: 'exited with status 1 | <b>`rm`</b>\nin round 2',
    lastLines: ['\u001b[2JError: boom | `x`', '    at <anonymous>'],
  }
}

function identity(id: string, endpoint: string) {
  return {
    ...{ app: id, endpoint, verdict: 'valid' as const, findings: [] },
    deployment: { runtime: 'node', transport: 'tcp' as const, proxy: null, workers: 1, copies: id === 'node-http' ? 2 : 1 },
    load: { driver: 'autocannon', connections: 8, keepAlive: true },
  }
}

function overall(id: string, ratio: [number, number], place: Place, verdict: Verdict): Overall {
  return { app: id, ratio: estimate(...ratio), rank: range(place), apartFrom: null, verdict, findings: [] }
}

function range(place: Place): { low: number; high: number } | null {
  if (place === null) return null
  const [low, high] = typeof place === 'number' ? [place, place] : place
  return { low, high }
}

function app(id: string, title: string, packageName: string | null, version: string | null): AppFacts {
  return { id, title, package: packageName, version, given: id }
}
