import { BASELINE } from '../../../apps/app.ts'
import { zeroOnKernelClock } from '../../../apps/burning/burn-samples.ts'
import { type KindReport, type WorkKind, workKinds } from '../../../apps/burning/kinds.ts'
import { differences, type Figure, overheadsOf } from '../../analysis/relative.ts'
import type { RoundRecord } from '../../measure/records.ts'
import { type AnswerChart, type AnswerTable, chartOf, mark, tableOf } from '../../result/answer.ts'
import { count } from '../../result/format.ts'
import type { Result } from '../../result/model.ts'
import type { AppRecipe } from '../../servers/find-app.ts'
import { mean, meanOrNull, median } from '../../statistics/summary.ts'
import { resolveApps } from '../resolve.ts'
import type { KindsPart } from './data.ts'
import {
  type BurningApp,
  burnClock,
  burnPass,
  burnTimes,
  estimateOf,
  FIRST_LOOK_TURNS,
  LOST_CPU_NS,
  recoveredLessInSitu,
  takeFiles,
  toldFigure,
  withCells,
  writeBurningApps,
} from './known-work.ts'
import type { Judgement, Part, PartContext, PartOutcome } from './part.ts'
import { outcomeOf, unitShare } from './repetitions.ts'
import { notMeasured, repeatRuns, sized } from './unit-run.ts'
import { bounded, effortOf, holds, judged, judgeShare, verdictSentences } from './words.ts'

const KINDS = new URL('../../../apps/burning/kinds.ts', import.meta.url)
/** What every request asks for, by the clock of a quiet process. */
const MICROSECONDS = 8
/** Rounds of PBKDF2, and KiB: what comes to some microseconds. */
const TURNS_OF: Partial<Record<WorkKind, number>> = { 'thread-pool': 10, garbage: 2 }
/** Which wrapper a kind is compared with: it puts off, or hands over, in the same way, and does nothing. And how the page calls the kind. */
const WAYS: Readonly<Record<WorkKind, { readonly wrapper: WorkKind; readonly words: string }>> = {
  'at-once': { wrapper: 'at-once', words: 'at once' },
  'after-10ms': { wrapper: 'after-100ms', words: 'on a timer, 10 ms later' },
  'after-100ms': { wrapper: 'after-100ms', words: 'on a timer, 100 ms later' },
  'after-1s': { wrapper: 'after-100ms', words: 'on a timer, 1 s later' },
  rare: { wrapper: 'at-once', words: 'once in 1,000 requests, for all of them' },
  thread: { wrapper: 'thread', words: 'in a worker thread' },
  'thread-pool': { wrapper: 'thread-pool', words: 'in the thread pool' },
  child: { wrapper: 'child', words: 'in a child process' },
  garbage: { wrapper: 'at-once', words: 'garbage, collected at some time' },
}
const SIZES = { rounds: { full: 4, least: 2 }, blocks: { full: 50, least: 3 }, warmUp: { full: 1.5, least: 0.1 } }
const FULL_MILLISECONDS = 220_000
const CLOCK_MILLISECONDS = 50
const GOAL_HOLDING = 0.95
/** A number that is called valid may be wrong by its half-width and this share of the truth. */
const TOLERATED = 0.03

type Cell = KindsPart['runs'][number]['cells'][number]

export const kinds: Part<KindsPart> = {
  id: 'kinds',
  title: 'work that is done later, rarely or elsewhere',
  share: 0.15,
  measure: measureKinds,
  heading: 'Work that is done later, rarely or elsewhere',
  question: 'Is work charged to the requests that caused it, wherever and whenever it is done?',
  goals: [
    'what a request makes its server use lies inside the interval in at least 95 of 100, whenever and wherever it does so',
    'nothing is called valid that is wrong by more than its half-width and 3 %',
  ],
  answer(part) {
    const cells = part.runs.flatMap((run) => run.cells)
    if (cells.length === 0) return null
    const held = cells.filter(isHeld).length
    return {
      judgements: [
        judgeShare(held, cells.length, 'intervals hold what the servers count themselves', { atLeast: GOAL_HOLDING }),
        judgeValid(cells),
      ],
      sentences: unitSentence(cells),
      tables: [table(cells)],
      charts: [chart(cells)],
      limits: verdictSentences(part.runs),
      effort: effortOf(part.runs),
    }
  },
}

/** An app, and what its servers say of themselves by round: all their CPU time over all their requests, and one unit of their work, µs. */
type KindApp = BurningApp<AppRecipe & { readonly kind: WorkKind; readonly isWrapper: boolean }> &
  Readonly<Record<'costs' | 'units', Figure[]>>

/** Known work that is not done at once, in the slice of its request: does the suite charge it all the same? */
async function measureKinds(context: PartContext): Promise<PartOutcome<KindsPart>> {
  const share = unitShare(context.milliseconds, FULL_MILLISECONDS)
  const firstLook = await burnPass(context, burnClock, [FIRST_LOOK_TURNS], CLOCK_MILLISECONDS)
  if (firstLook === null) return { body: null, cutShort: true, problem: null }
  const turns = Math.round((MICROSECONDS * 1000) / burnTimes([firstLook]).nanosecondsPerTurn)
  const [base] = resolveApps([BASELINE], context.cwd)
  const recipe = (kind: WorkKind, isWrapper: boolean) => {
    const own = isWrapper ? 0 : (TURNS_OF[kind] ?? turns)
    const id = isWrapper ? `${kind}-wrapper` : kind
    return { id, kind, isWrapper, base: base!, module: KINDS, name: 'withWork', arguments: [kind, own] }
  }
  const wrappers = [...new Set(Object.values(WAYS).map(({ wrapper }) => wrapper))]
  const recipes = [...wrappers.map((kind) => recipe(kind, true)), ...workKinds.map((kind) => recipe(kind, false))]
  await using stack = new AsyncDisposableStack()
  const apps = await writeBurningApps(recipes, stack)
  const repetitions = await repeatRuns(context, FULL_MILLISECONDS * share, (turn) => {
    const telling = apps.map((app): KindApp => ({ ...app, costs: [], units: [] }))
    return {
      title: `run ${turn + 1} of work of other kinds`,
      apps: [base!, ...apps],
      options: { endpoints: ['hello'], ...sized(SIZES, share), maxMinutes: context.milliseconds / 60_000 },
      roundFinished(round) {
        for (const app of telling) hear(app, round, context.now)
      },
      read({ result }) {
        const cells = kindCells(result, telling)
        if (cells.length === 0) throw notMeasured('work of other kinds', result)
        return { cells }
      },
    }
  })
  return outcomeOf(repetitions, (runs) => ({ part: 'kinds', runs }))
}

/** Takes in what a server says of one round of its life, from its first slice to its end, if anything. */
function hear({ folder, costs, units }: KindApp, { round, slices }: RoundRecord, now: () => number): void {
  const reports = takeFiles(folder).map((bytes) => JSON.parse(bytes.toString()) as KindReport)
  // Of the process that has lived longest: the one that is only checked before the first round leaves a report as well.
  const report = reports.sort((a, b) => b.marks.length - a.marks.length)[0]
  if (report === undefined || slices.length === 0) return
  const beganNs = Math.min(...slices.map(({ startedNs }) => startedNs)) + zeroOnKernelClock(now)
  const inside = report.samples.filter(([startedNs, tookNs]) => startedNs >= beganNs && tookNs <= LOST_CPU_NS)
  if (inside.length > 0) units.push(toldFigure(round, mean(inside.map(([, tookNs]) => tookNs)) / 1000))
  const [first, last] = [report.marks.find(([atNs]) => atNs >= beganNs), report.marks.at(-1)]
  if (first === undefined || last === undefined) return
  const [, cpuBefore, requestsBefore] = first
  const [, cpuAfter, requestsAfter] = last
  const requests = requestsAfter - requestsBefore
  if (requests > 0) costs.push(toldFigure(round, (cpuAfter - cpuBefore) / requests))
}

/** What the suite found of every kind over its wrapper, and what the servers say of it, paired by round. */
function kindCells(result: Result, apps: readonly KindApp[]): Cell[] {
  const measured = withCells(result, apps)
  return measured.flatMap(({ kind, isWrapper, cell, costs, units }) => {
    const wrapper = measured.find((other) => other.isWrapper && other.kind === WAYS[kind].wrapper)
    if (isWrapper || wrapper === undefined) return []
    const recovered = differences(overheadsOf(cell), overheadsOf(wrapper.cell))
    const told = recoveredLessInSitu(recovered, differences(costs, wrapper.costs))
    if (told === null) return []
    return {
      kind,
      verdict: cell.verdict,
      truth: told.microseconds,
      unitMicroseconds: meanOrNull(differences(units, wrapper.units).map(({ value }) => value)),
      recovered: estimateOf(recovered)!,
      recoveredLessTruth: told.recoveredLessInSitu,
      typicalMicroseconds: (cell.typicalCost?.value ?? Number.NaN) - (wrapper.cell.typicalCost?.value ?? Number.NaN),
    }
  })
}

const EXPLANATION =
  'Planted is what the servers count themselves while they are measured: all their CPU time (getrusage, and /proc of a child) over all ' +
  'their requests, from the first slice to their end, over a server that puts off or hands over in the same way and does nothing. Recovered ' +
  'is the difference of what the suite prints as cost of the two. The interval is that of their difference, round by round. A unit alone is what ' +
  'the work takes by the clock of the server; it may make the rest of a request more or less expensive, and is timed in passing.'

/** An interval that is not known excludes nothing. */
function isHeld({ recoveredLessTruth }: Cell): boolean {
  return bounded(recoveredLessTruth).every((known) => holds(known, 0))
}

function judgeValid(cells: readonly Cell[]): Judgement {
  const valid = cells.filter(({ verdict }) => verdict === 'valid').length
  const wrong = cells.filter((cell) => cell.verdict !== 'invalid' && isFarOff(cell)).length
  return judged(
    `${wrong} of ${count(cells.length, 'number')} that are not called invalid (${valid} valid) are wrong by more than half-width and 3 %`,
    wrong === 0,
  )
}

function isFarOff({ recoveredLessTruth: { value }, recovered, truth }: Cell): boolean {
  const halfWidth = recovered.high === null ? Number.POSITIVE_INFINITY : recovered.high - recovered.value
  return Math.abs(value) > halfWidth + TOLERATED * truth.value
}

/** The harder question: nothing that the work does to the rest of a request is in a unit alone. */
function unitSentence(cells: readonly Cell[]): string[] {
  const inside = cells.flatMap(({ unitMicroseconds, recovered }) =>
    unitMicroseconds === null ? [] : [bounded(recovered).every((known) => holds(known, unitMicroseconds))],
  )
  if (inside.length === 0) return []
  return [`What a unit takes alone lies in ${inside.filter(Boolean).length} of ${count(inside.length, 'interval')}.`]
}

/** A kind in the words of the page, all its runs, and the run in the middle. */
function byKind(cells: readonly Cell[]) {
  const words = new Map<string, string>(Object.entries(WAYS).map(([kind, way]) => [kind, way.words]))
  return [...Map.groupBy(cells, ({ kind }) => kind)].map(([kind, own]) => {
    const sorted = own.toSorted((a, b) => a.recoveredLessTruth.value - b.recoveredLessTruth.value)
    return { done: words.get(kind) ?? kind, own, usual: sorted[Math.floor((sorted.length - 1) / 2)]! }
  })
}

function chart(cells: readonly Cell[]): AnswerChart {
  const rows = byKind(cells)
  return chartOf(
    {
      id: 'kinds',
      title: 'Work of other kinds, what the suite found too much or too little',
      description: `recovered less planted CPU microseconds per request for ${rows.length} kinds of work, the median run of each`,
      y: { title: 'recovered less planted, µs per request, nearer to 0 is better' },
      reference: 0,
    },
    rows.flatMap(({ done, usual }) => mark('the median run', done, usual.recoveredLessTruth)),
  )
}

function table(cells: readonly Cell[]): AnswerTable {
  const rows = byKind(cells).map((row) => ({ ...row, truth: median(row.own.map(({ truth }) => truth.value)) }))
  const words = { id: 'kinds', title: 'Recovered and planted cost by kind of work', note: EXPLANATION, texts: 1 }
  return tableOf(words, rows, {
    done: ({ done }) => done,
    'a unit alone, µs'({ own }) {
      const timed = own.flatMap(({ unitMicroseconds }) => unitMicroseconds ?? [])
      return timed.length === 0 ? null : median(timed)
    },
    'planted, µs (median)': ({ truth }) => truth,
    'recovered, µs (median run)': ({ usual }) => usual.recovered,
    'recovered ÷ planted': ({ own, truth }) => median(own.map(({ recovered }) => recovered.value)) / truth,
    'of it in the typical cost, µs': ({ own }) => median(own.map(({ typicalMicroseconds }) => typicalMicroseconds)),
    'intervals that hold it': ({ own }) => `${own.filter(isHeld).length} of ${own.length}`,
  })
}
