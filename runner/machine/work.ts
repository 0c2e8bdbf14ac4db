import { fileURLToPath } from 'node:url'
import { RunError } from '../result/errors.ts'
import { Child, firstMessage } from './child.ts'

const WORK_PROCESS = fileURLToPath(new URL('./work-process.ts', import.meta.url))
const LONGEST_MILLISECONDS = 60_000

/** A child that has said what it did; it may go on until it is stopped. */
export interface Worker<K extends WorkKind> {
  readonly message: Extract<WorkMessage, { kind: K }>
  stop(): Promise<void>
}

/**
 * Starts a fresh process on a CPU (null: on any) and waits for what it says.
 * @throws RunError when it ends without a word, or says nothing for a minute
 */
export async function startWork<K extends WorkKind>(kind: K, cpu: number | null): Promise<Worker<K>> {
  const child = new Child({ script: WORK_PROCESS, args: [kind], cpu })
  const stop = async () => void (await child.stop(null, 0))
  try {
    const message = await firstMessage<Worker<K>['message']>(child, LONGEST_MILLISECONDS, (how) => failed(kind, how))
    return { message, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** One piece of work from start to end. */
export async function doWork<K extends 'work' | 'loopback'>(kind: K, cpu: number | null): Promise<Worker<K>['message']> {
  const { message, stop } = await startWork(kind, cpu)
  await stop()
  return message
}

function failed(kind: WorkKind, how: string): RunError {
  return new RunError('work-process', `the process that does fixed work (${kind}) ${how}`)
}

/** What `work-process.ts` can be told to do, as its only argument. */
export type WorkKind = 'work' | 'spin' | 'loopback'

/** What it says when it has done so; `spin` says so when it has begun. */
export type WorkMessage =
  | { readonly kind: 'work'; readonly cpuMicroseconds: number; readonly checksum: number }
  | { readonly kind: 'spin' }
  | { readonly kind: 'loopback'; readonly cpuMicroseconds: number }
