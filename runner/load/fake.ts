import type { Deployment, DeploymentHost } from '../deployment/deployment.ts'
import { type Random, seededRandom } from '../random.ts'
import type { CellLatencies, LoadDriver, LoadSession, LoadTarget, Pulse } from './driver.ts'

/** What the simulated world is like; every member may be replaced by a test. */
export interface FakeWorldOptions {
  readonly seed: number
  /** True cost in microseconds per request, by app and endpoint. */
  cost(app: string, endpoint: string): number
  /** Standard deviation of the log cost of a process, and of a slice. */
  readonly processNoise: number
  readonly sliceNoise: number
  /** Changes a pulse before it is handed out: to break something. */
  disturb(pulse: Pulse, place: { app: string; endpoint: string; deployment: string; pulses: number }): Pulse
  /** Called before a deployment starts; may throw a DeploymentError. */
  beforeStart(deployment: string): void
}

const DEFAULTS: FakeWorldOptions = {
  seed: 1,
  // Apps differ by their names, so that a table of them has something to show.
  cost: (app, endpoint) =>
    (10 + 3 * ([...app].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 7)) * (1 + endpoint.length / 10),
  processNoise: 0.003,
  sliceNoise: 0.01,
  disturb: (pulse) => pulse,
  beforeStart: () => {},
}

/** A machine that exists in memory only: deployments, load and time are simulated, the same seed gives the same run. */
export class FakeWorld {
  /** Everything that happened, in order: `start koa`, `pulse koa hello`, `stop koa`, ... */
  readonly journal: string[] = []
  nowNs = 0
  pulses = 0
  readonly #options: FakeWorldOptions
  readonly #random: Random
  readonly #running = new Map<string, { app: string; cpuNs: number; noise: number }>()

  constructor(options: Partial<FakeWorldOptions> = {}) {
    this.#options = { ...DEFAULTS, ...options }
    this.#random = seededRandom(this.#options.seed)
  }

  /** Ids of the deployments that have been started and not been stopped. */
  get running(): string[] {
    return [...this.#running.keys()]
  }

  readonly host: DeploymentHost = {
    start: async (plan) => {
      this.#options.beforeStart(plan.id)
      this.journal.push(`start ${plan.id}`)
      this.nowNs += 100e6
      const state = { app: plan.app, cpuNs: 0, noise: this.#options.processNoise * this.#normal() }
      this.#running.set(plan.id, state)
      return {
        plan,
        address: { transport: 'tcp', host: '127.0.0.1', port: 1 },
        title: plan.app,
        package: null,
        version: null,
        lastLines: [],
        meteredFromOutside: true,
        cpu: async () => ({ cpuNs: state.cpuNs, runDelayNs: 0 }),
        cpuShares: async () => ({ userNs: state.cpuNs * 0.6, systemNs: state.cpuNs * 0.4 }),
        residentBytes: async () => 50e6,
        ended: () => null,
        stop: async () => {
          if (this.#running.delete(plan.id)) this.journal.push(`stop ${plan.id}`)
        },
      } satisfies Deployment
    },
  }

  openSession(): LoadSession {
    const targets = new Map<string, LoadTarget>()
    return {
      connect: async (target) => {
        this.journal.push(`connect ${target.id}`)
        targets.set(target.id, target)
      },
      pulse: async ({ target: id, request, milliseconds }) => {
        const target = targets.get(id)
        const state = this.#running.get(id)
        if (target === undefined || state === undefined) throw new Error(`${id} is not running`)
        const { endpoint } = target.requests[request]!
        this.journal.push(`pulse ${id} ${endpoint}`)
        return this.#pulse(id, state, endpoint, milliseconds)
      },
      cpu: async () => ({ cpuNs: this.nowNs / 2, runDelayNs: 0 }),
      residentBytes: async () => 60e6,
      latencies: async (): Promise<CellLatencies[]> => [],
      close: async () => void this.journal.push('close load'),
    }
  }

  #pulse(
    deployment: string,
    state: { app: string; cpuNs: number; noise: number },
    endpoint: string,
    milliseconds: number,
  ): Pulse {
    const noise = state.noise + this.#options.sliceNoise * this.#normal()
    const costNs = this.#options.cost(state.app, endpoint) * 1000 * Math.exp(noise)
    const requests = Math.max(1, Math.round((milliseconds * 1e6) / costNs))
    const elapsedNs = requests * costNs
    state.cpuNs += Math.round(requests * costNs)
    this.nowNs += elapsedNs
    const pulse: Pulse = {
      requests,
      elapsedNs,
      drainNs: costNs,
      steadyRequests: requests - 1,
      steadyNs: (requests - 1) * costNs,
      drained: true,
      wrongAnswers: 0,
      lost: 0,
      timeouts: 0,
      reconnects: 0,
      broken: false,
      firstProblem: null,
      idleNs: elapsedNs * 0.5,
      receivedBytes: requests * 200,
    }
    return this.#options.disturb(pulse, { app: state.app, endpoint, deployment, pulses: this.pulses++ })
  }

  /** Standard normal deviate (Box and Muller, 1958). */
  #normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.#random.float())) * Math.cos(2 * Math.PI * this.#random.float())
  }
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
