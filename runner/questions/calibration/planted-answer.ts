import { type AnswerChart, type AnswerTable, chartOf, mark, tableOf } from '../../result/answer.ts'
import { count, formatEstimate, formatNumber, formatPlusMinusPercent } from '../../result/format.ts'
import type { Estimate } from '../../result/model.ts'
import { listInWords } from '../../result/plain-text.ts'
import type { Interval } from '../../statistics/estimate.ts'
import { mean, median, total } from '../../statistics/summary.ts'
import type { PlantedPart } from './data.ts'
import type { Judgement, PartAnswer } from './part.ts'
import { bounded, effortOf, holds, judged, judgeShare, percent, shareInterval, verdictSentences } from './words.ts'

type Cell = PlantedPart['runs'][number]['cells'][number]

/** Bases that should be there. */
const BASES = ['node-http', 'koa']
const GOAL_HOLDING = 0.95
const SMALL_MICROSECONDS = 1
/** The burning loop is calibrated again every time. */
const SMALL_TOLERANCE = 0.1

export function plantedAnswer(part: PlantedPart): PartAnswer | null {
  const recoveries = recoveriesOf(part)
  if (recoveries.length === 0) return null
  return {
    judgements: [judgeHolding(recoveries), judgeWhole(recoveries), judgeSmall(recoveries.filter(isSmall))],
    sentences: [
      ...smallWords(recoveries),
      ...wrapperWords(part),
      ...aloneWords(part),
      ...inSituWords(part, recoveries),
      ...wholeWords(recoveries),
    ],
    tables: [table(recoveries)],
    charts: [chart(recoveries)],
    limits: [...unplaced(part), ...untimed(recoveries), ...verdictSentences(part.runs)],
    effort: effortOf(part.runs),
  }
}

/** One app of one run that burns a known time per request. All times are microseconds. */
export interface Recovery {
  readonly base: string
  /** What the work takes in a quiet process. */
  readonly planted: number
  /** Over the same server with the wrapper that burns nothing. */
  readonly found: Interval
  /** What it took in the servers of this run, by their own clocks; null: not timed. */
  readonly inSitu: Interval | null
  /** What should have been found: timed in situ where it was, else planted. */
  readonly truth: number
  /** Found less the truth; where that was timed in situ, paired with it by round, so that its own uncertainty is in there. */
  readonly error: Interval
  /** The interval of the error holds 0. */
  readonly holds: boolean
  /** By how much a whole request took longer by the servers' clocks; null: not timed. */
  readonly wholeRequest: Interval | null
  /** Whether the interval of found less that holds 0; null: not timed. */
  readonly holdsWhole: boolean | null
}

/** What burns nothing itself is no recovery. */
export function recoveriesOf({ runs }: PlantedPart): Recovery[] {
  return runs.flatMap(({ base, cells }) =>
    cells.flatMap((cell): Recovery[] => {
      const { plantedMicroseconds: planted, wholeRequest } = cell
      const found = boundedOrNull(cell.overWrapperMicroseconds)
      if (planted === 0 || found === null) return []
      const { value, low, high, level } = found
      const inSitu = boundedOrNull(cell.inSitu?.microseconds)
      const truth = truthOf(cell)
      const paired = inSitu === null ? null : boundedOrNull(cell.inSitu?.recoveredLessInSitu)
      const error = paired ?? { value: value - truth, low: low - truth, high: high - truth, level }
      const wholeError = boundedOrNull(wholeRequest?.recoveredLessInSitu)
      return [
        {
          base,
          planted,
          found,
          inSitu,
          truth,
          error,
          holds: holds(error, 0),
          wholeRequest: boundedOrNull(wholeRequest?.microseconds),
          holdsWhole: wholeError && holds(wholeError, 0),
        },
      ]
    }),
  )
}

function boundedOrNull(estimate: Estimate | null | undefined): Interval | null {
  return (estimate && bounded(estimate)[0]) ?? null
}

function truthOf({ plantedMicroseconds, inSitu }: Cell): number {
  return boundedOrNull(inSitu?.microseconds)?.value ?? plantedMicroseconds
}

/** All runs of one base and one planted time. */
export interface RecoveryGroup {
  readonly base: string
  readonly planted: number
  /** Median of the runs. */
  readonly truth: number
  readonly recoveries: readonly Recovery[]
  /** The median of the runs with the median half-width: what one run finds. */
  readonly usual: Interval
  /** The same of what was timed in situ; null: in no run. */
  readonly inSitu: Interval | null
  readonly error: Interval
  readonly wholeRequest: Interval | null
}

/** In the order of bases as they were first run, then of planted time, in two digits: the calibrated time may miss it by a little. */
export function groupRecoveries(all: readonly Recovery[]): RecoveryGroup[] {
  return [...Map.groupBy(all, ({ base }) => base)].flatMap(([base, ofBase]) => {
    const byWork = Map.groupBy(ofBase, ({ planted }) => Number(planted.toPrecision(2)))
    const inOrder = [...byWork].sort(([a], [b]) => a - b)
    return inOrder.map(([, recoveries]) => ({
      base,
      planted: median(recoveries.map(({ planted }) => planted)),
      truth: median(recoveries.map(({ truth }) => truth)),
      recoveries,
      usual: usualOf(recoveries.map(({ found }) => found))!,
      inSitu: usualOf(recoveries.map(({ inSitu }) => inSitu)),
      error: usualOf(recoveries.map(({ error }) => error))!,
      wholeRequest: usualOf(recoveries.map(({ wholeRequest }) => wholeRequest)),
    }))
  })
}

/** What one run of several is like; null: none is known. */
function usualOf(estimates: readonly (Interval | null)[]): Interval | null {
  const known = estimates.filter((one) => one !== null)
  if (known.length === 0) return null
  const value = median(known.map((one) => one.value))
  const halfWidth = median(known.map(({ low, high }) => (high - low) / 2))
  return { value, low: value - halfWidth, high: value + halfWidth, level: known[0]!.level }
}

/** How far the processes that the burning loop was calibrated in lie from their mean, as a share; null with none. */
export function burnSpread({ burn: { perProcess } }: PlantedPart): number | null {
  return perProcess.length === 0 ? null : Math.max(...perProcess.map((value) => Math.abs(value / mean(perProcess) - 1)))
}

function judgeHolding(recoveries: readonly Recovery[]): Judgement | null {
  const holding = recoveries.filter((one) => one.holds).length
  const timed = recoveries.every(({ inSitu }) => inSitu !== null) ? ', timed in situ' : ''
  return judgeShare(holding, recoveries.length, `intervals hold the planted value${timed}`, { atLeast: GOAL_HOLDING })
}

function judgeWhole(recoveries: readonly Recovery[]): Judgement | null {
  const known = recoveries.flatMap(({ holdsWhole }) => holdsWhole ?? [])
  const what = 'intervals hold by how much whole requests took longer by the clocks of the servers'
  return judgeShare(known.filter(Boolean).length, known.length, what, { atLeast: GOAL_HOLDING })
}

function judgeSmall(small: readonly Recovery[]): Judgement | null {
  if (small.length === 0) return null
  const apart = small.filter(({ found }) => found.low > 0).length
  return judged(`in ${apart} of ${count(small.length, 'run')}`, apart === small.length)
}

function isSmall({ planted }: Recovery): boolean {
  return Math.abs(planted - SMALL_MICROSECONDS) < SMALL_TOLERANCE
}

function smallWords(recoveries: readonly Recovery[]): string[] {
  const small = groupRecoveries(recoveries.filter(isSmall)).map(({ base, usual }) => `${formatEstimate(usual)} µs on ${base}`)
  return small.length === 0 ? [] : [`One run finds ${SMALL_MICROSECONDS} µs as ${listInWords(small)}.`]
}

/** The wrapper is a call more per request: the plain overhead, as a run prints it, has it on top of what was planted. */
function wrapperWords({ runs }: PlantedPart): string[] {
  const costs = [...Map.groupBy(runs, ({ base }) => base)].flatMap(([base, own]) => {
    const wrappers = own.flatMap(({ cells }) => cells.filter(({ plantedMicroseconds }) => plantedMicroseconds === 0))
    const usual = usualOf(wrappers.map(({ overheadMicroseconds }) => boundedOrNull(overheadMicroseconds)))
    return usual === null ? [] : [`${formatEstimate(usual)} µs on ${base}`]
  })
  const burning = runs.flatMap(({ cells }) => cells.filter(({ plantedMicroseconds }) => plantedMicroseconds !== 0))
  const plainly = burning.flatMap((cell) => bounded(cell.overheadMicroseconds).map((known) => holds(known, truthOf(cell))))
  const holding = plainly.filter(Boolean).length
  return [
    ...(costs.length === 0 ? [] : [`The wrapper that burns nothing costs ${listInWords(costs)} by one run.`]),
    ...(plainly.length === 0
      ? []
      : [
          `Recovered is the cost over that wrapper. The plain µs over the baseline, as a run prints them, hold the planted value in ` +
            `${percent(holding / plainly.length)} of ${count(plainly.length, 'interval')} (95 % interval ${shareInterval(holding, plainly.length)}).`,
        ]),
  ]
}

function aloneWords(part: PlantedPart): string[] {
  const { nanosecondsPerTurn, perProcess } = part.burn
  const spread = burnSpread(part)
  if (spread === null) return []
  return [
    `The planted time is turns of a loop of integers. Timed alone, in a quiet process, a turn takes ${formatNumber(nanosecondsPerTurn, 3)} ns; ` +
      `${count(perProcess.length, 'calibration')} of it lie within ${formatPlusMinusPercent(100 * spread)} of their mean.`,
  ]
}

function inSituWords({ runs }: PlantedPart, recoveries: readonly Recovery[]): string[] {
  const timed = runs.flatMap(({ cells }) => cells.flatMap(({ inSitu }) => inSitu ?? []))
  const leftOut = total(timed, (one) => one.leftOut)
  const taken = total(timed, ({ samples }) => samples) + leftOut
  if (taken === 0) return []
  return [
    `In situ, the servers timed the same turns themselves while slices were open, one call in 40, by the wall clock; the suite's ` +
      `accounting of CPU time has no part in it. ${longerWords(recoveries)}${emptyWords(runs)}Of ${count(taken, 'sample')} ` +
      `${formatNumber(leftOut, 0)} took more than 1 ms, because their process had lost its CPU, and are left out. Recovered and in situ ` +
      `are paired by round: they are of the same processes and moments, and an interval holds the planted value when that of their ` +
      `difference holds 0. The precision log says why a loaded server takes longer.`,
  ]
}

/** All works of a base together: of the small ones alone it would be noise. */
function longerWords(recoveries: readonly Recovery[]): string {
  const timed = groupRecoveries(recoveries).filter(({ inSitu }) => inSitu !== null)
  const shares = [...Map.groupBy(timed, ({ base }) => base)].map(([base, own]) => {
    const share = total(own, ({ inSitu }) => inSitu!.value) / total(own, ({ planted }) => planted) - 1
    return `${percent(share)} on ${base}`
  })
  return shares.length === 0 ? '' : `They took longer than alone by ${listInWords(shares)}. `
}

/** What is subtracted from every sample. */
function emptyWords(runs: PlantedPart['runs']): string {
  const known = runs.filter(({ emptyNanoseconds }) => emptyNanoseconds !== null)
  const looks = [...Map.groupBy(known, ({ base }) => base)].map(([base, own]) => {
    return `${formatNumber(mean(own.map(({ emptyNanoseconds }) => emptyNanoseconds!)), 0)} ns on ${base}`
  })
  return looks.length === 0 ? '' : `Reading the clock is subtracted: ${listInWords(looks)}, measured where no turns are burnt. `
}

/** The work makes the rest of the request more expensive too, and that is a cost of it. */
function wholeWords(recoveries: readonly Recovery[]): string[] {
  const known = recoveries.filter(({ wholeRequest }) => wholeRequest !== null)
  if (known.length === 0) return []
  const whole = total(known, ({ wholeRequest }) => wholeRequest!.value)
  const [found, work] = [total(known, (one) => one.found.value), total(known, ({ truth }) => truth)]
  return [
    `Whole requests are timed by the same clocks, from the first timed call of a slice to the last: they take longer than those to the ` +
      `wrapper by ${percent(whole / work - 1)} more than the work itself, all works together, because the rest of a request finds ` +
      `colder caches after it. What the suite has recovered differs from these whole requests by ${percent(found / whole - 1)}.`,
  ]
}

function chart(recoveries: readonly Recovery[]): AnswerChart {
  const holding = recoveries.filter((one) => one.holds).length
  return chartOf(
    {
      id: 'planted',
      title: 'Planted cost, what the suite found too much or too little',
      description: `recovered less planted microseconds per request; ${holding} of ${recoveries.length} intervals hold 0`,
      form: 'marks',
      x: { title: 'planted, µs per request', scale: 'log' },
      y: { title: 'recovered less planted, µs; 0 is best' },
      reference: 0,
    },
    recoveries.flatMap(({ base, truth, error }) => mark(`on ${base}`, truth, error)),
  )
}

/** A row for every work on every base; columns of what was timed in situ where anything was. */
function table(recoveries: readonly Recovery[]): AnswerTable {
  const groups = groupRecoveries(recoveries)
  const timed = groups.some(({ inSitu }) => inSitu !== null)
  const whole = groups.some(({ wholeRequest }) => wholeRequest !== null)
  const known = timed ? 'in situ' : 'planted'
  const countOf = (holds: (one: Recovery) => boolean | null) => (group: RecoveryGroup) =>
    `${group.recoveries.filter(holds).length} of ${group.recoveries.length}`
  return tableOf({ id: 'planted', title: 'Recovered and planted cost', texts: 1 }, groups, {
    'on top of': ({ base }) => base,
    [timed ? 'planted, timed alone, µs' : 'planted, µs']: ({ planted }) => planted.toFixed(2),
    ...(timed && { 'timed in situ, µs': ({ inSitu }) => inSitu }),
    'recovered, µs (median run)': ({ usual }) => usual,
    [`recovered less ${known}, µs`]: ({ error }) => error,
    [`recovered ÷ ${known}`]: ({ usual, truth }) => usual.value / truth,
    'intervals that hold it': countOf((one) => one.holds),
    ...(whole && {
      'whole requests longer in situ, µs': ({ wholeRequest }) => wholeRequest,
      'intervals that hold that': countOf(({ holdsWhole }) => holdsWhole),
    }),
  })
}

function unplaced({ runs }: PlantedPart): string[] {
  const missing = BASES.filter((base) => runs.every((run) => run.base !== base))
  return missing.map((base) => `Nothing was planted on top of ${base}.`)
}

/** Older files are of before anything was timed in the servers; some of the newer may have lost a process or two. */
function untimed(recoveries: readonly Recovery[]): string[] {
  const missing = recoveries.filter(({ inSitu }) => inSitu === null).length
  if (missing === 0) return []
  const which =
    missing === recoveries.length ? 'What was planted was' : `${missing} of ${count(recoveries.length, 'planted time')} were`
  return [
    `${which} not timed in the loaded servers: the value is that of a quiet process, and not what the work took where it ran.`,
  ]
}
