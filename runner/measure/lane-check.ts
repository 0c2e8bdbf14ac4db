import { RunError } from '../result/errors.ts'
import { formatChange } from '../result/format.ts'
import type { LaneCheck } from '../result/model.ts'
import { seededRandom } from '../statistics/random.ts'
import { beginRound, measureBlock, type RoundInProgress } from './block.ts'
import { inWarmUpOrder, startFleet } from './fleet.ts'
import { compareLanes, decisionOf, type LaneTurn, logCosts, turnsBetweenLooks } from './lane-decision.ts'
import { type PlannedBlock, type PlannedRound, planRound } from './plan.ts'
import type { RoundSizes } from './records.ts'
import { allListeners, type Rig, type RunContext } from './rig.ts'
import { warmUp } from './warm-up.ts'
import type { WarmUpLimits } from './warmth.ts'

/** Rounds count from 1. */
const CHECK_ROUND = 0
/** Looks at the intervals; with the last one it is decided. */
const LOOKS = 3
/** Of a shorter run the check would take too large a part. */
const WORTH_NS = 60e9
const [ALONE, TOGETHER] = [0, 1]

/**
 * Whether rounds may be measured in several lanes at once: fresh processes in each, and then what the first one finds alone and what it
 * finds while all are at work, in turns. Looks at how costs and ratios change, never at what they are.
 * @param maximumNs the whole run
 * @returns how many lanes to use; null where nothing was found out
 */
export async function checkLanes(
  context: RunContext,
  rigs: readonly Rig[],
  { leastWarmUpMilliseconds: least, warmUpMilliseconds: most }: RoundSizes,
  maximumNs: number,
): Promise<{ readonly lanes: number; readonly laneCheck: LaneCheck | null }> {
  const one = { lanes: 1, laneCheck: null }
  if (rigs.length < 2 || maximumNs < WORTH_NS) return one
  try {
    const laneCheck = await compareInTurns(checked(context), rigs, { least, most })
    if (context.signal.aborted) return one
    context.listener.remark(remarkOn(laneCheck))
    return { lanes: decisionOf(laneCheck) === 'same' ? rigs.length : 1, laneCheck }
  } catch (error) {
    if (!(error instanceof RunError)) throw error
    context.listener.remark(`one lane: the check of ${rigs.length} is lost, ${error.message}`)
    return one
  }
}

/** Both copies of the baseline and one other app, of whose slices nobody is told. */
function checked(context: RunContext): RunContext {
  const { plan, failures } = context
  const isLeft = ({ app, optional }: (typeof plan.deployments)[number]) => !optional && !failures.wholeApps.has(app)
  const left = plan.deployments.filter(isLeft)
  const other = left.findLast(({ app }) => app !== plan.baseline)
  const deployments = left.filter((deployment) => deployment.app === plan.baseline || deployment === other)
  return { ...context, plan: { ...plan, deployments }, listener: allListeners([]) }
}

async function compareInTurns(context: RunContext, rigs: readonly Rig[], limits: WarmUpLimits): Promise<LaneCheck> {
  const { plan, signal } = context
  const between = turnsBetweenLooks(plan.endpoints.length)
  const planned = planRound(plan, CHECK_ROUND, { blocksPerRound: 2 * between * LOOKS, processes: {} })
  const blocks = Map.groupBy(planned.blocks, ({ block }) => block)
  const random = seededRandom(plan.seed, CHECK_ROUND)
  const lanes: RoundInProgress[] = []
  try {
    const begun = await Promise.allSettled(rigs.map((rig) => begin({ ...context, rig }, planned, limits, lanes)))
    for (const lane of begun) if (lane.status === 'rejected') throw lane.reason
    const first = lanes.find(({ rig }) => rig === rigs[0])!
    const turns: LaneTurn[] = []
    for (let turn = 0; turn < between * LOOKS && !signal.aborted; turn++) {
      context.progress('preflight', turn / (between * LOOKS))
      const costs = [new Map<string, number>(), new Map<string, number>()]
      for (const how of random.shuffle([ALONE, TOGETHER])) {
        const working = how === ALONE ? [first] : lanes
        const measuring = working.map((lane) => measureEndpoints(lane, blocks.get(2 * turn + how)!))
        for (const lane of await Promise.allSettled(measuring)) if (lane.status === 'rejected') throw lane.reason
        costs[how] = await measuring[working.indexOf(first)]!
      }
      turns.push({ alone: costs[ALONE]!, together: costs[TOGETHER]! })
      const isLook = (turn + 1) % between === 0
      if (isLook && decisionOf(compareLanes(plan, turns, rigs.length)) !== 'open') break
    }
    return compareLanes(plan, turns, rigs.length)
  } finally {
    await Promise.all(lanes.map(({ fleet }) => fleet.stop()))
  }
}

/** Starts and warms up the processes of a lane. @param lanes takes it in as soon as there is something to stop */
async function begin(context: RunContext, planned: PlannedRound, limits: WarmUpLimits, lanes: RoundInProgress[]) {
  const { rig, plan } = context
  const fleet = await startFleet(rig, plan, planned, context.failures.wholeApps)
  // Nothing is repeated: what disturbs a lane only while the others work belongs to it.
  const lane = beginRound(context, CHECK_ROUND, fleet, 0)
  lanes.push(lane)
  await warmUp(lane, inWarmUpOrder(fleet, planned).values(), limits)
}

/** ln of what each cell of a lane costs, one block on every endpoint. */
async function measureEndpoints(lane: RoundInProgress, blocks: readonly PlannedBlock[]): Promise<Map<string, number>> {
  const costs = new Map<string, number>()
  for (const block of blocks) {
    const { slices } = await measureBlock(lane, block)
    for (const [cell, logCost] of logCosts(slices)) costs.set(cell, logCost)
  }
  return costs
}

/** `2 lanes: with all at work costs differ by +0.3 [-0.5, 1.1] %, ...`. */
function remarkOn(check: LaneCheck): string {
  const changes = [
    ['costs differ', check.cost],
    ['the ratio of the two copies', check.copies],
    ['the ratio of an app', check.ratio],
  ] as const
  const said = changes.flatMap(([what, change]) => (change === null ? [] : [`${what} by ${formatChange(change)}`])).join(', ')
  const decided = decisionOf(check)
  if (decided === 'same') return `${check.lanes} lanes: with all at work ${said}`
  return `one lane: with ${check.lanes} at work ${said}, which is ${decided === 'other' ? 'too much' : 'not known well enough'}`
}
