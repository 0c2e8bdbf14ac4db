import { barOf } from '../../../analysis/relative.ts'
import type { AnswerChart, AnswerTable } from '../../../result/answer.ts'
import { numberColumns, textColumns } from '../../../result/answer.ts'
import { median } from '../../../statistics/summary.ts'
import type { KindsPart } from '../data.ts'
import type { Judgement, PartPage } from './part-page.ts'
import { bounded, count, effortOf, holds, judgeShare, verdictSentences } from './words.ts'

const GOAL_HOLDING = 0.95
/** A number that is called valid may be wrong by its half-width and this share of the truth. */
const TOLERATED = 0.03

type Cell = KindsPart['runs'][number]['cells'][number]

const WORDS: Readonly<Record<string, string>> = {
  'at-once': 'at once',
  'after-10ms': 'on a timer, 10 ms later',
  'after-100ms': 'on a timer, 100 ms later',
  'after-1s': 'on a timer, 1 s later',
  rare: 'once in 1,000 requests, for all of them',
  thread: 'in a worker thread',
  'thread-pool': 'in the thread pool',
  child: 'in a child process',
  garbage: 'garbage, collected at some time',
}

export const kindsPage: PartPage<KindsPart> = {
  part: 'kinds',
  title: 'Work that is done later, rarely or elsewhere',
  question: 'Is work charged to the requests that caused it, wherever and whenever it is done?',
  goals: [
    {
      title:
        'what a request makes its server use lies inside the interval in at least 95 of 100, whenever and wherever it does so',
      judge: (part) => judgeHolding(cellsOf(part)),
    },
    {
      title: 'nothing is called valid that is wrong by more than its half-width and 3 %',
      judge: (part) => judgeValid(cellsOf(part)),
    },
  ],
  answer(part) {
    const cells = cellsOf(part)
    if (cells.length === 0) return null
    return {
      sentences: unitSentence(cells),
      tables: [table(cells)],
      charts: [chart(cells)],
      limits: verdictSentences(part.runs),
      effort: effortOf(part.runs),
    }
  },
}

const EXPLANATION =
  'Planted is what the servers count themselves while they are measured: all their CPU time (getrusage, and /proc of a child) over all ' +
  'their requests, from the first slice to their end, over a server that puts off or hands over in the same way and does nothing. Recovered ' +
  'is the difference of what the suite prints as cost of the two. The interval is that of their difference, round by round. A unit alone is what ' +
  'the work takes by the clock of the server; it may make the rest of a request more or less expensive, and is timed in passing.'

function cellsOf({ runs }: KindsPart): Cell[] {
  return runs.flatMap(({ cells }) => cells)
}

/** An interval that is not known excludes nothing. */
function isHeld({ recoveredLessTruth }: Cell): boolean {
  return bounded(recoveredLessTruth).every((known) => holds(known, 0))
}

function judgeHolding(cells: readonly Cell[]): Judgement | null {
  const held = cells.filter(isHeld).length
  return judgeShare(held, cells.length, 'intervals hold what the servers count themselves', { atLeast: GOAL_HOLDING })
}

function judgeValid(cells: readonly Cell[]): Judgement | null {
  if (cells.length === 0) return null
  const valid = cells.filter(({ verdict }) => verdict === 'valid').length
  const wrong = cells.filter((cell) => cell.verdict !== 'invalid' && isFarOff(cell)).length
  return {
    measured: `${wrong} of ${count(cells.length, 'number')} that are not called invalid (${valid} valid) are wrong by more than half-width and 3 %`,
    outcome: wrong === 0 ? 'met' : 'not met',
  }
}

function isFarOff({ recoveredLessTruth: { value }, recovered, truth }: Cell): boolean {
  const halfWidth = recovered.high === null ? Number.POSITIVE_INFINITY : recovered.high - recovered.value
  return Math.abs(value) > halfWidth + TOLERATED * truth.value
}

/** The harder question: nothing that the work does to the rest of a request is in a unit alone. */
function unitSentence(cells: readonly Cell[]): string[] {
  const timed = cells.filter(({ unitMicroseconds }) => unitMicroseconds !== null)
  const inside = timed.filter(({ unitMicroseconds, recovered }) =>
    bounded(recovered).every((known) => holds(known, unitMicroseconds!)),
  )
  return timed.length === 0 ? [] : [`What a unit takes alone lies in ${inside.length} of ${count(timed.length, 'interval')}.`]
}

function chart(cells: readonly Cell[]): AnswerChart {
  const byKind = Map.groupBy(cells, ({ kind }) => kind)
  return {
    id: 'kinds',
    title: 'Work of other kinds, what the suite found too much or too little',
    description: `recovered less planted CPU microseconds per request for ${byKind.size} kinds of work, the median run of each`,
    form: 'rows',
    x: { title: '', scale: 'linear' },
    y: { title: 'recovered less planted, µs per request, nearer to 0 is better', scale: 'linear' },
    reference: 0,
    points: [...byKind].map(([kind, own]) => ({
      ...{ panel: null, series: 'the median run', x: WORDS[kind] ?? kind },
      ...barOf(usualOf(own).recoveredLessTruth),
    })),
  }
}

/** The run in the middle. */
function usualOf(own: readonly Cell[]): Cell {
  const sorted = own.toSorted((a, b) => a.recoveredLessTruth.value - b.recoveredLessTruth.value)
  return sorted[Math.floor((sorted.length - 1) / 2)]!
}

function table(cells: readonly Cell[]): AnswerTable {
  const numbers = [
    ...['a unit alone, µs', 'planted, µs (median)', 'recovered, µs (median run)', 'recovered ÷ planted'],
    ...['of it in the typical cost, µs', 'intervals that hold it'],
  ]
  return {
    id: 'kinds',
    title: 'Recovered and planted cost by kind of work',
    note: EXPLANATION,
    columns: [...textColumns('done'), ...numberColumns(...numbers)],
    rows: [...Map.groupBy(cells, ({ kind }) => kind)].map(([kind, own]) => {
      const [truth, usual] = [median(own.map((cell) => cell.truth.value)), usualOf(own)]
      const timed = own.flatMap(({ unitMicroseconds }) => unitMicroseconds ?? [])
      const typical = median(own.map(({ typicalMicroseconds }) => typicalMicroseconds))
      return [
        ...[WORDS[kind] ?? kind, timed.length === 0 ? null : median(timed), truth, usual.recovered],
        ...[median(own.map((cell) => cell.recovered.value)) / truth, typical, `${own.filter(isHeld).length} of ${own.length}`],
      ]
    }),
  }
}
