import type { Estimate, MeasuredCell, RoundValue } from '../../result/model.ts'
import type { OutsideWork } from '../all-in.ts'
import { estimateFigures, figuresOf } from '../relative.ts'
import { type CellCheck, type Facts, findingOf, fixed, kindsOf, note, percent, suspect } from './finding.ts'

/** Of a CPU, while nobody asks: Node alone takes 0.0003. */
const WORKS_WHEN_IDLE_SHARE = 0.01
/** Of a CPU, while others are asked. */
const WORKS_BETWEEN_SHARE = 0.02
/** With more of it, caches are never what an app alone would find. */
const CROWDS_SHARE = 0.2

export const ownWorkKinds = kindsOf('cell', {
  'late-work': note({
    meaning:
      'A part of the cost is CPU time that the server used outside its slices: on a timer, in threads or children, after the answer. It is proven, and more than 1 % of the cost or 5 % of the overhead. Which endpoint it belongs to cannot be known, so it is given to all requests of the server alike.',
    message: ({ lateMicroseconds, costMicroseconds }) =>
      `${fixed(lateMicroseconds, 1)} of the ${fixed(costMicroseconds, 1)} µs that a request costs are used later, outside its slices`,
    advice: 'Nothing has to be done: it is in the cost. typicalCost is without it.',
  }),
  'rare-work': note({
    meaning:
      'A part of the cost comes in rare long pieces, such as a long garbage collection or a cache that is built again: most requests cost less (typicalCost, a trimmed mean over slices). It is proven, and more than 1 % of the cost or 5 % of the overhead.',
    message: ({ rareMicroseconds, costMicroseconds, typicalMicroseconds }) =>
      `${fixed(rareMicroseconds, 1)} of the ${fixed(costMicroseconds, 1)} µs that a request costs come in rare pieces; most requests cost ${fixed(typicalMicroseconds, 1)} µs`,
    advice: 'Nothing has to be done: it is in the cost. typicalCost is without it.',
  }),
  'works-when-idle': suspect({
    meaning: `The app uses more than ${percent(WORKS_WHEN_IDLE_SHARE, 0)} of a CPU when it gets no requests. No request causes that, so it is subtracted, as far as it is known from the idle time before its load.`,
    message: ({ share }) => `the app uses ${percent(share)} of a CPU when it gets no requests; that is subtracted from its cost`,
    advice: 'Switch off timers and background work that have nothing to do with requests, and measure again.',
  }),
  'forks-workers': note({
    meaning:
      'Processes that the app has started used more than a tenth of its CPU time each. They are in its cost, and they share the one CPU of the servers.',
    message: ({ children }) =>
      `${children} ${Number(children) === 1 ? 'process that the app has started does' : 'processes that the app has started do'} a part of its work; all of it is in the cost, on one CPU`,
    advice: 'For what several workers give, name an app that does not fork and use npm run study -- workers.',
  }),
})

const takes = ({ app, outsideShare, idleShare }: Facts) =>
  `${app} uses ${percent(outsideShare)} of the CPU while other apps get requests, ${percent(idleShare)} also when no app gets requests`

export const crowdingKinds = kindsOf('run', {
  'works-between-slices': note({
    meaning: `An app uses more than ${percent(WORKS_BETWEEN_SHARE, 0)} of the servers' CPU outside its own slices. Others wait for it meanwhile: they answer fewer requests per second than alone, and cost what they cost.`,
    message: takes,
    advice: 'Costs and ratios stand. For requests per second of the others, measure without it.',
  }),
  'crowds-others': suspect({
    meaning: `As works-between-slices, but more than ${percent(CROWDS_SHARE, 0)}: the caches that other apps find are not those they would have alone.`,
    message: takes,
    advice: 'Measure the others without it.',
  }),
})

const finding = findingOf({ ...ownWorkKinds, ...crowdingKinds })

/** Is a part of the cost not that of most requests? */
export const checkBeyondTypical: CellCheck = ({ figures }) => {
  const { cost, typicalCost } = figures
  const [later, rare] = [beyondTypical(figures, 'later'), beyondTypical(figures, 'rare')]
  const costMicroseconds = cost.value
  return [
    later !== null && finding('late-work', { lateMicroseconds: later.value, costMicroseconds }),
    rare !== null &&
      typicalCost !== null &&
      finding('rare-work', { rareMicroseconds: rare.value, costMicroseconds, typicalMicroseconds: typicalCost.value }),
  ]
}

/** Does the app work when nobody asks it, or do others do its work? */
export const checkOwnWork: CellCheck = ({ outside, figures }) => {
  if (outside === null) return null
  const { idleShare, busyChildren } = outside
  return [
    idleShare > WORKS_WHEN_IDLE_SHARE && finding('works-when-idle', { share: idleShare }),
    busyChildren > 0 && figures.deployment.workers === 1 && finding('forks-workers', { children: busyChildren }),
  ]
}

/** Does one app take the CPU that others are measured on? */
export function checkOutsideWork(apps: readonly OutsideWork[]) {
  return apps.map(({ app, outsideShare, idleShare }) => {
    const code = outsideShare > CROWDS_SHARE ? 'crowds-others' : 'works-between-slices'
    return outsideShare > WORKS_BETWEEN_SHARE && finding(code, { app, outsideShare, idleShare })
  })
}

/** A part of a cell's cost that most requests do not have. */
export type BeyondTypical = 'later' | 'rare'

/** Of the cost of a cell, and of its overhead: with less than both nothing is said. */
const SHARE_OF_COST = 0.01
const SHARE_OF_OVERHEAD = 0.05
/** Garbage collection alone makes a small part rare in every app; less than this is not worth a word, share of the cost. */
const LEAST_SHARE = 0.005

const parts: Readonly<Record<BeyondTypical, (round: RoundValue) => number | null>> = {
  later: ({ lateMicroseconds }) => lateMicroseconds,
  rare: ({ costMicroseconds, lateMicroseconds, typicalCostMicroseconds }) =>
    lateMicroseconds === null || typicalCostMicroseconds === null
      ? null
      : costMicroseconds - lateMicroseconds - typicalCostMicroseconds,
}

/**
 * Microseconds per request that the server used later, outside its slices, or in rare long pieces of a few slices; where that is proven and
 * more than 1 % of the cost or 5 % of the overhead. null: it is not, or not known.
 */
export function beyondTypical(
  cell: Pick<MeasuredCell, 'cost' | 'overheadMicroseconds' | 'perRound'>,
  part: BeyondTypical,
): Estimate | null {
  const figures = figuresOf(cell, parts[part])
  if (figures.length === 0 || figures.length < cell.perRound.length) return null
  const estimate = estimateFigures([figures])[0]!
  if (estimate.low === null || estimate.low <= 0) return null
  const { value } = estimate
  const { value: overhead, low } = cell.overheadMicroseconds
  const matters = value > SHARE_OF_COST * cell.cost.value || (low !== null && low > 0 && value > SHARE_OF_OVERHEAD * overhead)
  return matters && value > LEAST_SHARE * cell.cost.value ? estimate : null
}
