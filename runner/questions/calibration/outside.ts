import { setTimeout as sleep } from 'node:timers/promises'
import { BASELINE } from '../../../apps/app.ts'
import type { DriverId } from '../../load/drivers.ts'
import { autocannon, flawless, type LoadProgram, runLoadProgram, wrk } from '../../load/load-programs.ts'
import { type AnswerChart, type AnswerTable, chartOf, mark, tableOf } from '../../result/answer.ts'
import { count, formatChange } from '../../result/format.ts'
import { listInWords } from '../../result/plain-text.ts'
import { differenceOfMeans, estimateMeans, exponentiate, type Interval, type MeanEstimate } from '../../statistics/estimate.ts'
import { seededRandom } from '../../statistics/random.ts'
import { resolveApps } from '../resolve.ts'
import type { OutsidePart } from './data.ts'
import { type OutsideServer, outsideApps, startOutsideServers } from './outside-servers.ts'
import type { Part, PartContext } from './part.ts'
import { outcomeOf, repeatInTurns, seedOfTurn, shrunk, unitShare } from './repetitions.ts'
import { measureUnitRun, notMeasured, sized } from './unit-run.ts'
import { holds, judged } from './words.ts'

const CONNECTIONS = 16
const WARM_UP_SECONDS = 4
/** Runs of a load program on every server of a set. */
const RUNS = { full: 4, least: 1 }
const RUN_SECONDS = 1
/** After the last run of a set, so that what servers put off is done. */
const TAIL_MILLISECONDS = 1_200
const SUITE_SIZES = { rounds: { full: 2, least: 2 }, blocks: { full: 40, least: 3 }, warmUp: { full: 2.4, least: 0.1 } }
const FULL_MILLISECONDS = 60_000
/** The goal: no more than this beside what is found from outside. */
const WITHIN = 0.03

type WayId = OutsidePart['ways'][number]['id']
type Sets = OutsidePart['ways'][number]['sets']

/** One way of finding what the apps cost: costs in microseconds by app, one entry per set of fresh processes. */
interface Way {
  readonly id: WayId
  readonly title: string
  /** In chart and table. */
  readonly short: string
  measure(context: PartContext, turn: number, share: number): Promise<Sets | null>
}

/** In the order of chart and table. */
const WAYS: readonly Way[] = [
  { id: 'autocannon', title: 'servers by hand, autocannon', short: 'by hand, autocannon', measure: byHand(autocannon) },
  { id: 'wrk', title: 'servers by hand, wrk', short: 'by hand, wrk', measure: byHand(wrk) },
  {
    id: 'suite-sleeping',
    title: 'the suite with a client that sleeps',
    short: 'suite, client sleeps',
    measure: bySuite('autocannon-sleeping'),
  },
  { id: 'suite', title: 'the suite', short: 'suite', measure: bySuite('autocannon') },
]
/** Load programs of other people on servers started by hand; both sleep. */
const OUTSIDE: readonly WayId[] = ['autocannon', 'wrk']

/**
 * The suite held against the outside: servers as their documentation has them, started with `node server.mjs`, loaded by stock autocannon
 * and by wrk from their own command lines, in turns with the suite.
 */
export const outside: Part<OutsidePart> = {
  id: 'outside',
  title: 'servers started by hand',
  share: 0.15,
  async measure(context) {
    const share = unitShare(context.milliseconds, FULL_MILLISECONDS, WAYS.length)
    const rule = { guessMilliseconds: FULL_MILLISECONDS * share, random: seededRandom(context.seed) }
    const repetitions = await repeatInTurns(context, WAYS, rule, (way, turn) => way.measure(context, turn, share))
    return outcomeOf(repetitions, (finished) => ({
      part: 'outside',
      ways: WAYS.map((way) => {
        const { id, title } = way
        return { id, title, sets: finished.flatMap(({ member, done }) => (member === way ? done : [])) }
      }),
    }))
  },
  heading: 'From outside',
  question: 'Do servers that are started by hand and loaded by stock programs cost what the suite says?',
  goals: [
    'no difference between the suite and the outside is proven, for any app',
    'the suite is within ±3 % of the outside, for every app',
  ],
  answer(part) {
    const rows = rowsOf(part)
    const compared = rows.flatMap(({ app, sleeping }) => (sleeping === null ? [] : [{ app, sleeping }]))
    if (compared.length === 0) return null
    const words = compared.map(({ app, sleeping }) => `${app} ${formatChange(sleeping)}`)
    const judge = (how: string, isMet: (difference: Interval) => boolean) => {
      const met = compared.filter(({ sleeping }) => isMet(sleeping)).length
      return judged(`${met} of ${count(compared.length, 'app')} ${how}`, met === compared.length)
    }
    return {
      judgements: [
        judge('have no proven difference', (difference) => holds(difference, 1)),
        judge('are within ±3 %', ({ value }) => Math.abs(Math.log(value)) <= Math.log1p(WITHIN)),
      ],
      sentences: [
        `By a client that sleeps, as stock load programs do, the suite says of the ratio to ${BASELINE}, compared with the outside: ${listInWords(words)}.`,
      ],
      tables: [table(rows)],
      charts: [chart(rows)],
      limits: [],
      effort: part.ways.map(({ title, sets }) => `${title}: ${count(sets.length, 'set')}`).join('; '),
    }
  },
}

/** Whole runs of a load program on every server, in turns; cost is all CPU over all requests, with an idle tail. */
function byHand(program: LoadProgram): Way['measure'] {
  return async ({ signal, placement, progress, seed }, turn, share) => {
    await using stack = new AsyncDisposableStack()
    const servers = await startOutsideServers(placement.serverCpu, stack)
    const shape = { connections: CONNECTIONS, pipelining: 1, cpu: placement.loadCpu }
    const run = async ({ url }: OutsideServer, seconds: number) =>
      flawless(program, await runLoadProgram(program, url, { ...shape, seconds }, signal))
    for (const server of servers) {
      progress(`servers by hand, warming up ${server.app}`)
      await run(server, Math.max(1, Math.round(WARM_UP_SECONDS * share)))
    }
    const random = seededRandom(seed + turn)
    const loaded = servers.map((server) => ({ server, beforeNs: server.cpuNs(), requests: 0 }))
    for (let round = 0; round < shrunk(RUNS.full, share, RUNS.least); round++) {
      for (const own of random.shuffle(loaded)) {
        if (signal.aborted) return null
        progress(`servers by hand, ${own.server.app}`)
        own.requests += (await run(own.server, RUN_SECONDS)).requests
      }
    }
    await sleep(TAIL_MILLISECONDS, undefined, { signal }).catch(() => {})
    const costs = loaded.map(({ server, beforeNs, requests }) => [server.app, (server.cpuNs() - beforeNs) / 1000 / requests])
    return [Object.fromEntries(costs)]
  }
}

/** A short run of the suite on the same answer; every round has fresh processes, and is a set. */
function bySuite(driver: DriverId): Way['measure'] {
  return async (context, turn, share) => {
    const apps = resolveApps(outsideApps, context.cwd)
    const shape = { driver, endpoints: ['hello' as const], connections: CONNECTIONS, maxMinutes: 10 }
    const unit = { title: `the suite, ${driver}`, apps, options: { ...shape, ...sized(SUITE_SIZES, share) } }
    const outcome = await measureUnitRun(context, unit, seedOfTurn(context, turn))
    if (outcome === null) return null
    const measured = outcome.result.cells.filter((cell) => cell.state === 'measured')
    if (!measured.some(({ app }) => app === BASELINE)) throw notMeasured('the suite', outcome.result)
    const values = measured.flatMap(({ app, perRound }) => perRound.map((one) => ({ ...one, app })))
    const sets = Map.groupBy(values, ({ round }) => round)
    return [...sets.values()].map((set) => Object.fromEntries(set.map(({ app, costMicroseconds }) => [app, costMicroseconds])))
  }
}

const EXPLANATION =
  'Every set has fresh processes: all five servers up at once on one CPU, warmed up, then loaded in turns; cost is all CPU time over all ' +
  'requests, an idle second included. The servers started by hand share no code with the suite: node server.mjs as in the documentation of ' +
  'each framework, autocannon and wrk from their own command lines, and /proc. Both programs sleep between responses, and the ' +
  "server's write has to wake them; that is more expensive, and more so for a slow app. So the suite is compared with them by a client that sleeps as " +
  'well (--driver autocannon-sleeping); what its usual client, which never sleeps, says of the same servers is beside it.'

type Row = ReturnType<typeof rowsOf>[number]

/** Of every app its ratio by every way, and what the suite says by a client that sleeps, and by its usual one, over what the outside says. */
function rowsOf({ ways }: OutsidePart) {
  const apps = new Set(ways.flatMap(({ sets }) => sets.flatMap((set) => Object.keys(set))))
  apps.delete(BASELINE)
  return [...apps].map((app) => {
    /** ln of the ratio to the baseline in the same set, over the sets of some ways. */
    const logRatio = (...ids: readonly WayId[]): MeanEstimate | null => {
      const sets = ways.filter(({ id }) => ids.includes(id)).flatMap((way) => way.sets)
      const known = sets.filter((set) => set[app] !== undefined && set[BASELINE] !== undefined)
      return known.length < 2 ? null : estimateMeans([known.map((set) => Math.log(set[app]! / set[BASELINE]!))])[0]!
    }
    const overOutside = (id: WayId): Interval | null => {
      const [suite, outside] = [logRatio(id), logRatio(...OUTSIDE)]
      if (suite === null || outside === null) return null
      const difference = exponentiate(differenceOfMeans(suite, outside))
      return Number.isFinite(difference.high) ? difference : null
    }
    const ratioBy = (id: WayId) => {
      const ratio = logRatio(id)
      return ratio && exponentiate(ratio)
    }
    return { app, ratioBy, sleeping: overOutside('suite-sleeping'), usual: overOutside('suite') }
  })
}

function chart(rows: readonly Row[]): AnswerChart {
  return chartOf(
    {
      id: 'outside',
      title: `Ratio to ${BASELINE} on hello, from outside and by the suite`,
      description: `ratio of every app to ${BASELINE} on hello by servers started by hand and by the suite, with 95 % intervals`,
      y: { title: `times the CPU time of ${BASELINE}, less is better` },
      reference: 1,
    },
    rows.flatMap(({ app, ratioBy }) => WAYS.flatMap(({ id, short }) => mark(short, app, ratioBy(id)))),
  )
}

function table(rows: readonly Row[]): AnswerTable {
  return tableOf<Row>({ id: 'outside', title: `Ratio to ${BASELINE} on hello`, note: EXPLANATION, texts: 1 }, rows, {
    app: ({ app }) => app,
    ...Object.fromEntries(WAYS.map(({ id, short }) => [short, ({ ratioBy }: Row) => ratioBy(id)])),
    'suite, client sleeps, over by hand': ({ sleeping }) => sleeping && formatChange(sleeping),
    'suite over by hand': ({ usual }) => usual && formatChange(usual),
  })
}
