import { formatAddress } from '../../../apps/address.ts'
import { endpointPaths } from '../../../apps/endpoints.ts'
import { wrkDriver } from '../../load/wrk.ts'
import { unpinRunner } from '../../machine/topology.ts'
import { settledCpu } from '../../measure/slice.ts'
import { RunError } from '../../result/errors.ts'
import type { MeasuredCell } from '../../result/model.ts'
import { type Deployment, DeploymentError, type DeploymentHost } from '../../servers/deployment.ts'
import type { ResolvedApp } from '../../servers/find-app.ts'
import { seededRandom } from '../../statistics/random.ts'
import { mean, total } from '../../statistics/summary.ts'
import type { TodayPart } from './data.ts'
import { autocannon, type LoadProgram, type LoadReport, type LoadShape, wrk } from './load-programs.ts'
import type { PartContext } from './part.ts'
import { shrunk } from './repetitions.ts'
import { measureUnitRun } from './unit-run.ts'

/** A full repetition of a procedure, wall time. */
export const FULL_SECONDS = 45

/** One of the servers that every procedure compares. */
export interface Server {
  /** As it is shown; two servers may run the same app. */
  readonly name: string
  readonly app: ResolvedApp
}

/** One repetition as it is asked for. */
export interface ProcedureOrder {
  readonly servers: readonly Server[]
  /** What the repetition should take about, wall time; `FULL_SECONDS` unless there is little time. */
  readonly seconds: number
  /** Another one for every repetition. */
  readonly seed: number
}

/** What one repetition says; its wall time is taken by whoever asks for it. */
export type RepetitionFigures = Omit<TodayPart['procedures'][number]['repetitions'][number], 'wallSeconds'>

/** One way to compare servers. */
export interface Procedure {
  readonly id: string
  readonly title: string
  /** What is run, as words or a command line, when a repetition takes so many seconds. */
  what(seconds: number): string
  /** What is not installed, as a sentence with the way to get it; null: nothing. */
  missing(): Promise<string | null>
  /**
   * One repetition from start to end; leaves no process behind.
   * @returns null when it was interrupted between two steps
   * @throws RunError when it failed, or was interrupted in the middle of one
   */
  repeat(order: ProcedureOrder, context: PartContext): Promise<RepetitionFigures | null>
}

/** Length of a run that takes `fullSeconds` in a full repetition, in one of `seconds`: whole seconds, as load programs want them. */
export function runSeconds(fullSeconds: number, seconds: number): number {
  return shrunk(fullSeconds, seconds / FULL_SECONDS, 1)
}

const nothing = async () => null
const USUAL = { connections: 10, pipelining: 1 }

interface SequentialLoad extends Pick<LoadShape, 'connections' | 'pipelining'> {
  readonly program: LoadProgram
  /** In a full repetition. */
  readonly fullSeconds: number
  /** Before there is another run of the same kind, of which only the load is of use. */
  readonly warmUp?: boolean
  /** @param command as people type it */
  describe(command: string, seconds: number): string
}

/** Start a server, load it, stop it, go on with the next one: the order is that of the list, as in most comparisons. */
function oneAfterAnother(
  id: string,
  title: string,
  { program, fullSeconds, warmUp = false, describe, ...kind }: SequentialLoad,
  missing: Procedure['missing'] = nothing,
): Procedure {
  const shapeFor = (seconds: number) => ({ ...kind, seconds: runSeconds(fullSeconds, seconds) })
  return {
    id,
    title,
    missing,
    what: (seconds) => describe(program.command(shapeFor(seconds)), shapeFor(seconds).seconds),
    async repeat({ servers, seconds, seed }, context) {
      const host = await unpinnedHost(context, seed)
      const runs: NamedRun[] = []
      for (const server of servers) {
        if (context.signal.aborted) return null
        context.progress(`${title}: ${server.name}`)
        const deployment = await startServer(host, server)
        try {
          const run = () => load(deployment, program, shapeFor(seconds), context.signal)
          if (warmUp) await run()
          runs.push({ server, ...(await run()) })
        } finally {
          await deployment.stop()
        }
      }
      return figuresOf(servers, runs)
    },
  }
}

const oneRunEach = (command: string) => `${command}, one run per server, one server after another`

/** What most blog posts do. */
export const sequentialAutocannon = oneAfterAnother('autocannon', 'autocannon, one after another', {
  ...USUAL,
  program: autocannon,
  fullSeconds: 10,
  describe: oneRunEach,
})

/** What fastify/benchmarks does, in less time. */
export const fastifyBenchmarks = oneAfterAnother('fastify-benchmarks', 'fastify/benchmarks', {
  program: autocannon,
  connections: 100,
  pipelining: 10,
  fullSeconds: 5,
  warmUp: true,
  describe: (command, seconds) =>
    `the procedure of fastify/benchmarks: ${command} twice per server, the first run to warm up; ` +
    `${seconds} s each instead of 40 s, to take no longer than the others`,
})

export const sequentialWrk = oneAfterAnother(
  'wrk',
  'wrk, one after another',
  { ...USUAL, program: wrk, fullSeconds: 10, describe: oneRunEach },
  async () => {
    const available = await wrkDriver.available()
    return 'missing' in available ? available.missing : null
  },
)

/** The shortest run that autocannon knows. */
const SHORTEST = { ...USUAL, seconds: 1 }

/** The better of the usual ways: all servers are up at once, and whole runs of autocannon go round among them in random order. */
export const interleavedAutocannon: Procedure = {
  id: 'interleaved',
  title: 'autocannon, interleaved runs',
  missing: nothing,
  what: (seconds) =>
    `${autocannon.command(SHORTEST)} again and again for ${Math.round(seconds)} s, all servers up at once, ` +
    'each once a pass, in random order; mean over the passes',
  async repeat({ servers, seconds, seed }, { signal, now, progress, ...context }) {
    const startedNs = now()
    const random = seededRandom(seed)
    const host = await unpinnedHost(context, seed)
    const running: { server: Server; deployment: Deployment }[] = []
    const runs: NamedRun[] = []
    try {
      for (const server of servers) {
        if (signal.aborted) return null
        running.push({ server, deployment: await startServer(host, server) })
      }
      let passNs = 0
      for (let pass = 1; pass === 1 || now() - startedNs + passNs <= seconds * 1e9; pass++) {
        const beganNs = now()
        for (const { server, deployment } of random.shuffle(running)) {
          if (signal.aborted) return null
          progress(`${this.title}: pass ${pass}, ${server.name}`)
          runs.push({ server, ...(await load(deployment, autocannon, SHORTEST, signal)) })
        }
        passNs = now() - beganNs
      }
    } finally {
      await Promise.all(running.map(({ deployment }) => deployment.stop()))
    }
    return figuresOf(servers, runs)
  },
}

/** Half-width in percent that no run reaches: this one takes all of its time, as the others do. */
const NEVER_PRECISE_ENOUGH = 0.01
/** In less than this there is no round. */
const LEAST_SECONDS = 10
const minutes = (seconds: number) => Number((Math.max(LEAST_SECONDS, seconds) / 60).toFixed(3))

/** This suite; its baseline is the first server, in the two copies that every run has. */
export const thisSuite: Procedure = {
  id: 'suite',
  title: 'this suite',
  missing: nothing,
  what: (seconds) =>
    `npm run compare -- --endpoints hello --precision ${NEVER_PRECISE_ENOUGH} --max-minutes ${minutes(seconds)}, everything else as it is by default; ` +
    'the second server is a further app beside the two copies of the baseline',
  async repeat({ servers, seconds, seed }, context) {
    const options = { endpoints: ['hello' as const], precision: NEVER_PRECISE_ENOUGH, maxMinutes: minutes(seconds) }
    const outcome = await measureUnitRun(context, { title: this.title, apps: servers.map(({ app }) => app), options }, seed)
    if (outcome === null) return null
    const cells = servers.map(({ app }) => {
      const cell = outcome.result.cells.find((one) => one.app === app.id)
      if (cell?.state === 'measured') return cell
      throw new RunError('not-measured', `${app.id} was not measured: ${cell?.reason ?? 'it is not in the result'}`)
    })
    const byServer = <T>(of: (cell: MeasuredCell) => T, from = 0) =>
      Object.fromEntries(servers.map(({ name }, index) => [name, of(cells[index]!)] as const).slice(from))
    return {
      requestsPerSecond: byServer(({ requestsPerSecond }) => requestsPerSecond.value),
      costMicroseconds: byServer(({ cost }) => cost.value),
      ratios: byServer(({ ratio }) => ratio, 1),
    }
  },
}

/** One run of a load program, with CPU time of the server's process tree over the whole of it, connecting included. */
interface NamedRun extends LoadReport {
  readonly server: Server
  readonly cpuNs: number
}

/** The host that starts servers; nothing is pinned from here on, neither servers nor load programs. */
export async function unpinnedHost(
  { placement, openRig }: Pick<PartContext, 'placement' | 'openRig'>,
  seed: number,
): Promise<DeploymentHost> {
  // Runs of the suite have pinned this process, and children inherit it.
  unpinRunner(placement)
  return (await openRig('autocannon', seed, placement)).rig.host
}

/** Starts one server as people do. @throws RunError when it does not come up */
export async function startServer(host: DeploymentHost, { name, app }: Server): Promise<Deployment> {
  const plan = { id: name, app: app.id, modulePath: app.modulePath, transport: 'tcp' } as const
  try {
    return await host.start(plan, { cpu: null, environmentPadding: 0, readyPath: endpointPaths.hello })
  } catch (error) {
    if (error instanceof DeploymentError) throw new RunError(error.code, error.message, { cause: error })
    throw error
  }
}

/** Runs a load program on a running server's hello, its CPU counters read before and after. */
async function load(deployment: Deployment, program: LoadProgram, shape: LoadShape, signal: AbortSignal) {
  const before = await deployment.cpu()
  const report = await program.run(`${formatAddress(deployment.address)}${endpointPaths.hello}`, shape, signal)
  const after = await settledCpu(deployment)
  return { ...report, cpuNs: after.cpuNs - before.cpuNs }
}

/** Mean rate, and CPU time per request, over all runs of every server. */
function figuresOf(servers: readonly Server[], runs: readonly NamedRun[]): RepetitionFigures {
  const byServer = (of: (own: readonly NamedRun[]) => number) =>
    Object.fromEntries(servers.map((server) => [server.name, of(runs.filter((run) => run.server === server))]))
  return {
    requestsPerSecond: byServer((own) => mean(own.map(({ requestsPerSecond }) => requestsPerSecond))),
    costMicroseconds: byServer((own) => total(own, ({ cpuNs }) => cpuNs) / 1000 / total(own, ({ requests }) => requests)),
    ratios: null,
  }
}
