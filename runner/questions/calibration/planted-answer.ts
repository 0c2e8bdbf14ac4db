import { type AnswerChart, type AnswerTable, chartOf, mark, tableOf } from '../../result/answer.ts'
import { count, formatEstimate, formatNumber, formatPlusMinusPercent } from '../../result/format.ts'
import type { Estimate } from '../../result/model.ts'
import { listInWords } from '../../result/plain-text.ts'
import type { Interval } from '../../statistics/estimate.ts'
import { mean, meanOrNull, median, total } from '../../statistics/summary.ts'
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
  const groups = groupRecoveries(recoveries)
  const timed = recoveries.every(({ inSitu }) => inSitu !== null) ? ', timed in situ' : ''
  const whole = recoveries.filter(({ wholeError }) => wholeError !== null)
  const small = recoveries.filter(({ planted }) => Math.abs(planted - SMALL_MICROSECONDS) < SMALL_TOLERANCE)
  const found = onBases(small, (own) => microseconds(usualOf(own.map((one) => one.found))))
  const sentences = [
    found && `One run finds ${SMALL_MICROSECONDS} µs as ${found}.`,
    ...wrapperWords(part),
    aloneWords(part),
    inSituWords(part, groups),
    whole.length === 0 ? '' : wholeWords(whole),
  ]
  const judgeHeld = (all: readonly Recovery[], held: typeof isHeld, what: string) =>
    judgeShare(all.filter(held).length, all.length, `intervals hold ${what}`, { atLeast: GOAL_HOLDING })
  return {
    judgements: [
      judgeHeld(recoveries, isHeld, `the planted value${timed}`),
      judgeHeld(whole, isWholeHeld, 'by how much whole requests took longer by the clocks of the servers'),
      judgeSmall(small),
    ],
    sentences: sentences.filter((sentence) => sentence !== ''),
    tables: [table(groups)],
    charts: [chart(recoveries)],
    limits: [...unplaced(part), ...untimed(recoveries), ...verdictSentences(part.runs)],
    effort: effortOf(part.runs),
  }
}

export type Recovery = ReturnType<typeof recoveriesOf>[number]

/** Apps of the runs that burn a known time per request; what burns nothing itself is no recovery. All times are microseconds. */
export function recoveriesOf({ runs }: PlantedPart) {
  return runs.flatMap(({ base, cells }) =>
    cells.flatMap((cell) => {
      const { plantedMicroseconds: planted, wholeRequest } = cell
      // Over the same server with the wrapper that burns nothing.
      const found = boundedOrNull(cell.overWrapperMicroseconds)
      if (planted === 0 || found === null) return []
      const inSitu = boundedOrNull(cell.inSitu?.microseconds)
      // What should have been found, and by how much it was missed: where it was timed in situ, paired with that by round, so that its own
      // uncertainty is in there.
      const truth = truthOf(cell)
      const { value, low, high, level } = found
      const unpaired = { value: value - truth, low: low - truth, high: high - truth, level }
      const error = (inSitu && boundedOrNull(cell.inSitu?.recoveredLessInSitu)) ?? unpaired
      const whole = boundedOrNull(wholeRequest?.microseconds)
      const wholeError = boundedOrNull(wholeRequest?.recoveredLessInSitu)
      return { base, planted, found, inSitu, truth, error, wholeRequest: whole, wholeError }
    }),
  )
}

function isHeld({ error }: Recovery): boolean {
  return holds(error, 0)
}

function isWholeHeld({ wholeError }: Recovery): boolean {
  return wholeError !== null && holds(wholeError, 0)
}

function boundedOrNull(estimate: Estimate | null | undefined): Interval | null {
  return (estimate && bounded(estimate)[0]) ?? null
}

/** What was timed in situ where it was, else what was planted. */
function truthOf({ plantedMicroseconds, inSitu }: Cell): number {
  return boundedOrNull(inSitu?.microseconds)?.value ?? plantedMicroseconds
}

/**
 * All runs of one base and one planted time, and what one of them is like. In the order of bases as they were first run, then of planted
 * time, in two digits: the calibrated time may miss it by a little.
 */
export function groupRecoveries(all: readonly Recovery[]) {
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
type RecoveryGroup = ReturnType<typeof groupRecoveries>[number]

/** What one run of several is like: the median with the median half-width; null: none is known. */
function usualOf(estimates: readonly (Interval | null)[]): Interval | null {
  const known = estimates.filter((one) => one !== null)
  if (known.length === 0) return null
  const value = median(known.map((one) => one.value))
  const halfWidth = median(known.map(({ low, high }) => (high - low) / 2))
  return { value, low: value - halfWidth, high: value + halfWidth, level: known[0]!.level }
}

/** `65 ns on node-http and 66 ns on koa`; bases of which there is nothing to say are left out. */
function onBases<Row extends { readonly base: string }>(
  rows: readonly Row[],
  say: (own: readonly Row[]) => string | null,
): string {
  const known = [...Map.groupBy(rows, ({ base }) => base)].map(([base, own]) => ({ base, words: say(own) }))
  return listInWords(known.filter(({ words }) => words !== null).map(({ base, words }) => `${words} on ${base}`))
}

function microseconds(estimate: Interval | null): string | null {
  return estimate && `${formatEstimate(estimate)} µs`
}

/** How far the processes that the burning loop was calibrated in lie from their mean, as a share; null with none. */
export function burnSpread({ burn: { perProcess } }: PlantedPart): number | null {
  return perProcess.length === 0 ? null : Math.max(...perProcess.map((value) => Math.abs(value / mean(perProcess) - 1)))
}

function judgeSmall(small: readonly Recovery[]): Judgement | null {
  if (small.length === 0) return null
  const apart = small.filter(({ found }) => found.low > 0).length
  return judged(`in ${apart} of ${count(small.length, 'run')}`, apart === small.length)
}

/** The wrapper is a call more per request: the plain overhead, as a run prints it, has it on top of what was planted. */
function wrapperWords({ runs }: PlantedPart): string[] {
  const cells = runs.flatMap((run) => run.cells.map((cell) => ({ ...cell, base: run.base })))
  const wrappers = cells.filter(({ plantedMicroseconds }) => plantedMicroseconds === 0)
  const costs = onBases(wrappers, (own) => microseconds(usualOf(own.map((cell) => boundedOrNull(cell.overheadMicroseconds)))))
  const held = cells
    .filter((cell) => !wrappers.includes(cell))
    .flatMap((cell) => bounded(cell.overheadMicroseconds).map((known) => holds(known, truthOf(cell))))
  const [holding, of] = [held.filter(Boolean).length, held.length]
  return [
    costs && `The wrapper that burns nothing costs ${costs} by one run.`,
    of === 0
      ? ''
      : `Recovered is the cost over that wrapper. The plain µs over the baseline, as a run prints them, hold the planted value in ` +
        `${percent(holding / of)} of ${count(of, 'interval')} (95 % interval ${shareInterval(holding, of)}).`,
  ]
}

function aloneWords(part: PlantedPart): string {
  const { nanosecondsPerTurn, perProcess } = part.burn
  const spread = burnSpread(part)
  if (spread === null) return ''
  return (
    `The planted time is turns of a loop of integers. Timed alone, in a quiet process, a turn takes ${formatNumber(nanosecondsPerTurn, 3)} ns; ` +
    `${count(perProcess.length, 'calibration')} of it lie within ${formatPlusMinusPercent(100 * spread)} of their mean.`
  )
}

function inSituWords({ runs }: PlantedPart, groups: readonly RecoveryGroup[]): string {
  const timed = runs.flatMap(({ cells }) => cells.flatMap(({ inSitu }) => inSitu ?? []))
  const leftOut = total(timed, (one) => one.leftOut)
  const taken = total(timed, ({ samples }) => samples) + leftOut
  if (taken === 0) return ''
  // All works of a base together: of the small ones alone it would be noise.
  const longer = onBases(
    groups.filter(({ inSitu }) => inSitu !== null),
    (own) => percent(total(own, ({ inSitu }) => inSitu!.value) / total(own, ({ planted }) => planted) - 1),
  )
  const looks = onBases(runs, (own) => {
    const empty = meanOrNull(own.map(({ emptyNanoseconds }) => emptyNanoseconds))
    return empty === null ? null : `${formatNumber(empty, 0)} ns`
  })
  return (
    `In situ, the servers timed the same turns themselves while slices were open, one call in 40, by the wall clock; the suite's ` +
    `accounting of CPU time has no part in it. ${longer && `They took longer than alone by ${longer}. `}` +
    `${looks && `Reading the clock is subtracted: ${looks}, measured where no turns are burnt. `}Of ${count(taken, 'sample')} ` +
    `${formatNumber(leftOut, 0)} took more than 1 ms, because their process had lost its CPU, and are left out. Recovered and in situ ` +
    `are paired by round: they are of the same processes and moments, and an interval holds the planted value when that of their ` +
    `difference holds 0. The precision log says why a loaded server takes longer.`
  )
}

/** The work makes the rest of the request more expensive too, and that is a cost of it. */
function wholeWords(known: readonly Recovery[]): string {
  const whole = total(known, ({ wholeRequest }) => wholeRequest!.value)
  const [found, work] = [total(known, (one) => one.found.value), total(known, ({ truth }) => truth)]
  return (
    `Whole requests are timed by the same clocks, from the first timed call of a slice to the last: they take longer than those to the ` +
    `wrapper by ${percent(whole / work - 1)} more than the work itself, all works together, because the rest of a request finds ` +
    `colder caches after it. What the suite has recovered differs from these whole requests by ${percent(found / whole - 1)}.`
  )
}

function chart(recoveries: readonly Recovery[]): AnswerChart {
  return chartOf(
    {
      id: 'planted',
      title: 'Planted cost, what the suite found too much or too little',
      description: `recovered less planted microseconds per request; ${recoveries.filter(isHeld).length} of ${recoveries.length} intervals hold 0`,
      form: 'marks',
      x: { title: 'planted, µs per request', scale: 'log' },
      y: { title: 'recovered less planted, µs; 0 is best' },
      reference: 0,
    },
    recoveries.flatMap(({ base, truth, error }) => mark(`on ${base}`, truth, error)),
  )
}

/** A row for every work on every base; columns of what was timed in situ where anything was. */
function table(groups: readonly RecoveryGroup[]): AnswerTable {
  const timed = groups.some(({ inSitu }) => inSitu !== null)
  const whole = groups.some(({ wholeRequest }) => wholeRequest !== null)
  const known = timed ? 'in situ' : 'planted'
  const countOf = (isHeld: (one: Recovery) => boolean) => (group: RecoveryGroup) =>
    `${group.recoveries.filter(isHeld).length} of ${group.recoveries.length}`
  return tableOf({ id: 'planted', title: 'Recovered and planted cost', texts: 1 }, groups, {
    'on top of': ({ base }) => base,
    [timed ? 'planted, timed alone, µs' : 'planted, µs']: ({ planted }) => planted.toFixed(2),
    ...(timed && { 'timed in situ, µs': ({ inSitu }) => inSitu }),
    'recovered, µs (median run)': ({ usual }) => usual,
    [`recovered less ${known}, µs`]: ({ error }) => error,
    [`recovered ÷ ${known}`]: ({ usual, truth }) => usual.value / truth,
    'intervals that hold it': countOf(isHeld),
    ...(whole && {
      'whole requests longer in situ, µs': ({ wholeRequest }) => wholeRequest,
      'intervals that hold that': countOf(isWholeHeld),
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
