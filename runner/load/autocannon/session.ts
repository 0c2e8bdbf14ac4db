import { fileURLToPath } from 'node:url'
import { Child, describeExit } from '../../machine/child.ts'
import { canReadProcessTree, ProcessTree } from '../../machine/process-tree.ts'
import { readResidentBytes } from '../../machine/procfs.ts'
import { RunError } from '../../result/errors.ts'
import type { LoadSession, PulseOrder } from '../driver.ts'
import { type LoadMethods, type LoadReply, SLEEPS_FLAG } from './messages.ts'

const PROCESS = fileURLToPath(new URL('./process.ts', import.meta.url))
const READY_LIMIT_MILLISECONDS = 15_000
/** Beyond what a pulse may take by its own limits; then the load process hangs. */
const REPLY_MARGIN_MILLISECONDS = 5_000

/** The runner's end of a load process; one that sleeps lets its event loop wait between responses. */
export async function openAutocannonSession(cpu: number | null, sleeps = false): Promise<LoadSession> {
  const child = new Child({ script: PROCESS, args: sleeps ? [SLEEPS_FLAG] : [], cpu })
  const waiting = new Map<number, { resolve(reply: unknown): void; reject(error: Error): void }>()
  const ready = Promise.withResolvers<void>()
  let nextId = 0

  child.onMessage((received) => {
    const message = received as LoadReply
    if ('type' in message) return ready.resolve()
    const call = waiting.get(message.id)
    waiting.delete(message.id)
    if ('error' in message) call?.reject(new RunError('load-generator', `the load generator failed: ${message.error}`))
    else call?.resolve(message.reply)
  })
  child.exited.then((exit) => {
    const lines = child.lastLines.join('\n')
    const error = new RunError(
      'load-generator-gone',
      `the load generator ${describeExit(exit)}${lines && `; its last lines:\n${lines}`}`,
    )
    ready.reject(error)
    for (const call of waiting.values()) call.reject(error)
    waiting.clear()
  })

  function call<M extends keyof LoadMethods>(method: M, argument: LoadMethods[M]['argument'], limitMilliseconds: number) {
    const { promise, resolve, reject } = Promise.withResolvers<LoadMethods[M]['reply']>()
    if (child.exit !== null) reject(new RunError('load-generator-gone', `the load generator ${describeExit(child.exit)}`))
    const id = nextId++
    waiting.set(id, { resolve: resolve as (reply: unknown) => void, reject })
    child.send({ id, method, argument })
    const timer = setTimeout(() => reject(silent(method, limitMilliseconds)), limitMilliseconds)
    return promise.finally(() => {
      clearTimeout(timer)
      waiting.delete(id)
    })
  }

  const limit = setTimeout(() => ready.reject(silent('start', READY_LIMIT_MILLISECONDS)), READY_LIMIT_MILLISECONDS)
  try {
    await ready.promise
  } catch (error) {
    await child.stop(null, 0)
    throw error
  } finally {
    clearTimeout(limit)
  }
  const tree = canReadProcessTree() ? new ProcessTree(child.pid) : null

  return {
    connect: async (target) => void (await call('connect', target, READY_LIMIT_MILLISECONDS)),
    pulse: (order) => call('pulse', order, longestPulse(order) + REPLY_MARGIN_MILLISECONDS),
    cpu: async () => tree?.read() ?? null,
    residentBytes: async () => readResidentBytes(child.pid),
    latencies: () => call('latencies', null, REPLY_MARGIN_MILLISECONDS),
    close: async () => {
      tree?.close()
      await child.stop(null, 0)
    },
  }
}

function longestPulse(order: PulseOrder): number {
  return order.milliseconds + order.drainLimitMilliseconds
}

function silent(what: string, limitMilliseconds: number): RunError {
  return new RunError('load-generator-hangs', `the load generator did not answer "${what}" within ${limitMilliseconds / 1000} s`)
}
