import { NANOSECONDS_PER_TICK, ticksBetween } from '../machine/procfs.ts'
import { total } from '../statistics/summary.ts'
import { BetweenWatch, type IdleWork, ProcessWatch } from './between.ts'
import { affordableRepeats, beginRound, measureBlock } from './block.ts'
import { type Fleet, inWarmUpOrder, pinOf, serversCpuNs } from './fleet.ts'
import type { PlannedRound } from './plan.ts'
import type { BlockRecord, Failure, RoundRecord, Slice } from './records.ts'
import type { Rig, RunContext } from './rig.ts'
import { warmUp } from './warm-up.ts'
import type { WarmUpLimits } from './warmth.ts'

/** What a round begins with. */
export interface RoundOrder {
  readonly planned: PlannedRound
  /** Just started; the round ends it. */
  readonly fleet: Fleet
  readonly warmUpLimits: WarmUpLimits
  readonly idleWork: IdleWork
  /** Called when the last slice is over, and nothing but rests is left, with what failed in the round. */
  resting(failures: readonly Failure[]): void
}

/** One round: a warm-up of fresh processes, all blocks in random order, the end of all processes. Never leaves one behind. */
export async function measureRound(context: RunContext, order: RoundOrder): Promise<RoundRecord> {
  const { rig, plan, signal, progress } = context
  const { planned, fleet, warmUpLimits, idleWork } = order
  const { round } = planned
  const running = beginRound(context, round, fleet, affordableRepeats(planned.blocks.length))
  const { failures } = running
  const watch = plan.processRecords === undefined ? null : new ProcessWatch(fleet.processes, fleet.starts)
  const rest = async () => plan.processRecords && (await rig.rest(plan.processRecords.restMilliseconds, signal))
  const between = new BetweenWatch(rig, fleet.processes, idleWork, warmUpLimits.most, signal)
  try {
    progress('warm-up', 0)
    await rest()
    await watch?.look('idle')
    await between.idle()
    const before = await noiseSoFar(rig, fleet)
    const warmUps = await warmUp(running, inWarmUpOrder(fleet, planned).values(), warmUpLimits, {
      begins: (process) => between.loading(process),
      ends: async () => void (await watch?.look('loaded')),
    })
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
    const noise = noiseBetween(before, await noiseSoFar(rig, fleet))
    order.resting(failures.list)
    const outside = await between.end([...slices, ...running.leadIns], plan)
    const residentBytes = await residentBytesOf(fleet)
    const { session } = fleet
    const [latencies, loadResidentBytes] = [await session.latencies(), await session.residentBytes()]
    await rest()
    if (!signal.aborted) await watch?.look('rested')
    const stock = { latencies, residentBytes, loadResidentBytes, processRecords: watch?.records ?? new Map() }
    return { round, slices, blocks, failures: failures.list, interrupted, noise, between: outside, warmUps, ...stock }
  } finally {
    await fleet.stop()
  }
}

/** Ticks of the CPUs in use, and what of them the suite and its servers have used. */
async function noiseSoFar(rig: Rig, fleet: Fleet) {
  const runnerNs = rig.sharesCpuWithRunner ? rig.ownCpuNs() : 0
  const oursNs = runnerNs + ((await fleet.session.cpu())?.cpuNs ?? 0) + (await serversCpuNs(fleet))
  const pins = [rig.loadCpu, ...fleet.processes.map((process) => pinOf(process.plan, rig))]
  const cpus = [...new Set(pins.flat())].filter((cpu) => cpu !== null)
  return { ticks: rig.ticks(), oursNs, cpus }
}

type NoiseSoFar = Awaited<ReturnType<typeof noiseSoFar>>

function noiseBetween(before: NoiseSoFar, after: NoiseSoFar): RoundRecord['noise'] {
  const ticks = ticksBetween(before.ticks, after.ticks, before.cpus)
  return {
    totalNs: ticks.total * NANOSECONDS_PER_TICK,
    stealNs: ticks.steal * NANOSECONDS_PER_TICK,
    foreignNs: Math.max(0, ticks.busy * NANOSECONDS_PER_TICK - (after.oursNs - before.oursNs)),
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
