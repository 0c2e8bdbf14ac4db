import type { CellLatencies } from '../load/driver.ts'
import { type CpuTicks, NANOSECONDS_PER_TICK, ticksBetween } from '../machine/procfs.ts'
import { type Deployment, processOf, workersOf } from '../servers/deployment.ts'
import { type BetweenSlices, BetweenWatch } from './between.ts'
import { measureBlock, RepeatBudget } from './block.ts'
import { Capacities } from './capacities.ts'
import { type Failure, type Fleet, pinOf, serversCpuNs, startFleet } from './fleet.ts'
import { type Life, LifeWatch } from './life.ts'
import type { Progress } from './listener.ts'
import { endpointsOf, type Plan, type PlannedRound } from './plan.ts'
import type { Rig } from './rig.ts'
import type { Slice } from './sample.ts'
import { cellName, isOut, wholeApps } from './slice-failure.ts'
import { type WarmUpCell, warmUp } from './warm-up.ts'

/** Everything one round has brought. */
export interface RoundRecord {
  readonly round: number
  readonly slices: readonly Slice[]
  readonly latencies: readonly CellLatencies[]
  /** By deployment id, at the end of the round. */
  readonly residentBytes: ReadonlyMap<string, number>
  readonly loadResidentBytes: number | null
  /** By deployment id, one for every process; empty where the plan does not ask for it. */
  readonly lives: ReadonlyMap<string, Life>
  readonly failures: readonly Failure[]
  /** The round was given up before its last block. */
  readonly interrupted: boolean
  readonly noise: Noise
  readonly blocks: readonly BlockRecord[]
  /** Its servers outside their slices. */
  readonly between: readonly BetweenSlices[]
}

/** How one block (one endpoint, one slice of every deployment) came about. */
export interface BlockRecord {
  readonly endpoint: string
  readonly block: number
  /** Code of the disturbance of every attempt that was thrown away, in order. */
  readonly disturbances: readonly string[]
  /** False: disturbed every time it was tried; the block is missing. */
  readonly kept: boolean
}

/** CPU time of the CPUs in use, from the start of the round to its last slice; nanoseconds, zero where unknown. */
export interface Noise {
  readonly totalNs: number
  readonly stealNs: number
  /** Used by anything that is not server, load generator or runner. */
  readonly foreignNs: number
}

export interface RoundContext {
  readonly rig: Rig
  readonly plan: Plan
  readonly warmUpMilliseconds: number
  /** Cells that are out: `app` or `app endpoint`. */
  readonly failed: ReadonlySet<string>
  readonly signal: AbortSignal
  sliceMeasured(slice: Slice): void
  progress(phase: Progress['phase'], share: number): void
}

/** One round: fresh processes, a warm-up, all blocks in random order, the end of all processes. Never leaves one behind. */
export async function measureRound(context: RoundContext, planned: PlannedRound): Promise<RoundRecord> {
  const { rig, plan } = context
  context.progress('start', 0)
  const before = { ticks: rig.ticks(), ownCpuNs: rig.ownCpuNs() }
  const fleet = await startFleet(rig, plan, { ...planned, without: wholeApps(plan, context.failed) })
  const failures = [...fleet.failures]
  const out = new Set([...context.failed, ...failures.map(({ app, endpoint }) => cellName(app, endpoint))])
  const fail = (failure: Failure) => {
    const name = cellName(failure.app, failure.endpoint)
    if (!out.has(name)) failures.push(failure)
    out.add(name)
  }
  const watch = plan.lives === undefined ? null : new LifeWatch(fleet)
  const rest = async () => plan.lives && (await rig.rest(plan.lives.restMilliseconds, context.signal))
  const capacities = new Capacities()
  const between = new BetweenWatch(rig, fleet.processes, context)
  try {
    context.progress('warm-up', 0)
    await rest()
    await watch?.idle()
    await between.idle()
    for (const deployments of byProcess(fleet, planned.warmUpOrder)) {
      if (context.signal.aborted) break
      const cells = deployments.flatMap((deployment) => activeCells(plan, deployment, out))
      const milliseconds = context.warmUpMilliseconds * workersOf(deployments[0]!.plan)
      await between.loading(processIn(fleet, deployments[0]!))
      await warmUp(fleet.session, cells, { ...context, milliseconds, capacities, fail })
      await watch?.loaded()
    }
    await between.begin()
    await watch?.warm()
    const slices: Slice[] = []
    const blocks: BlockRecord[] = []
    const repeats = new RepeatBudget(planned.blocks.length)
    for (const [index, block] of planned.blocks.entries()) {
      if (context.signal.aborted) break
      context.progress('measure', index / planned.blocks.length)
      const { slices: measured, ...record } = await measureBlock(
        { ...context, fleet, round: planned.round, out, fail, repeats, capacities },
        block,
      )
      await watch?.loaded()
      // Where nobody is left to be measured there is no block that could be missing.
      if (measured.length === 0) continue
      slices.push(...measured)
      blocks.push({ endpoint: block.endpoint, block: block.block, ...record })
    }
    const interrupted = context.signal.aborted
    const processNames = new Map(plan.deployments.map((deployment) => [deployment.id, processOf(deployment)]))
    const late = await between.end(slices, (deployment) => processNames.get(deployment)!)
    const noise = await noiseSince(rig, fleet, before)
    const stock = await takeStock(fleet)
    await rest()
    if (!context.signal.aborted) await watch?.rested()
    const lives = watch?.lives() ?? new Map()
    return { round: planned.round, slices, blocks, failures, interrupted, noise, ...stock, lives, between: late }
  } finally {
    await fleet.stop()
  }
}

/** The deployments that run, those of one process together. */
function byProcess(fleet: Fleet, order: readonly number[]): Deployment[][] {
  const running = order.flatMap((index) => fleet.deployments[index] ?? [])
  return [...Map.groupBy(running, ({ plan }) => processOf(plan)).values()]
}

/** The process of a deployment, without what stands in front of it. */
function processIn({ processes }: Fleet, { plan }: Deployment): Deployment {
  return processes.find((process) => processOf(process.plan) === processOf(plan))!
}

function activeCells(plan: Plan, deployment: Deployment, out: ReadonlySet<string>): WarmUpCell[] {
  return endpointsOf(plan, deployment.plan)
    .filter((endpoint) => !isOut(plan, deployment.plan.app, endpoint, out))
    .map((endpoint) => ({ deployment, endpoint, request: plan.endpoints.indexOf(endpoint) }))
}

async function noiseSince(rig: Rig, fleet: Fleet, before: { ticks: Map<number, CpuTicks>; ownCpuNs: number }): Promise<Noise> {
  const runnerNs = rig.sharesCpuWithRunner ? rig.ownCpuNs() - before.ownCpuNs : 0
  // Everything was started in this round, so the counters began at zero.
  const ours = runnerNs + ((await fleet.session.cpu())?.cpuNs ?? 0) + (await serversCpuNs(fleet))
  const pins = [rig.loadCpu, ...fleet.processes.map((process) => pinOf(process.plan, rig))]
  const cpus = [...new Set(pins.flat())].filter((cpu) => cpu !== null)
  const { total, steal, busy } = ticksBetween(before.ticks, rig.ticks(), cpus)
  return {
    totalNs: total * NANOSECONDS_PER_TICK,
    stealNs: steal * NANOSECONDS_PER_TICK,
    foreignNs: Math.max(0, busy * NANOSECONDS_PER_TICK - ours),
  }
}

async function takeStock(fleet: Fleet): Promise<Pick<RoundRecord, 'latencies' | 'residentBytes' | 'loadResidentBytes'>> {
  const residentBytes = new Map<string, number>()
  for (const deployment of fleet.deployments) {
    const bytes = await deployment?.residentBytes()
    if (deployment && bytes) residentBytes.set(deployment.plan.id, bytes)
  }
  return { latencies: await fleet.session.latencies(), residentBytes, loadResidentBytes: await fleet.session.residentBytes() }
}
