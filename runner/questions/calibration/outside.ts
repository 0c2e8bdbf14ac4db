import { setTimeout as sleep } from 'node:timers/promises'
import { BASELINE } from '../../../apps/app.ts'
import type { DriverId } from '../../load/drivers.ts'
import { seededRandom } from '../../statistics/random.ts'
import { resolveApps } from '../resolve.ts'
import type { OutsidePart } from './data.ts'
import { type OutsideServer, outsideApps, withOutsideServers } from './outside-servers.ts'
import type { MeasurePart, PartContext } from './part-context.ts'
import { type LoadProgram, runAutocannon, runWrk } from './procedures/load-programs.ts'
import { shrunk, unitShare } from './repetitions.ts'
import { repeatInTurns } from './turns.ts'
import { measureUnitRun, notMeasured, seedOfTurn } from './unit-run.ts'

const CONNECTIONS = 16
const WARM_UP_SECONDS = 4
/** Runs of a load program on every server of a set. */
const RUNS = { full: 4, least: 1 }
const RUN_SECONDS = 1
/** After the last run of a set, so that what servers put off is done. */
const TAIL_MILLISECONDS = 1_200
const SUITE = { rounds: { full: 2, least: 2 }, blocks: { full: 40, least: 3 }, warmUpSeconds: { full: 2.4, least: 0.1 } }
const FULL_MILLISECONDS = 60_000

type Way = OutsidePart['ways'][number]

/** One way of finding what the apps cost: costs in microseconds by app, one entry per set of fresh processes. */
interface Measured {
  readonly id: Way['id']
  readonly title: string
  measure(context: PartContext, turn: number, share: number): Promise<Way['sets'] | null>
}

const ways: readonly Measured[] = [
  { id: 'autocannon', title: 'servers by hand, autocannon', measure: byHand(runAutocannon) },
  { id: 'suite-sleeping', title: 'the suite with a client that sleeps', measure: bySuite('autocannon-sleeping') },
  { id: 'wrk', title: 'servers by hand, wrk', measure: byHand(runWrk) },
  { id: 'suite', title: 'the suite', measure: bySuite('autocannon') },
]

/**
 * The suite held against the outside: servers as their documentation has them, started with `node server.mjs`, loaded by stock autocannon
 * and by wrk from their own command lines, in turns with the suite.
 */
export const measureOutside: MeasurePart<OutsidePart> = async (context) => {
  const share = unitShare(context.milliseconds, FULL_MILLISECONDS, ways.length)
  const { finished, cutShort, problem } = await repeatInTurns(
    context,
    ways,
    { guessMilliseconds: FULL_MILLISECONDS * share, random: seededRandom(context.seed), titleOf: ({ title }) => title },
    (way, turn) => way.measure(context, turn, share),
  )
  if (finished.length === 0) return { body: null, cutShort, problem }
  const body = {
    part: 'outside' as const,
    ways: ways.map(({ id, title }) => ({
      ...{ id, title },
      sets: finished.filter(({ member }) => member.id === id).flatMap(({ done }) => done),
    })),
  }
  return { body, cutShort, problem }
}

/** Whole runs of a load program on every server, in turns; cost is all CPU over all requests, with an idle tail. */
function byHand(load: LoadProgram): Measured['measure'] {
  return ({ signal, placement, progress, seed }, turn, share) =>
    withOutsideServers(outsideApps, placement.serverCpu, async (servers) => {
      const run = ({ url }: OutsideServer, seconds: number) =>
        load(url, { connections: CONNECTIONS, pipelining: 1, seconds, cpu: placement.loadCpu }, signal)
      for (const server of servers) {
        progress(`servers by hand, warming up ${server.app}`)
        await run(server, Math.max(1, Math.round(WARM_UP_SECONDS * share)))
      }
      const random = seededRandom(seed + turn)
      const before = servers.map((server) => server.cpuNs())
      const requests = new Map<OutsideServer, number>(servers.map((server) => [server, 0]))
      for (let round = 0; round < shrunk(RUNS.full, share, RUNS.least); round++) {
        for (const server of random.shuffle(servers)) {
          if (signal.aborted) return null
          progress(`servers by hand, ${server.app}`)
          requests.set(server, requests.get(server)! + (await run(server, RUN_SECONDS)).requests)
        }
      }
      await sleep(TAIL_MILLISECONDS, undefined, { signal }).catch(() => {})
      return [
        Object.fromEntries(
          servers.map((server, index) => [server.app, (server.cpuNs() - before[index]!) / 1000 / requests.get(server)!]),
        ),
      ]
    })
}

/** A short run of the suite on the same answer; every round has fresh processes, and is a set. */
function bySuite(driver: DriverId): Measured['measure'] {
  return async (context, turn, share) => {
    const apps = resolveApps(outsideApps, context.cwd)
    const options = {
      ...{ driver, endpoints: ['hello' as const], connections: CONNECTIONS, seed: seedOfTurn(context, turn) },
      rounds: shrunk(SUITE.rounds.full, share, SUITE.rounds.least),
      blocks: shrunk(SUITE.blocks.full, share, SUITE.blocks.least),
      warmUp: Math.max(SUITE.warmUpSeconds.least, SUITE.warmUpSeconds.full * share),
      maxMinutes: 10,
    }
    const outcome = await measureUnitRun(context, { title: `the suite, ${driver}`, apps, options })
    if (outcome === null) return null
    const { cells } = outcome.result
    const measured = cells.filter((cell) => cell.state === 'measured')
    if (!measured.some(({ app }) => app === BASELINE)) throw notMeasured('the suite', outcome.result)
    const rounds = [...new Set(measured.flatMap(({ perRound }) => perRound.map(({ round }) => round)))]
    return rounds.map((round) =>
      Object.fromEntries(
        measured.flatMap(({ app, perRound }) => {
          const value = perRound.find((one) => one.round === round)
          return value === undefined ? [] : [[app, value.costMicroseconds]]
        }),
      ),
    )
  }
}
