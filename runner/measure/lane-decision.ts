import type { Estimate } from '../result/answer.ts'
import type { LaneCheck } from '../result/model.ts'
import { bounded, estimateMeans, exponentiate } from '../statistics/estimate.ts'
import { mean } from '../statistics/summary.ts'
import type { Plan } from './plan.ts'
import { costNs, type Slice } from './records.ts'

/** What the first lane found alone and while all were at work: ln cost, by endpoint and deployment. */
export interface LaneTurn {
  readonly alone: ReadonlyMap<string, number>
  readonly together: ReadonlyMap<string, number>
}

type Checked = Pick<Plan, 'baseline' | 'deployments' | 'endpoints'>

/** Share by which costs may differ. What the first round says of a machine moves by more from one start to the next. */
const SAME_COST = 0.02
/** The same of ratios: with blocks that differ by 5 % the interval after all turns is ±1.5 % wide, so that less could not be shown. */
const SAME_RATIO = 0.03
/** Blocks on an endpoint, alone and together each. */
const TURNS = 8
/** Of fewer endpoints there are more turns: what has to be known is a mean over them. */
const USUAL_ENDPOINTS = 4

/** After how many turns the intervals are looked at. */
export function turnsBetweenLooks(endpoints: number): number {
  return TURNS * Math.max(1, Math.round(USUAL_ENDPOINTS / endpoints))
}

/** ln of nanoseconds per request, by endpoint and deployment, of slices that count. */
export function logCosts(slices: readonly Slice[]): Map<string, number> {
  const counting = slices.filter((slice) => slice.disturbance === null && slice.drained && Number.isFinite(costNs(slice)))
  return new Map(counting.map((slice) => [cellOf(slice.endpoint, slice.deployment), Math.log(costNs(slice))]))
}

/** How costs and ratios with all lanes at work compare to those of one alone; paired by turn. @param lanes that were at work */
export function compareLanes(plan: Checked, turns: readonly LaneTurn[], lanes: number): LaneCheck {
  const changes = turns.map((turn) => changesOf(plan, turn))
  const columns = (['cost', 'copies', 'ratio'] as const).map((what) => changes.map((change) => change[what]))
  const estimates = estimateMeans(columns, { moderation: { minimumCells: Number.POSITIVE_INFINITY } })
  const [cost, copies, ratio] = estimates.map((one) => (one.rounds === 0 ? null : bounded(exponentiate(one))))
  return { lanes, turns: turns.length, cost: cost!, copies: copies!, ratio: ratio! }
}

/** `same`: close enough for several lanes. `other`: too far apart. `open`: more turns may tell. */
export function decisionOf({ cost, copies, ratio }: LaneCheck): 'same' | 'other' | 'open' {
  const judged = [place(cost, SAME_COST), place(copies, SAME_RATIO), ratio === null ? 'same' : place(ratio, SAME_RATIO)]
  if (judged.includes('other')) return 'other'
  return judged.every((one) => one === 'same') ? 'same' : 'open'
}

function place(change: Estimate | null, margin: number): ReturnType<typeof decisionOf> {
  const { low = null, high = null } = change ?? {}
  if (low === null || high === null) return 'open'
  const [least, most] = [1 / (1 + margin), 1 + margin]
  if (low > most || high < least) return 'other'
  return low >= least && high <= most ? 'same' : 'open'
}

/** ln of together over alone: of all cells, of the second copy over the first, of the app over both. NaN: a slice is missing. */
function changesOf(plan: Checked, { alone, together }: LaneTurn): Record<'cost' | 'copies' | 'ratio', number> {
  const changeOf = (endpoint: string, deployment: string) => {
    const cell = cellOf(endpoint, deployment)
    return (together.get(cell) ?? Number.NaN) - (alone.get(cell) ?? Number.NaN)
  }
  const byEndpoint = plan.endpoints.map((endpoint) => {
    const changes = (isBaseline: boolean) =>
      plan.deployments.filter(({ app }) => (app === plan.baseline) === isBaseline).map(({ id }) => changeOf(endpoint, id))
    const [copies, others] = [changes(true), changes(false)]
    const ofCopies = meanOf(copies)
    return {
      cost: meanOf([...copies, ...others]),
      copies: copies.at(-1)! - copies[0]!,
      ratio: meanOf(others) - ofCopies,
    }
  })
  const over = (what: 'cost' | 'copies' | 'ratio') => meanOf(byEndpoint.map((change) => change[what]))
  return { cost: over('cost'), copies: over('copies'), ratio: over('ratio') }
}

/** Of what is known. */
function meanOf(values: readonly number[]): number {
  const known = values.filter((value) => !Number.isNaN(value))
  return known.length === 0 ? Number.NaN : mean(known)
}

const cellOf = (endpoint: string, deployment: string) => `${endpoint} ${deployment}`
