import { formatAddress } from '../../../apps/ask.ts'
import { contract } from '../../../apps/contract.ts'
import {
  autocannon,
  availability,
  commandOf,
  flawless,
  type LoadProgram,
  type LoadRun,
  runLoadProgram,
  wrk,
} from '../../load/load-programs.ts'
import { rateOf } from '../../load/program-reports.ts'
import { type CpuPlacement, unpinRunner } from '../../machine/placement.ts'
import { settledCpu } from '../../measure/slice.ts'
import { RunError } from '../../result/errors.ts'
import { type Deployment, DeploymentError } from '../../servers/deployment.ts'
import type { ResolvedApp } from '../../servers/find-app.ts'
import { localHost } from '../../servers/local-host.ts'
import { seededRandom } from '../../statistics/random.ts'
import { mean, total } from '../../statistics/summary.ts'
import type { TodayPart } from './data.ts'
import type { PartContext } from './part.ts'
import { shrunk } from './repetitions.ts'

/** A full repetition of a procedure, wall time: what the lengths of load programs are given for. */
export const FULL_SECONDS = 45
/** Longer repetitions are of those procedures only that people could choose instead of each other. */
export const SHORT_SECONDS = 120

/** One of the servers that every procedure compares. */
export interface Server {
  /** As it is shown; two servers may run the same app. */
  readonly name: string
  readonly app: ResolvedApp
}

/** One repetition as it is asked for. */
export interface ProcedureOrder {
  readonly servers: readonly Server[]
  /** What the repetition should take about, wall time. */
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
  /** Nobody would give it minutes: it is left out of lengths over `SHORT_SECONDS`. */
  readonly shortOnly?: boolean | undefined
  /** What is run, as words or a command line, when a repetition takes so many seconds. */
  what(seconds: number): string
  /** What is not installed, as a sentence with the way to get it; null, or no such method: nothing. */
  missing?(): Promise<string | null>
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

interface SequentialLoad extends Pick<LoadRun, 'connections' | 'pipelining'>, Pick<Procedure, 'missing' | 'shortOnly'> {
  /** In a full repetition. */
  readonly fullSeconds: number
  /** Before there is another run of the same kind, of which only the load is of use. */
  readonly warmUp?: boolean
  /** @param command as people type it */
  describe?(command: string, seconds: number): string
}

const oneRunEach = (command: string) => `${command}, one run per server, one server after another`

/** Start a server, load it, stop it, go on with the next one: the order is that of the list, as in most comparisons. */
function oneAfterAnother(
  id: string,
  title: string,
  program: LoadProgram,
  { fullSeconds, warmUp = false, describe = oneRunEach, missing, shortOnly, ...kind }: SequentialLoad,
): Procedure {
  const shapeFor = (seconds: number) => ({ ...kind, seconds: runSeconds(fullSeconds, seconds) })
  return {
    id,
    title,
    missing,
    shortOnly,
    what: (seconds) => describe(commandOf(program, shapeFor(seconds)), shapeFor(seconds).seconds),
    async repeat({ servers, seconds }, { signal, placement, progress }) {
      const runs: NamedRun[] = []
      for (const server of servers) {
        if (signal.aborted) return null
        progress(`${title}: ${server.name}`)
        const running = await startServer(server, placement)
        try {
          const run = () => runLoad(running, program, shapeFor(seconds), signal)
          if (warmUp) await run()
          runs.push(await run())
        } finally {
          await running.deployment.stop()
        }
      }
      return figuresOf(servers, runs)
    },
  }
}

const USUAL = { connections: 10, pipelining: 1, fullSeconds: 10 }

/** What most blog posts do. */
export const sequentialAutocannon = oneAfterAnother('autocannon', 'autocannon, one after another', autocannon, USUAL)

/** What fastify/benchmarks does, in less time. */
export const fastifyBenchmarks = oneAfterAnother('fastify-benchmarks', 'fastify/benchmarks', autocannon, {
  connections: 100,
  pipelining: 10,
  fullSeconds: 5,
  warmUp: true,
  shortOnly: true,
  describe: (command, seconds) =>
    `the procedure of fastify/benchmarks: ${command} twice per server, the first run to warm up; ` +
    `${seconds} s each instead of 40 s, to take no longer than the others`,
})

export const sequentialWrk = oneAfterAnother('wrk', 'wrk, one after another', wrk, {
  ...USUAL,
  shortOnly: true,
  async missing() {
    const available = availability(wrk)
    return 'missing' in available ? available.missing : null
  },
})

/** The shortest run that autocannon knows. */
const SHORTEST = { ...USUAL, seconds: 1 }

/** The better of the usual ways: all servers are up at once, and whole runs of autocannon go round among them in random order. */
export const interleavedAutocannon: Procedure = {
  id: 'interleaved',
  title: 'autocannon, interleaved runs',
  what: (seconds) =>
    `${commandOf(autocannon, SHORTEST)} again and again for ${Math.round(seconds)} s, all servers up at once, ` +
    'each once a pass, in random order; mean over the passes',
  async repeat({ servers, seconds, seed }, { signal, placement, now, progress }) {
    const startedNs = now()
    const random = seededRandom(seed)
    const running: RunningServer[] = []
    const runs: NamedRun[] = []
    const course: RepetitionFigures['course'] = []
    try {
      for (const server of servers) {
        if (signal.aborted) return null
        running.push(await startServer(server, placement))
      }
      let passNs = 0
      for (let pass = 1; pass === 1 || now() - startedNs + passNs <= seconds * 1e9; pass++) {
        const beganNs = now()
        for (const one of random.shuffle(running)) {
          if (signal.aborted) return null
          progress(`${this.title}: pass ${pass}, ${one.server.name}`)
          runs.push(await runLoad(one, autocannon, SHORTEST, signal))
        }
        passNs = now() - beganNs
        course.push({
          seconds: (now() - startedNs) / 1e9,
          ratios: rateRatios(servers, runs.slice(-servers.length)),
          printed: null,
        })
      }
    } finally {
      await Promise.all(running.map(({ deployment }) => deployment.stop()))
    }
    return { ...figuresOf(servers, runs), course }
  },
}

/** Starts one server as people do: nothing is pinned from here on, neither servers nor load programs. @throws RunError */
export async function startServer(server: Server, placement: CpuPlacement): Promise<RunningServer> {
  // Runs of the suite have pinned this process, and children inherit it.
  unpinRunner(placement)
  const plan = { id: server.name, app: server.app.id, modulePath: server.app.modulePath, transport: 'tcp' } as const
  try {
    const deployment = await localHost.start(plan, { cpu: null, environmentPadding: 0, readyPath: contract.hello.path })
    return { server, deployment }
  } catch (error) {
    if (error instanceof DeploymentError) throw new RunError(error.code, error.message, { cause: error })
    throw error
  }
}

interface RunningServer {
  readonly server: Server
  readonly deployment: Deployment
}

type NamedRun = Awaited<ReturnType<typeof runLoad>>

/** Runs a load program on a server's hello; CPU time is that of its process tree over the whole run, connecting included. */
async function runLoad({ server, deployment }: RunningServer, program: LoadProgram, run: LoadRun, signal: AbortSignal) {
  const before = await deployment.cpu()
  const url = `${formatAddress(deployment.address)}${contract.hello.path}`
  const report = flawless(program, await runLoadProgram(program, url, run, signal))
  const after = await settledCpu(deployment)
  return { server, ...report, requestsPerSecond: rateOf(report), cpuNs: after.cpuNs - before.cpuNs }
}

/** Mean rate, and CPU time per request, over all runs of every server. */
function figuresOf(servers: readonly Server[], runs: readonly NamedRun[]): RepetitionFigures {
  const runsOf = (server: Server) => runs.filter((run) => run.server === server)
  return {
    requestsPerSecond: byName(servers, (server) => mean(runsOf(server).map(({ requestsPerSecond }) => requestsPerSecond))),
    costMicroseconds: byName(servers, (server) => {
      const own = runsOf(server)
      return total(own, ({ cpuNs }) => cpuNs) / 1000 / total(own, ({ requests }) => requests)
    }),
    ratios: null,
    course: [],
    processDeviation: null,
  }
}

/** How many times as many requests the first server answered in one pass. */
function rateRatios([first, ...others]: readonly Server[], pass: readonly NamedRun[]): Record<string, number> {
  const rateOf = (server: Server) => pass.find((run) => run.server === server)!.requestsPerSecond
  return byName(others, (server) => rateOf(first!) / rateOf(server))
}

export function byName<T>(servers: readonly Server[], of: (server: Server) => T): Record<string, T> {
  return Object.fromEntries(servers.map((server) => [server.name, of(server)]))
}
