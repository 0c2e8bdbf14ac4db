import type { Address } from '../../apps/ask.ts'
import type { KernelCounters } from '../machine/kernel-counters.ts'
import type { CpuReading, Member } from '../machine/process-tree.ts'
import type { Deployment, DeploymentHost, DeploymentPlan } from '../servers/deployment.ts'
import { type Random, seededRandom } from '../statistics/random.ts'
import { total } from '../statistics/summary.ts'
import type { CellLatencies, LoadDriver, LoadSession, LoadTarget, Pulse, PulseOrder } from './driver.ts'
import { simulateQueue } from './fake-queue.ts'

/** Where and when a pulse happens. */
export interface FakePlace {
  readonly app: string
  readonly endpoint: string
  readonly deployment: string
  /** Pulses before this one, warm-up included. */
  readonly pulses: number
}

type FakeCounters = Record<keyof KernelCounters, number>

/** What the simulated world is like; every member may be replaced by a test. */
export interface FakeWorldOptions {
  readonly seed: number
  /** True cost in microseconds per request, by app and endpoint. */
  cost(app: string, endpoint: string): number
  /** What a proxy uses in front of an app, over what the app uses. */
  readonly proxyOverApp: number
  /** Standard deviation of the log cost of a process, and of a slice. */
  readonly processNoise: number | ((app: string) => number)
  readonly sliceNoise: number
  /** Share of the CPU time of a pulse on threads that run no event loop. */
  helperShare(place: FakePlace): number
  /** Changes a pulse before it is handed out: to break something. */
  disturb(pulse: Pulse, place: FakePlace): Pulse
  /** How long server and load generator wait for their CPUs during a pulse, because of somebody else. */
  wait(place: FakePlace): { readonly serverNs: number; readonly loadNs: number }
  /** What the kernel counts during a pulse; what is left out stays as it was. */
  kernel(place: FakePlace): Partial<FakeCounters>
  /** Distance of the two CPUs in nanoseconds, by the number of pulses so far; null: unknown. */
  cpuDistance(pulses: number): number | null
  /** Work that a pulse leaves to a timer: so long after it, so much for every request. */
  later(place: FakePlace): { readonly afterNs: number; readonly nsPerRequest: number } | null
  /** Share of a CPU that an app takes when nobody asks it. */
  idleShare(app: string): number
  /** Processes that an app has started and that do a part of its work. */
  busyChildren(app: string): number
  /** Called before a deployment starts; may throw a DeploymentError. */
  beforeStart(deployment: string): void
}

const DEFAULTS: FakeWorldOptions = {
  seed: 1,
  // Apps differ by their names, so that a table of them has something to show.
  cost: (app, endpoint) =>
    (10 + 3 * ([...app].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 7)) * (1 + endpoint.length / 10),
  proxyOverApp: 1,
  processNoise: 0.003,
  sliceNoise: 0.01,
  helperShare: () => 0,
  disturb: (pulse) => pulse,
  wait: () => ({ serverNs: 0, loadNs: 0 }),
  kernel: () => ({}),
  cpuDistance: () => null,
  later: () => null,
  idleShare: () => 0,
  busyChildren: () => 0,
  beforeStart: () => {},
}

const NOTHING_COUNTED: FakeCounters = {
  stealTicks: 0,
  throttledPeriods: 0,
  retransmits: 0,
  timeouts: 0,
  listenOverflows: 0,
  listenDrops: 0,
}

/** A simulated process. */
class FakeProcess {
  cpuNs = 0
  /** The part of it on threads that run no event loop. */
  helperNs = 0
  runDelayNs = 0
  /** When its idle work was last added, and what it has put off. */
  seenNs: number
  later: { readonly atNs: number; readonly ns: number }[] = []
  readonly plan: DeploymentPlan
  readonly noise: number

  constructor(plan: DeploymentPlan, noise: number, startedNs: number) {
    this.plan = plan
    this.noise = noise
    this.seenNs = startedNs
  }

  get reading(): CpuReading {
    return readingOf(this.cpuNs, this.runDelayNs, this.helperNs)
  }

  /** The work of a team is shared evenly. */
  get members(): Member[] {
    const workers = this.plan.team?.workers ?? 1
    const memory = { residentBytes: 50e6, anonymousBytes: 20e6 }
    const worker: Member = { role: 'worker', cpuNs: this.cpuNs * (1 / workers), connections: null, ...memory }
    const primary: Member = { ...worker, role: 'primary', cpuNs: 0 }
    return [...(this.plan.team === undefined ? [] : [primary]), ...Array(workers).fill(worker)]
  }
}

/** A machine that exists in memory only: deployments, load and time are simulated, the same seed gives the same run. */
export class FakeWorld {
  /** Everything that happened, in order: `start koa`, `pulse koa hello`, `stop koa`, ... */
  readonly journal: string[] = []
  nowNs = 0
  pulses = 0
  readonly #options: FakeWorldOptions
  readonly #random: Random
  /** By the address they were started with: all that a load generator knows of a process. */
  readonly #running = new Map<Address, FakeProcess>()
  #counted = NOTHING_COUNTED
  #loadRunDelayNs = 0

  constructor(options: Partial<FakeWorldOptions> = {}) {
    this.#options = { ...DEFAULTS, ...options }
    this.#random = seededRandom(this.#options.seed)
  }

  /** Ids of the deployments that have been started and not been stopped. */
  get running(): string[] {
    return [...this.#running.values()].map(({ plan }) => plan.id)
  }

  readonly host: DeploymentHost = {
    describe: async ({ app }) => ({ title: app, package: null, version: null, facts: {} }),
    start: async (plan) => {
      this.#options.beforeStart(plan.id)
      this.journal.push(`start ${plan.id}`)
      this.nowNs += 100e6
      const { processNoise: of } = this.#options
      const noise = (typeof of === 'number' ? of : of(plan.app)) * this.#normal()
      const state = new FakeProcess(plan, noise, this.nowNs)
      const address: Address = { transport: 'tcp', host: '127.0.0.1', port: 1 }
      this.#running.set(address, state)
      return {
        plan,
        address,
        startup: { listenedMilliseconds: 100, answeredMilliseconds: 101 },
        lastLines: () => [],
        facts: {},
        cpu: async () => this.#settled(state).reading,
        cpuShares: async () => ({ userNs: state.cpuNs * 0.6, systemNs: state.cpuNs * 0.4 }),
        childrenCpuNs: async () => this.#childrenCpuNs(state),
        members: async () => state.members,
        ended: () => null,
        stop: async () => {
          if (this.#running.delete(address)) this.journal.push(`stop ${plan.id}`)
        },
      } satisfies Deployment
    },
    front: async (process, plan) => {
      this.#options.beforeStart(plan.id)
      this.journal.push(`front ${plan.id}`)
      const cpu = async () => behindProxy(await process.cpu(), this.#options.proxyOverApp)
      return { ...process, plan, cpu, stop: async () => void this.journal.push(`unfront ${plan.id}`) }
    },
  }

  /** Time goes by. */
  pass(ns: number): void {
    this.nowNs += ns
  }

  kernel(): KernelCounters {
    return this.#counted
  }

  cpuDistance(): number | null {
    return this.#options.cpuDistance(this.pulses)
  }

  openSession(): LoadSession {
    const targets = new Map<string, LoadTarget>()
    return {
      connect: async (target) => {
        this.journal.push(`connect ${target.id}`)
        targets.set(target.id, target)
      },
      pulse: async (order) => {
        const { target: id, request } = order
        const target = targets.get(id)
        const state = target && this.#running.get(target.address)
        if (target === undefined || state === undefined) throw new Error(`${id} is not running`)
        const { endpoint } = target.requests[request]!
        this.journal.push(`pulse ${id} ${endpoint}`)
        return this.#pulse(order, state, { app: target.app, endpoint })
      },
      cpu: async () => readingOf(this.nowNs / 2, this.#loadRunDelayNs),
      residentBytes: async () => 60e6,
      latencies: async (): Promise<CellLatencies[]> => [],
      close: async () => void this.journal.push('close load'),
    }
  }

  #pulse(
    { target: deployment, milliseconds, arrivals }: PulseOrder,
    state: FakeProcess,
    { app, endpoint }: Pick<FakePlace, 'app' | 'endpoint'>,
  ): Pulse {
    const noise = state.noise + this.#options.sliceNoise * this.#normal()
    const costNs = this.#options.cost(app, endpoint) * 1000 * Math.exp(noise)
    const openLoop = arrivals === undefined ? null : simulateQueue(arrivals, milliseconds, costNs / 1e6)
    const requests = openLoop?.scheduled ?? Math.max(1, Math.round((milliseconds * 1e6) / costNs))
    const elapsedNs = openLoop === null ? requests * costNs : Math.max(milliseconds * 1e6, openLoop.answeredNs)
    const place: FakePlace = { app, endpoint, deployment, pulses: this.pulses++ }
    this.#settled(state)
    state.cpuNs += Math.round(requests * costNs)
    state.helperNs += Math.round(requests * costNs * this.#options.helperShare(place))
    this.nowNs += elapsedNs
    const later = this.#options.later(place)
    if (later !== null) state.later.push({ atNs: this.nowNs + later.afterNs, ns: requests * later.nsPerRequest })
    this.#disturb(state, place)
    const pulse: Pulse = {
      requests,
      elapsedNs,
      drainNs: costNs,
      steadyRequests: Math.max(0, requests - 1),
      steadyNs: openLoop?.answeredNs ?? (requests - 1) * costNs,
      drained: true,
      wrongAnswers: 0,
      lost: 0,
      timeouts: 0,
      reconnects: 0,
      broken: false,
      firstProblem: null,
      idleNs: elapsedNs * 0.5,
      receivedBytes: requests * 200,
      ...(openLoop === null ? {} : { openLoop }),
    }
    return this.#options.disturb(pulse, place)
  }

  /** Each child does as much as the process itself. */
  #childrenCpuNs({ plan, cpuNs }: FakeProcess): Map<number, number> {
    return new Map(Array.from({ length: this.#options.busyChildren(plan.app) }, (_, index) => [index + 1, cpuNs]))
  }

  /** With all that it has done since it was last looked at, apart from answering. */
  #settled(state: FakeProcess): FakeProcess {
    const due = state.later.filter(({ atNs }) => atNs <= this.nowNs)
    state.later = state.later.filter(({ atNs }) => atNs > this.nowNs)
    const idleNs = (this.nowNs - state.seenNs) * this.#options.idleShare(state.plan.app)
    state.cpuNs += Math.round(idleNs + total(due, ({ ns }) => ns))
    state.seenNs = this.nowNs
    return state
  }

  #disturb(state: FakeProcess, place: FakePlace): void {
    const { serverNs, loadNs } = this.#options.wait(place)
    state.runDelayNs += serverNs
    this.#loadRunDelayNs += loadNs
    const counted = { ...this.#counted }
    for (const [counter, count] of Object.entries(this.#options.kernel(place))) counted[counter as keyof FakeCounters] += count
    this.#counted = counted
  }

  /** Standard normal deviate (Box and Muller, 1958). */
  #normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.#random.float())) * Math.cos(2 * Math.PI * this.#random.float())
  }
}

function behindProxy(app: CpuReading, proxyOverApp: number): CpuReading {
  const proxyCpuNs = app.cpuNs * proxyOverApp
  return { ...app, cpuNs: app.cpuNs + proxyCpuNs, proxyCpuNs }
}

function readingOf(cpuNs: number, runDelayNs: number, helperNs = 0): CpuReading {
  // What helpers use on its CPU the main thread has to wait for.
  return { cpuNs, runDelayNs, mainThread: { cpuNs: cpuNs - helperNs, runDelayNs: runDelayNs + helperNs } }
}

/** The simulated world behind the driver contract; its results are always invalid. */
export function fakeDriver(world: FakeWorld): LoadDriver {
  return {
    id: 'fake',
    slice: null,
    sleeps: false,
    available: async () => ({ version: 'simulated' }),
    open: async () => world.openSession(),
  }
}
