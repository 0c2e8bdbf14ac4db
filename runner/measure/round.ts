import { NANOSECONDS_PER_TICK, ticksBetween } from '../machine/procfs.ts'
import { processOf, workersOf } from '../servers/deployment.ts'
import { total } from '../statistics/summary.ts'
import { BetweenWatch, ProcessWatch } from './between.ts'
import { affordableRepeats, Capacities, measureBlock, type RoundInProgress } from './block.ts'
import { Failures } from './failures.ts'
import { type Fleet, pinOf, serversCpuNs, startFleet } from './fleet.ts'
import type { PlannedRound } from './plan.ts'
import type { BlockRecord, RoundRecord, Slice } from './records.ts'
import type { Rig, RunContext } from './rig.ts'
import { warmUp } from './warm-up.ts'

/** One round: fresh processes, a warm-up, all blocks in random order, the end of all processes. Never leaves one behind. */
export async function measureRound(context: RunContext, planned: PlannedRound, warmUpMilliseconds: number): Promise<RoundRecord> {
  const { rig, plan, signal, progress } = context
  const { round } = planned
  progress('start', 0)
  const before = { ticks: rig.ticks(), ownCpuNs: rig.ownCpuNs() }
  const fleet = await startFleet(rig, plan, planned, context.failures.wholeApps)
  const failures = new Failures(plan, context.failures)
  for (const failure of fleet.failures) failures.add(failure)
  const repeatsLeft = affordableRepeats(planned.blocks.length)
  const running: RoundInProgress = { ...context, round, fleet, failures, capacities: new Capacities(), repeatsLeft }
  const watch = plan.processRecords === undefined ? null : new ProcessWatch(fleet.processes, fleet.starts)
  const rest = async () => plan.processRecords && (await rig.rest(plan.processRecords.restMilliseconds, signal))
  const between = new BetweenWatch(rig, fleet.processes, warmUpMilliseconds, signal)
  try {
    progress('warm-up', 0)
    await rest()
    await watch?.look('idle')
    await between.idle()
    const inOrder = planned.warmUpOrder.flatMap((index) => fleet.deployments[index] ?? [])
    for (const [process, deployments] of Map.groupBy(inOrder, (deployment) => processOf(deployment.plan))) {
      if (signal.aborted) break
      await between.loading(process)
      await warmUp(running, deployments, warmUpMilliseconds * workersOf(deployments[0]!.plan))
      await watch?.look('loaded')
    }
    await between.begin()
    await watch?.look('warm')
    const slices: Slice[] = []
    const blocks: BlockRecord[] = []
    for (const [index, block] of planned.blocks.entries()) {
      if (signal.aborted) break
      progress('measure', index / planned.blocks.length)
      const measured = await measureBlock(running, block)
      await watch?.look('loaded')
      // Where nobody is left to be measured there is no block that could be missing.
      if (measured.slices.length === 0) continue
      slices.push(...measured.slices)
      blocks.push(measured.record)
    }
    const interrupted = signal.aborted
    const outside = await between.end(slices, plan)
    const noise = await noiseSince(before, rig, fleet)
    const residentBytes = await residentBytesOf(fleet)
    const { session } = fleet
    const [latencies, loadResidentBytes] = [await session.latencies(), await session.residentBytes()]
    await rest()
    if (!signal.aborted) await watch?.look('rested')
    const stock = { latencies, residentBytes, loadResidentBytes, processRecords: watch?.records ?? new Map() }
    return { round, slices, blocks, failures: failures.list, interrupted, noise, between: outside, ...stock }
  } finally {
    await fleet.stop()
  }
}

async function noiseSince(
  before: { readonly ticks: ReturnType<Rig['ticks']>; readonly ownCpuNs: number },
  rig: Rig,
  fleet: Fleet,
): Promise<RoundRecord['noise']> {
  const runnerNs = rig.sharesCpuWithRunner ? rig.ownCpuNs() - before.ownCpuNs : 0
  // Everything was started in this round, so the counters began at zero.
  const ours = runnerNs + ((await fleet.session.cpu())?.cpuNs ?? 0) + (await serversCpuNs(fleet))
  const pins = [rig.loadCpu, ...fleet.processes.map((process) => pinOf(process.plan, rig))]
  const cpus = [...new Set(pins.flat())].filter((cpu) => cpu !== null)
  const ticks = ticksBetween(before.ticks, rig.ticks(), cpus)
  return {
    totalNs: ticks.total * NANOSECONDS_PER_TICK,
    stealNs: ticks.steal * NANOSECONDS_PER_TICK,
    foreignNs: Math.max(0, ticks.busy * NANOSECONDS_PER_TICK - ours),
  }
}

async function residentBytesOf({ deployments }: Fleet): Promise<Map<string, number>> {
  const bytes = new Map<string, number>()
  for (const deployment of deployments) {
    const members = (await deployment?.members()) ?? []
    if (members.length > 0)
      bytes.set(
        deployment!.plan.id,
        total(members, ({ residentBytes }) => residentBytes),
      )
  }
  return bytes
}
