import { fileURLToPath } from 'node:url'
import { Child, firstMessage } from '../../machine/child.ts'
import { RunError } from '../../result/errors.ts'
import type { BurnMessage } from './burn-process.ts'

const SCRIPT = fileURLToPath(new URL('./burn-process.ts', import.meta.url))
const LONGEST_MILLISECONDS = 30_000

/** CPU time of one call of `hello` with so many turns in front, nanoseconds, in a fresh process. */
export type BurnClock = (turns: number, order: ClockOrder) => Promise<number>

export interface ClockOrder {
  /** The servers' CPU; null: any. */
  readonly cpu: number | null
  /** Of one of the three windows of which the median is taken; the warm-up is as long as the three. */
  readonly milliseconds: number
}

/** Starts a child, lets it call, and ends it. @throws RunError when it does not say a word */
export const burnClock: BurnClock = async (turns, { cpu, milliseconds }) => {
  const child = new Child(SCRIPT, [String(turns), String(milliseconds)], cpu)
  const failed = (how: string) => new RunError('burn-process', `the process that measures known work ${how}`)
  const { callNs } = await firstMessage<BurnMessage>(child, LONGEST_MILLISECONDS, failed)
  await child.stop()
  return callNs
}
