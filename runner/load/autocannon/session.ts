import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { Child, describeExit } from '../../machine/child.ts'
import { canReadProcessTree, ProcessTree } from '../../machine/process-tree.ts'
import { readMemory } from '../../machine/procfs.ts'
import { RunError } from '../../result/errors.ts'
import type { LoadDriver, LoadSession } from '../driver.ts'

const PROCESS = fileURLToPath(new URL('./process.ts', import.meta.url))
const READY_LIMIT_MILLISECONDS = 15_000
/** Beyond what a pulse may take by its own limits; then the load process hangs. */
const REPLY_MARGIN_MILLISECONDS = 5_000

/** What the load process does for the runner: one message with one argument each, and one in reply. */
export type LoadMethods = Pick<LoadSession, 'connect' | 'pulse' | 'latencies'>

export interface LoadRequest {
  readonly id: number
  readonly method: keyof LoadMethods
  readonly argument: unknown
}

export type LoadReply = { type: 'ready' } | { id: number; reply: unknown } | { id: number; error: string }

/**
 * autocannon, connected once and pulsed.
 * @param sleeps its event loop sleeps between responses, as every usual client's does: shows what the wake-ups cost the server
 */
export function autocannonDriver(sleeps: boolean): LoadDriver {
  return {
    id: sleeps ? 'autocannon-sleeping' : 'autocannon',
    slice: null,
    sleeps,
    async available() {
      const { version } = createRequire(import.meta.url)('autocannon/package.json') as { version: string }
      return { version }
    },
    open: ({ cpu }) => openAutocannonSession(cpu, sleeps),
  }
}

/** The runner's end of a load process. */
export async function openAutocannonSession(cpu: number | null, sleeps = false): Promise<LoadSession> {
  const child = new Child(PROCESS, [], cpu)
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

  function call<Reply>(method: keyof LoadMethods, argument: unknown, limitMilliseconds: number): Promise<Reply> {
    const { promise, resolve, reject } = Promise.withResolvers<Reply>()
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
    await child.stop()
    throw error
  } finally {
    clearTimeout(limit)
  }
  const tree = canReadProcessTree() ? new ProcessTree(child.pid) : null

  return {
    connect: (target) => call('connect', target, READY_LIMIT_MILLISECONDS),
    pulse(order) {
      const limit = order.milliseconds + order.drainLimitMilliseconds + REPLY_MARGIN_MILLISECONDS
      return call('pulse', { ...order, sleeps: order.sleeps ?? sleeps }, limit)
    },
    cpu: async () => tree?.read() ?? null,
    residentBytes: async () => readMemory(child.pid)?.residentBytes ?? null,
    latencies: () => call('latencies', null, REPLY_MARGIN_MILLISECONDS),
    close: async () => {
      tree?.close()
      await child.stop()
    },
  }
}

function silent(what: string, limitMilliseconds: number): RunError {
  return new RunError('load-generator-hangs', `the load generator did not answer "${what}" within ${limitMilliseconds / 1000} s`)
}
