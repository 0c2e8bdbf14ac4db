import type { Estimate } from '../result.ts'
import { seededRandom } from '../statistics/simulation/seeded-random.ts'
import { mean } from '../statistics/summary.ts'
import type {
  CalibrationPart,
  CostPart,
  IdenticalPart,
  InvariancePart,
  KindsPart,
  OutsidePart,
  PartHead,
  PlantedPart,
  TodayPart,
  WarmUpPart,
} from './data.ts'

/** Parts of a calibration for tests: the numbers are made up, and always the same. */
export function fixtureParts(): CalibrationPart[] {
  return [outsidePart(), kindsPart(), identicalPart(), plantedPart(), todayPart(), invariancePart(), costPart(), warmUpPart()]
}

type Setting = InvariancePart['factors'][number]['settings'][number]

const MINUTE = 60_000
const ENDPOINTS = ['hello', 'template', 'table', 'lookup']

export function partHead(minutes: number): PartHead {
  const startedAt = new Date('2026-11-21T12:00:00.000Z')
  return {
    ...{ format: 1, seed: 20261121, cutShort: false, suiteVersion: '0.1.0', commit: 'f144c75aaaaabbbbcccc' },
    ...{ node: 'v24.21.0', kernel: '6.18.44', cpuModel: 'Example CPU @ 2.50GHz', cpus: 2 },
    startedAt: startedAt.toISOString(),
    finishedAt: new Date(startedAt.getTime() + minutes * MINUTE).toISOString(),
    wallSeconds: minutes * 60,
  }
}

/** Servers by hand cost what the suite says, but for koa, of which it says 6 % more. */
export function outsidePart(): OutsidePart {
  const random = seededRandom(2)
  const costs = { 'node-http': 12, koa: 18, express: 24 }
  const set = (koa: number) =>
    Object.fromEntries(
      Object.entries(costs).map(([app, cost]) => [app, cost * (app === 'koa' ? koa : 1) * Math.exp(0.01 * random.normal())]),
    )
  const way = (id: OutsidePart['ways'][number]['id'], title: string, koa = 1) => ({
    ...{ id, title },
    sets: Array.from({ length: 8 }, () => set(koa)),
  })
  return {
    ...{ part: 'outside', head: partHead(12) },
    ways: [
      way('autocannon', 'servers by hand, autocannon'),
      way('suite-sleeping', 'the suite with a client that sleeps', 1.06),
      way('wrk', 'servers by hand, wrk'),
      way('suite', 'the suite'),
    ],
  }
}

/** Two kinds of work in four runs, all found. */
export function kindsPart(): KindsPart {
  const cell = (kind: string, typicalMicroseconds: number) => ({
    ...{ kind, verdict: 'valid' as const, typicalMicroseconds, unitMicroseconds: 7.9 },
    ...{ truth: around(8, 0.05), recovered: around(8.2, 0.4), recoveredLessTruth: around(0.2, 0.4) },
  })
  return {
    ...{ part: 'kinds', head: partHead(15) },
    runs: Array.from({ length: 4 }, () => ({ ...runTime(4, 200), cells: [cell('at-once', 8.1), cell('after-1s', 0.1)] })),
  }
}

/** @param excluding how many of the 8 intervals per run, of all runs together, exclude 1 */
export function identicalPart({ runs = 20, excluding = 7 } = {}): IdenticalPart {
  const random = seededRandom(1)
  const of = runs * 8
  return {
    part: 'identical',
    head: partHead(15),
    runs: Array.from({ length: runs }, (_, run) => ({
      ...runTime(6, 43),
      ratios: ['hello', 'template'].flatMap((endpoint, place) =>
        [2, 3, 4, 5].map((copy, index) => {
          const number = run * 8 + place * 4 + index
          // Every so many-th is a wrong one.
          const wrong = Math.floor(((number + 1) * excluding) / of) > Math.floor((number * excluding) / of)
          const halfWidth = 0.005 * Math.exp(0.35 * random.normal())
          const share = wrong ? 1.1 + 0.5 * random.uniform() : Math.abs(0.45 * random.normal()) % 0.95
          return { app: `copy ${copy}`, endpoint, ratio: around(1 + (number % 2 ? 1 : -1) * share * halfWidth, halfWidth) }
        }),
      ),
      controls: ['hello', 'template'].map((endpoint) => ({
        endpoint,
        ratio: { ...around(1 + 0.001 * random.normal(), 0.0045), level: 0.975 },
      })),
    })),
  }
}

/**
 * @param recovered microseconds found for one planted
 * @param inSitu microseconds that the servers timed for one planted; null: a part from before they did
 */
export function plantedPart({ runs = 4, recovered = 1, inSitu = 1 as number | null } = {}): PlantedPart {
  const random = seededRandom(2)
  const bases = ['node-http', 'koa']
  return {
    part: 'planted',
    head: partHead(12),
    burn: { nanosecondsPerTurn: 1.25, perProcess: [1.246, 1.25, 1.251, 1.249, 1.255], turnsPerMicrosecond: 800 },
    runs: Array.from({ length: runs * bases.length }, (_, run) => ({
      ...runTime(12, 85),
      base: bases[run % bases.length]!,
      emptyNanoseconds: inSitu === null ? null : 62 + run,
      // The loop is calibrated anew, and misses its nominal time by a little.
      cells: [0, 0.502, 1.004, 2.008, 5.02, 10.04].map((plantedMicroseconds) => {
        const halfWidth = 0.1 * Math.exp(0.25 * random.normal())
        const found = recovered * plantedMicroseconds + 0.4 * halfWidth * random.normal()
        return {
          plantedMicroseconds,
          overheadMicroseconds: around(found + 0.06, halfWidth),
          overWrapperMicroseconds: plantedMicroseconds === 0 ? null : around(found, halfWidth),
          inSitu: plantedMicroseconds === 0 || inSitu === null ? null : inSituOf(inSitu * plantedMicroseconds, found, halfWidth),
          wholeRequest:
            plantedMicroseconds === 0 || inSitu === null ? null : comparedWith(recovered * plantedMicroseconds, found, halfWidth),
        }
      }),
    })),
  }
}

function inSituOf(timed: number, found: number, halfWidth: number) {
  return { ...comparedWith(timed, found, halfWidth), samples: 2_500, leftOut: 1 }
}

function comparedWith(timed: number, found: number, halfWidth: number) {
  return { microseconds: around(timed, 0.01 * timed), recoveredLessInSitu: around(found - timed, halfWidth) }
}

/** @param suiteSpread standard deviation of the suite's log ratios over its repetitions */
export function todayPart({ repetitions = 6, suiteSpread = 0.002 } = {}): TodayPart {
  const random = seededRandom(3)
  const servers = ['node-http', 'node-http again', 'koa', 'express']
  const truths = [1, 1, 1.5, 1.86]
  const procedures = [
    { id: 'autocannon', title: 'autocannon, one after another', what: 'autocannon -c 10 -d 10 <url>', spread: 0.035, bias: 1.04 },
    {
      id: 'fastify-benchmarks',
      title: 'fastify/benchmarks',
      what: 'autocannon -c 100 -d 5 -p 10 <url>',
      spread: 0.05,
      bias: 1.1,
    },
    { id: 'interleaved', title: 'autocannon, interleaved', what: 'autocannon -c 10 -d 1 <url>', spread: 0.02, bias: 1.04 },
    { id: 'wrk', title: 'wrk, one after another', what: 'wrk -t1 -c10 -d10s <url>', spread: 0.04, bias: 1.08 },
    { id: 'suite', title: 'this suite', what: 'npm run compare -- --endpoints hello', spread: suiteSpread, bias: 1 },
  ]
  return {
    part: 'today',
    head: partHead(20),
    servers,
    procedures: procedures.map(({ id, title, what, spread, bias }) => ({
      ...{ id, title, what },
      repetitions: Array.from({ length: repetitions }, () => {
        const costs = truths.map(
          (truth) => 13 * (truth === 1 ? 1 : truth * bias) * Math.exp(spread * Math.SQRT1_2 * random.normal()),
        )
        const ratios = Object.fromEntries(servers.map((server, index) => [server, around(costs[index]! / costs[0]!, 0.006)]))
        return {
          wallSeconds: 45 + random.uniform(),
          requestsPerSecond: byServer(
            servers,
            costs.map((cost) => 980_000 / cost),
          ),
          costMicroseconds: byServer(servers, costs),
          ratios: id === 'suite' ? ratios : null,
        }
      }),
    })),
  }
}

/** @param tax how much dearer koa and express come out with a sleeping load generator, as a share */
export function invariancePart({ tax = 0.08 } = {}): InvariancePart {
  const random = seededRandom(4)
  const ROUNDS = 16
  let turns = 0
  const setting = (label: string, effect = 0, firstRound = ROUNDS * turns++): Setting => ({
    ...{ label, isDefault: false, rounds: ROUNDS, baselineMicroseconds: around(13, 0.2), serverBusy: 0.99, loadBusy: 0.86 },
    cells: Object.entries({ koa: 1.49, express: 1.85 }).map(([app, truth]) => {
      const perRound = Array.from({ length: ROUNDS }, (_, index) => {
        const round = firstRound + index + 1
        return { round, ratio: truth * (1 + effect) * Math.exp(0.012 * random.normal()) }
      })
      const ratio = mean(perRound.map((round) => round.ratio))
      return {
        app,
        endpoint: 'hello',
        ratio: around(ratio, 0.009),
        overheadMicroseconds: around(13 * (ratio - 1), 0.15),
        perRound,
      }
    }),
  })
  const standard = setting('')
  const usual = (label: string): Setting => ({ ...standard, label, isDefault: true })
  const factor = (id: string, title: string, settings: Setting[]) => ({ id, title, settings })
  return {
    part: 'invariance',
    head: partHead(9),
    factors: [
      factor('load-generator', 'load generator', [usual('spinning'), setting('sleeping', tax)]),
      factor('slice', 'length of a slice', [
        ...[setting('10 ms'), usual('20 ms'), setting('50 ms')],
        ...[setting('100 ms'), setting('500 ms')],
      ]),
      factor('connections', 'connections', [
        ...[setting('4'), setting('8'), usual('16'), setting('32')],
        ...[setting('64'), setting('128', -0.015), setting('256', -0.03)],
      ]),
      factor('cpu', 'CPU of the server', [usual('as placed'), setting('swapped')]),
      factor('neighbours', 'neighbours in the block', [usual('koa and express'), koaOnly(setting('koa and fastify'))]),
      // Taken from the rounds of the default.
      factor('order', 'place in the block', [usual('any'), setting('first half', 0, 0), setting('second half', 0, 0)]),
    ],
  }
}

export function costPart(): CostPart {
  const shapes = [
    { apps: 1, endpoints: 1, wallSeconds: 14.4, measuredSeconds: 6 },
    { apps: 4, endpoints: 1, wallSeconds: 33, measuredSeconds: 15 },
    { apps: 4, endpoints: 4, wallSeconds: 82, measuredSeconds: 60 },
    { apps: 8, endpoints: 4, wallSeconds: 148, measuredSeconds: 108 },
  ]
  const server = { 'node-http': 13.1, fastify: 14.3, koa: 19.5, express: 24.2 }
  return {
    part: 'cost',
    head: partHead(5),
    runs: shapes.map((shape) => ({
      ...{ ...runTime(3, shape.wallSeconds), ...shape, blocksPerRound: 50, warmUpMilliseconds: 1000 },
      ...{ runnerResidentBytes: 96e6 + shape.apps * 2e6, loadResidentBytes: 118e6 },
    })),
    perRequest: Object.entries(server).flatMap(([app, cost]) =>
      ENDPOINTS.slice(0, 2).map((endpoint, place) => ({
        ...{ app, endpoint, serverMicroseconds: cost + 2 * place, loadMicroseconds: 11.4 + place, serverBusy: 0.99 },
        loadBusy: 11.4 / cost,
      })),
    ),
  }
}

/** @param drift change of cost over the measured part of a round, percent */
export function warmUpPart({ drift = -0.2 } = {}): WarmUpPart {
  const random = seededRandom(6)
  const apps = { 'node-http': 13, fastify: 14, hono: 14.2, koa: 19.5, express: 24 }
  return {
    part: 'warm-up',
    head: partHead(3),
    curves: Object.entries(apps).flatMap(([app, level]) =>
      [1, 2, 3].map((process) => ({
        ...{ app, process },
        points: Array.from({ length: 60 }, (_, index) => {
          const milliseconds = 20 * 300 ** (index / 59)
          const cost = level * (1 + 9 * (milliseconds / 15) ** -1.4) * Math.exp(0.025 * random.normal())
          return { milliseconds, costMicroseconds: cost }
        }),
      })),
    ),
    chosenMilliseconds: 1180,
    drift: Object.keys(apps).flatMap((app) =>
      ['hello', 'table'].map((endpoint) => ({ app, endpoint, driftPercent: around(drift + 0.15 * random.normal(), 0.45) })),
    ),
  }
}

function koaOnly(setting: Setting): Setting {
  return { ...setting, cells: setting.cells.filter(({ app }) => app === 'koa') }
}

function runTime(rounds: number, wallSeconds: number) {
  return { rounds, wallSeconds, measuredSeconds: 0.64 * wallSeconds, verdict: 'valid' as const }
}

function around(value: number, halfWidth: number): Estimate {
  return { value, low: value - halfWidth, high: value + halfWidth, level: 0.95 }
}

function byServer(servers: readonly string[], values: readonly number[]): Record<string, number> {
  return Object.fromEntries(servers.map((server, index) => [server, values[index]!]))
}
