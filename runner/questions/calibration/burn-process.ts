// A child that says how long one call of a burning workload takes: node burn-process.ts <turns> <milliseconds>
import { withBurning } from '../../../apps/burning/burning.ts'
import { workload } from '../../../apps/workload/workload.ts'
import { median } from '../../statistics/summary.ts'

/** Said once, then the child ends. */
export interface BurnMessage {
  /** CPU time of one call, nanoseconds. */
  readonly callNs: number
}

const WINDOWS = 3
/** The compiler is done long before: what a server's warm-up lasts. */
const WARM_UP_WINDOWS = 3
/** Between two looks at the clock. */
const CALLS_AT_ONCE = 20

process.on('disconnect', () => process.exit())

const [turns, milliseconds] = process.argv.slice(2).map(Number) as [number, number]
const burningHello = withBurning(workload.hello, turns)
let answered = 0

callFor(WARM_UP_WINDOWS * milliseconds)
const windows = Array.from({ length: WINDOWS }, () => {
  const before = process.cpuUsage()
  const calls = callFor(milliseconds)
  const { user, system } = process.cpuUsage(before)
  return ((user + system) * 1000) / calls
})
process.send?.({ callNs: median(windows) } satisfies BurnMessage, () => process.exit(answered > 0 ? 0 : 1))

/** Calls as a server does, without anything around; returns how often. */
function callFor(wallMilliseconds: number): number {
  const end = performance.now() + wallMilliseconds
  let calls = 0
  while (performance.now() < end) {
    for (let call = 0; call < CALLS_AT_ONCE; call++) answered += burningHello().length
    calls += CALLS_AT_ONCE
  }
  return calls
}
