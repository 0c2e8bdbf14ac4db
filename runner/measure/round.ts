import type { Deployment } from '../deployment/deployment.ts'
import { type CpuTicks, NANOSECONDS_PER_TICK } from '../deployment/procfs.ts'
import type { CellLatencies } from '../load/driver.ts'
import type { Plan, PlannedBlock, PlannedRound } from '../plan.ts'
import type { Bench } from './bench.ts'
import { type Failure, type Fleet, startFleet } from './fleet.ts'
import type { Progress } from './listener.ts'
import type { Slice } from './sample.ts'
import { measureSlice } from './slice.ts'
import { warmUp } from './warm-up.ts'

/** Everything one round has brought. */
export interface RoundRecord {
  readonly round: number
  readonly slices: readonly Slice[]
  readonly latencies: readonly CellLatencies[]
  /** By deployment id, at the end of the round. */
  readonly residentBytes: ReadonlyMap<string, number>
  readonly loadResidentBytes: number | null
  readonly failures: readonly Failure[]
  /** The round was given up before its last block. */
  readonly interrupted: boolean
  readonly noise: Noise
}

/** CPU time of the two CPUs in use, from the start of the round to its last slice; nanoseconds, zero where unknown. */
export interface Noise {
  readonly totalNs: number
  readonly stealNs: number
  /** Used by anything that is not server, load generator or runner. */
  readonly foreignNs: number
}

export interface RoundContext {
  readonly bench: Bench
  readonly plan: Plan
  readonly warmUpMilliseconds: number
  /** Cells that are out: `app` or `app endpoint`. */
  readonly failed: ReadonlySet<string>
  readonly signal: AbortSignal
  sliceMeasured(slice: Slice): void
  progress(phase: Progress['phase'], share: number): void
}

/** The name under which a cell is listed as failed; without an endpoint, the whole app. */
export function cellName(app: string, endpoint: string | null): string {
  return endpoint === null ? app : `${app} ${endpoint}`
}

/** One round: fresh processes, a warm-up, all blocks in random order, the end of all processes. Never leaves one behind. */
export async function measureRound(context: RoundContext, planned: PlannedRound): Promise<RoundRecord> {
  const { bench, plan } = context
  context.progress('start', 0)
  const before = { ticks: bench.ticks(), ownCpuNs: bench.ownCpuNs() }
  const fleet = await startFleet(bench, plan, { ...planned, without: wholeApps(plan, context.failed) })
  const failures = [...fleet.failures]
  const out = new Set([...context.failed, ...failures.map(({ app, endpoint }) => cellName(app, endpoint))])
  const fail = (failure: Failure) => {
    const name = cellName(failure.app, failure.endpoint)
    if (!out.has(name)) failures.push(failure)
    out.add(name)
  }
  try {
    context.progress('warm-up', 0)
    for (const index of planned.warmUpOrder) {
      const deployment = fleet.deployments[index]
      if (deployment === null || deployment === undefined || context.signal.aborted) continue
      await warmUp(
        fleet.session,
        deployment,
        activeEndpoints(plan, deployment, out),
        context.warmUpMilliseconds,
        context.signal,
        fail,
      )
    }
    const slices: Slice[] = []
    for (const [index, block] of planned.blocks.entries()) {
      if (context.signal.aborted) break
      context.progress('measure', index / planned.blocks.length)
      slices.push(...(await measureBlock(context, fleet, planned.round, block, out, fail)))
    }
    const interrupted = context.signal.aborted
    const noise = await noiseSince(bench, fleet, before)
    return { round: planned.round, slices, failures, interrupted, noise, ...(await takeStock(fleet)) }
  } finally {
    await fleet.stop()
  }
}

async function measureBlock(
  context: RoundContext,
  fleet: Fleet,
  round: number,
  { block, endpoint, slices }: PlannedBlock,
  out: ReadonlySet<string>,
  fail: (failure: Failure) => void,
): Promise<Slice[]> {
  const request = context.plan.endpoints.indexOf(endpoint)
  const measured: Slice[] = []
  for (const [position, { deployment: index, milliseconds }] of slices.entries()) {
    const deployment = fleet.deployments[index]
    if (deployment === null || deployment === undefined || context.signal.aborted) continue
    if (isOut(context.plan, deployment.plan.app, endpoint, out)) continue
    const order = { round, block, endpoint, position, request, milliseconds }
    const { slice, firstProblem } = await measureSlice(fleet.session, deployment, order, context.bench.now)
    const failure = sliceFailure(deployment, slice, firstProblem)
    if (failure !== null) fail(failure)
    else measured.push(slice)
    context.sliceMeasured(slice)
  }
  return measured
}

/** A response that is wrong or missing breaks the contract: what was measured was not the work asked for. */
export function sliceFailure(
  deployment: Deployment,
  outcome: Pick<Slice, 'endpoint' | 'requests' | 'wrongAnswers' | 'lost' | 'timeouts' | 'broken'>,
  firstProblem: string | null,
): Failure | null {
  const { app } = deployment.plan
  const { endpoint, wrongAnswers, lost, timeouts, broken, requests } = outcome
  const ended = deployment.ended()
  const first = firstProblem === null ? '' : `: ${firstProblem}`
  const all = { app, endpoint: null, hint: null, lastLines: deployment.lastLines }
  if (ended !== null) return { ...all, code: 'died', reason: `${app} ${ended} while ${endpoint} was under load` }
  if (broken)
    return { ...all, code: 'unreachable', reason: `${app} cannot be reached any more under load on ${endpoint}${first}` }
  if (wrongAnswers + lost === 0) return null
  const sent = requests + wrongAnswers + lost
  const wrong = wrongAnswers > 0 ? `${wrongAnswers} of ${sent} responses were wrong` : ''
  const missing = lost > 0 ? `${lost} of ${sent} requests were never answered${timeouts > 0 ? ' in time' : ''}` : ''
  const reason = `${[wrong, missing].filter(Boolean).join(' and ')} in a slice under load${first}`
  return {
    app,
    endpoint,
    code: wrongAnswers > 0 ? 'wrong-answers' : 'lost-requests',
    reason,
    hint: null,
    lastLines: deployment.lastLines,
  }
}

function activeEndpoints(plan: Plan, deployment: Deployment, out: ReadonlySet<string>): { endpoint: string; request: number }[] {
  return plan.endpoints
    .map((endpoint, request) => ({ endpoint, request }))
    .filter(({ endpoint }) => !isOut(plan, deployment.plan.app, endpoint, out))
}

/** True when a cell is not to be measured: it failed, or the baseline did where it would be compared with it. */
function isOut({ baseline }: Plan, app: string, endpoint: string, out: ReadonlySet<string>): boolean {
  return [app, baseline].some((name) => out.has(name) || out.has(cellName(name, endpoint)))
}

/** Apps of which no cell is left: they are not started again. */
export function wholeApps(plan: Plan, failed: ReadonlySet<string>): Set<string> {
  const apps = plan.deployments.map(({ app }) => app)
  return new Set(apps.filter((app) => failed.has(app) || plan.endpoints.every((endpoint) => failed.has(cellName(app, endpoint)))))
}

async function noiseSince(
  bench: Bench,
  fleet: Fleet,
  before: { ticks: Map<number, CpuTicks>; ownCpuNs: number },
): Promise<Noise> {
  const readings = await Promise.all([fleet.session.cpu(), ...fleet.deployments.map((deployment) => deployment?.cpu())])
  // Everything was started in this round, so the counters began at zero.
  const ours = readings.reduce(
    (sum, reading) => sum + (reading?.cpuNs ?? 0),
    bench.sharesCpuWithRunner ? bench.ownCpuNs() - before.ownCpuNs : 0,
  )
  const ticks = bench.ticks()
  const spent = (of: (ticks: CpuTicks) => number) =>
    [bench.serverCpu, bench.loadCpu].reduce<number>((sum, cpu) => {
      const [now, then] = [ticks.get(cpu ?? -1), before.ticks.get(cpu ?? -1)]
      return now === undefined || then === undefined ? sum : sum + (of(now) - of(then)) * NANOSECONDS_PER_TICK
    }, 0)
  const totalNs = spent(({ total }) => total)
  return { totalNs, stealNs: spent(({ steal }) => steal), foreignNs: Math.max(0, spent(({ busy }) => busy) - ours) }
}

async function takeStock(fleet: Fleet): Promise<Pick<RoundRecord, 'latencies' | 'residentBytes' | 'loadResidentBytes'>> {
  const residentBytes = new Map<string, number>()
  for (const deployment of fleet.deployments) {
    const bytes = await deployment?.residentBytes()
    if (deployment && bytes) residentBytes.set(deployment.plan.id, bytes)
  }
  return { latencies: await fleet.session.latencies(), residentBytes, loadResidentBytes: await fleet.session.residentBytes() }
}
