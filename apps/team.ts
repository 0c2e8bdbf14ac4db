import cluster, { type Worker } from 'node:cluster'
import { fileURLToPath } from 'node:url'
import { LaunchError } from './listen.ts'
import type { CpuMessage, FailedMessage, FromLauncher, ReadyMessage, ToLauncher } from './messages.ts'
import type { Scheduling, TeamWish } from './scheduling.ts'

const launcher = fileURLToPath(new URL('./launcher.ts', import.meta.url))
/** Less than the launcher itself is given: workers that cling to life go before it. */
const graceMs = 300

type Used = Pick<CpuMessage, 'userMicroseconds' | 'systemMicroseconds'>

/** The primary's side of an app that several processes serve; each of them is a launcher that loads the app by itself. */
export class Team {
  readonly #wish: TeamWish
  readonly #args: readonly string[]
  readonly #lost: (reason: string) => void
  readonly #workers: Worker[] = []
  readonly #exits: Promise<void>[] = []
  #isComplete = false
  #isEnding = false

  /**
   * @param args of a launcher that serves alone: module and where to listen
   * @param lost called when a worker ends that nobody has told to: the reason is the end of a sentence
   */
  constructor(wish: TeamWish, args: readonly string[], lost: (reason: string) => void) {
    this.#wish = wish
    this.#args = args
    this.#lost = lost
  }

  /** Starts all workers. @throws {LaunchError} what one of them says that cannot serve, or `worker-ended` */
  async start(): Promise<ReadyMessage> {
    const { workers, scheduling } = this.#wish
    cluster.schedulingPolicy = policyOf(scheduling)
    const all = scheduling === 'reuse-port' ? await this.#onOnePort() : await this.#hire(workers, [])
    this.#isComplete = true
    return { ...all[0]!, pid: process.pid, facts: commonFacts(all), workerPids: all.map(({ pid }) => pid) }
  }

  /** CPU time of primary and workers. */
  async cpu(): Promise<Used> {
    const { user, system } = process.cpuUsage()
    const all = await Promise.all(this.#workers.map(askCpu))
    const sum = (own: number, of: (used: Used) => number) => all.reduce((total, used) => total + of(used), own)
    return {
      userMicroseconds: sum(user, ({ userMicroseconds }) => userMicroseconds),
      systemMicroseconds: sum(system, ({ systemMicroseconds }) => systemMicroseconds),
    }
  }

  /** Tells all workers to close, and ends those that do not. */
  async end(): Promise<void> {
    this.#isEnding = true
    for (const worker of this.#workers) tell(worker, { type: 'close' })
    const limit = setTimeout(() => this.kill(), graceMs)
    await Promise.all(this.#exits)
    clearTimeout(limit)
  }

  /** Ends all workers at once; they cannot object. */
  kill(): void {
    for (const worker of this.#workers) if (!worker.isDead()) worker.process.kill('SIGKILL')
  }

  /** The first worker chooses the port. */
  async #onOnePort(): Promise<ReadyMessage[]> {
    const [first] = await this.#hire(1, ['--reuse-port', '0'])
    const { address } = first!
    const port = address.transport === 'tcp' ? address.port : 0
    return [first!, ...(await this.#hire(this.#wish.workers - 1, ['--reuse-port', String(port)]))]
  }

  #hire(count: number, more: readonly string[]): Promise<ReadyMessage[]> {
    cluster.setupPrimary({ exec: launcher, args: [...this.#args, '--worker', ...more] })
    return Promise.all(Array.from({ length: count }, () => this.#ready(cluster.fork())))
  }

  #ready(worker: Worker): Promise<ReadyMessage> {
    const name = `worker ${this.#workers.push(worker)} of ${this.#wish.workers}`
    const { promise, resolve, reject } = Promise.withResolvers<ReadyMessage>()
    const { promise: exited, resolve: exit } = Promise.withResolvers<void>()
    this.#exits.push(exited)
    worker.once('message', (message: FromLauncher) => {
      if (message.type === 'ready') resolve(message)
      if (message.type === 'failed') reject(sameError(message))
    })
    // Of a worker that is gone: its end is told by what follows.
    worker.on('error', () => {})
    worker.once('exit', (code, signal) => {
      exit()
      const how = signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`
      if (this.#isComplete && !this.#isEnding) this.#lost(`lost ${name}, which ${how}`)
      reject(new LaunchError('worker-ended', `${name} ${how} before it listened`))
    })
    return promise
  }
}

/** What a worker has said, said again. */
function sameError({ code, message, hint, stack }: FailedMessage): LaunchError {
  const cause = stack === undefined ? undefined : Object.assign(new Error(message), { stack })
  return new LaunchError(code, message, hint === undefined ? { cause } : { hint, cause })
}

function policyOf(scheduling: Scheduling): number {
  return scheduling === 'round-robin' ? cluster.SCHED_RR : cluster.SCHED_NONE
}

/** What is not the same for all workers is told with all its values. */
function commonFacts(all: readonly ReadyMessage[]): ReadyMessage['facts'] {
  const names = new Set(all.flatMap(({ facts }) => Object.keys(facts)))
  const valuesOf = (name: string) => [...new Set(all.map(({ facts }) => facts[name] ?? 'not known'))]
  return Object.fromEntries([...names].map((name) => [name, valuesOf(name).join(' or ')]))
}

function askCpu(worker: Worker): Promise<Used> {
  const { promise, resolve } = Promise.withResolvers<Used>()
  const hear = (message: FromLauncher) => {
    if (message.type !== 'cpu') return
    worker.off('message', hear)
    resolve(message)
  }
  worker.on('message', hear)
  tell(worker, { type: 'cpu' })
  return promise
}

function tell(worker: Worker, message: ToLauncher): void {
  if (worker.isConnected()) worker.send(message, () => {})
}
