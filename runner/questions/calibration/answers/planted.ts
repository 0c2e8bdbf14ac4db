import { barOf } from '../../../analysis/relative.ts'
import type { AnswerChart, AnswerTable } from '../../../result/answer.ts'
import { numberColumns, textColumns } from '../../../result/answer.ts'
import { formatEstimate, formatNumber, formatPlusMinusPercent } from '../../../result/format.ts'
import { listInWords } from '../../../result/plain-text.ts'
import { mean } from '../../../statistics/summary.ts'
import type { PlantedPart } from '../data.ts'
import type { Judgement, PartPage } from './part-page.ts'
import {
  burnSpread,
  groupRecoveries,
  holdsWhole,
  plainRecoveriesOf,
  type Recovery,
  recoveriesOf,
  sampleCounts,
  usualOf,
  wrapperCosts,
} from './planted-figures.ts'
import { count, effortOf, judgeShare, percent, shareInterval, verdictSentences } from './words.ts'

/** Bases that should be there. */
const BASES = ['node-http', 'koa']
const GOAL_HOLDING = 0.95
const SMALL_MICROSECONDS = 1
/** The burning loop is calibrated again every time. */
const SMALL_TOLERANCE = 0.1

export const plantedPage: PartPage<PlantedPart> = {
  part: 'planted',
  title: 'Planted cost',
  question: 'Does the suite find a cost that is known beforehand?',
  goals: [
    {
      title: 'the planted cost lies inside the interval in at least 95 of 100',
      judge: (part) => judgeHolding(recoveriesOf(part)),
    },
    {
      title: 'what is recovered is what whole requests took by the servers’ own clocks, in at least 95 of 100',
      judge: (part) => judgeWhole(recoveriesOf(part)),
    },
    { title: '1 µs per request is told apart from 0', judge: judgeSmall },
  ],
  answer(part) {
    const recoveries = recoveriesOf(part)
    if (recoveries.length === 0) return null
    return {
      sentences: [
        ...smallWords(part),
        ...wrapper(part),
        ...alone(part),
        ...inSitu(part, recoveries),
        ...wholeRequests(recoveries),
      ],
      tables: [table(recoveries)],
      charts: [chart(recoveries)],
      limits: [...unplaced(part), ...untimed(recoveries), ...verdictSentences(part.runs)],
      effort: effortOf(part.runs),
    }
  },
}

function judgeHolding(recoveries: readonly Recovery[]): Judgement | null {
  const holding = recoveries.filter(({ holds }) => holds).length
  const timed = recoveries.every(({ inSitu }) => inSitu !== null) ? ', timed in situ' : ''
  return judgeShare(holding, recoveries.length, `intervals hold the planted value${timed}`, { atLeast: GOAL_HOLDING })
}

function judgeWhole(recoveries: readonly Recovery[]): Judgement | null {
  const timed = recoveries.filter(({ wholeRequestError }) => wholeRequestError !== null)
  const what = 'intervals hold by how much whole requests took longer by the clocks of the servers'
  return judgeShare(timed.filter(holdsWhole).length, timed.length, what, { atLeast: GOAL_HOLDING })
}

function judgeSmall(part: PlantedPart): Judgement | null {
  const small = smallOf(part)
  if (small.length === 0) return null
  const apart = small.filter(({ low }) => low > 0).length
  return { measured: `in ${apart} of ${count(small.length, 'run')}`, outcome: apart === small.length ? 'met' : 'not met' }
}

function smallOf(part: PlantedPart): Recovery[] {
  return recoveriesOf(part).filter(({ planted }) => Math.abs(planted - SMALL_MICROSECONDS) < SMALL_TOLERANCE)
}

function smallWords(part: PlantedPart): string[] {
  const found = groupRecoveries(smallOf(part)).map(({ base, usual }) => `${formatEstimate(usual)} µs on ${base}`)
  return found.length === 0 ? [] : [`One run finds ${SMALL_MICROSECONDS} µs as ${listInWords(found)}.`]
}

/** The wrapper is a call more per request: the plain overhead, as a run prints it, has it on top of what was planted. */
function wrapper(part: PlantedPart): string[] {
  const plainly = plainRecoveriesOf(part)
  const bases = [...new Set(part.runs.map(({ base }) => base))]
  const costs = bases.flatMap((base) => {
    const known = wrapperCosts(part, base)
    return known.length === 0 ? [] : [`${formatEstimate(usualOf(known))} µs on ${base}`]
  })
  const holding = plainly.filter(({ holds }) => holds).length
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

function alone(part: PlantedPart): string[] {
  const { nanosecondsPerTurn, perProcess } = part.burn
  const spread = burnSpread(part)
  if (spread === null) return []
  return [
    `The planted time is turns of a loop of integers. Timed alone, in a quiet process, a turn takes ${formatNumber(nanosecondsPerTurn, 3)} ns; ` +
      `${count(perProcess.length, 'calibration')} of it lie within ${formatPlusMinusPercent(100 * spread)} of their mean.`,
  ]
}

function inSitu(part: PlantedPart, recoveries: readonly Recovery[]): string[] {
  const { taken, leftOut } = sampleCounts(part)
  if (taken === 0) return []
  return [
    `In situ, the servers timed the same turns themselves while slices were open, one call in 40, by the wall clock; the suite's ` +
      `accounting of CPU time has no part in it. ${longer(recoveries)}${empty(part)}Of ${count(taken, 'sample')} ` +
      `${formatNumber(leftOut, 0)} took more than 1 ms, because their process had lost its CPU, and are left out. Recovered and in situ ` +
      `are paired by round: they are of the same processes and moments, and an interval holds the planted value when that of their ` +
      `difference holds 0. The precision log says why a loaded server takes longer.`,
  ]
}

/** The work makes the rest of the request more expensive too, and that is a cost of it. */
function wholeRequests(recoveries: readonly Recovery[]): string[] {
  const known = recoveries.filter(({ wholeRequest }) => wholeRequest !== null)
  if (known.length === 0) return []
  const total = (of: (one: Recovery) => number) => known.reduce((sum, one) => sum + of(one), 0)
  const whole = total(({ wholeRequest }) => wholeRequest!.value)
  const [found, work] = [total(({ value }) => value), total(({ truth }) => truth)]
  return [
    `Whole requests are timed by the same clocks, from the first timed call of a slice to the last: they take longer than those to the ` +
      `wrapper by ${percent(whole / work - 1)} more than the work itself, all works together, because the rest of a request finds ` +
      `colder caches after it. What the suite has recovered differs from these whole requests by ${percent(found / whole - 1)}.`,
  ]
}

/** All works of a base together: of the small ones alone it would be noise. */
function longer(recoveries: readonly Recovery[]): string {
  const byBase = Map.groupBy(groupRecoveries(recoveries), ({ base }) => base)
  const shares = [...byBase].flatMap(([base, groups]) => {
    const timed = groups.flatMap(({ planted, inSitu }) => (inSitu === null ? [] : [{ planted, inSitu: inSitu.value }]))
    const total = (of: (group: (typeof timed)[number]) => number) => timed.reduce((sum, group) => sum + of(group), 0)
    const share = total(({ inSitu }) => inSitu) / total(({ planted }) => planted) - 1
    return timed.length === 0 ? [] : [`${percent(share)} on ${base}`]
  })
  return shares.length === 0 ? '' : `They took longer than alone by ${listInWords(shares)}. `
}

/** What is subtracted from every sample. */
function empty({ runs }: PlantedPart): string {
  const bases = [...new Set(runs.map(({ base }) => base))]
  const looks = bases.flatMap((base) => {
    const known = runs.flatMap((run) => (run.base === base && run.emptyNanoseconds !== null ? [run.emptyNanoseconds] : []))
    return known.length === 0 ? [] : [`${formatNumber(mean(known), 0)} ns on ${base}`]
  })
  return looks.length === 0 ? '' : `Reading the clock is subtracted: ${listInWords(looks)}, measured where no turns are burnt. `
}

function chart(recoveries: readonly Recovery[]): AnswerChart {
  const holding = recoveries.filter(({ holds }) => holds).length
  return {
    id: 'planted',
    title: 'Planted cost, what the suite found too much or too little',
    description: `recovered less planted microseconds per request; ${holding} of ${recoveries.length} intervals hold 0`,
    form: 'marks',
    x: { title: 'planted, µs per request', scale: 'log' },
    y: { title: 'recovered less planted, µs; 0 is best', scale: 'linear' },
    reference: 0,
    points: recoveries.map(({ base, truth, error }) => ({
      panel: null,
      series: `on ${base}`,
      x: truth,
      ...barOf(error),
    })),
  }
}

/** A row for every work on every base; columns of what was timed in situ where anything was. */
function table(recoveries: readonly Recovery[]): AnswerTable {
  const groups = groupRecoveries(recoveries)
  const timed = groups.some(({ inSitu }) => inSitu !== null)
  const whole = groups.some(({ wholeRequest }) => wholeRequest !== null)
  const known = timed ? 'in situ' : 'planted'
  const numbers = [
    timed ? 'planted, timed alone, µs' : 'planted, µs',
    ...(timed ? ['timed in situ, µs'] : []),
    ...['recovered, µs (median run)', `recovered less ${known}, µs`, `recovered ÷ ${known}`, 'intervals that hold it'],
    ...(whole ? ['whole requests longer in situ, µs', 'intervals that hold that'] : []),
  ]
  return {
    id: 'planted',
    title: 'Recovered and planted cost',
    note: null,
    columns: [...textColumns('on top of'), ...numberColumns(...numbers)],
    rows: groups.map(({ base, planted, truth, recoveries, usual, inSitu, error, holding, wholeRequest, holdingWhole }) => [
      ...[base, planted.toFixed(2)],
      ...(timed ? [inSitu] : []),
      ...[usual, error, usual.value / truth, `${holding} of ${recoveries.length}`],
      ...(whole ? [wholeRequest, `${holdingWhole} of ${recoveries.length}`] : []),
    ]),
  }
}

function unplaced(part: PlantedPart): string[] {
  const missing = BASES.filter((base) => part.runs.every((run) => run.base !== base))
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
