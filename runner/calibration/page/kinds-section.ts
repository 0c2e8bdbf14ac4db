import { formatEstimate, formatNumber } from '../../report/format.ts'
import { markdownTable } from '../../report/markdown.ts'
import { median } from '../../statistics/summary.ts'
import type { KindsPart } from '../data.ts'
import { effortOf, verdictSentences } from './effort.ts'
import { count, judgeShare, plain } from './phrases.ts'
import { type Judgement, sectionOf } from './section.ts'

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

export const kindsSection = sectionOf('kinds', {
  title: 'Work that is done later, rarely or elsewhere',
  question: 'Is work charged to the requests that asked for it, wherever and whenever it is done?',
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
  body(part) {
    const cells = cellsOf(part)
    if (cells.length === 0) return null
    const judgements = [judgeHolding(cells), judgeValid(cells)].filter((one) => one !== null)
    return {
      answer: [...judgements.map(({ measured, outcome }) => `${measured}: ${outcome}.`), ...unitSentence(cells)].join(' '),
      blocks: [table(cells), EXPLANATION],
      effort: effortOf(part.runs),
      notReached: verdictSentences(part.runs),
    }
  },
})

const EXPLANATION =
  'Planted is what the servers count themselves while they are measured: all their CPU time (getrusage, and the `/proc` of a child) over all ' +
  'their requests, from the first slice to their end, over a server that puts off or hands over in the same way and does nothing. Recovered ' +
  'is the difference of what the suite prints as cost of the two. The interval is that of their difference, round by round. A unit alone is what ' +
  'the work takes by the clock of the server; it may make the rest of a request more or less expensive, and is timed in passing.'

function cellsOf({ runs }: KindsPart): Cell[] {
  return runs.flatMap(({ cells }) => cells)
}

function holds({ recoveredLessTruth: { low, high } }: Cell): boolean {
  return low === null || high === null || (low <= 0 && high >= 0)
}

function judgeHolding(cells: readonly Cell[]): Judgement | null {
  return judgeShare(cells.filter(holds).length, cells.length, 'intervals hold what the servers count themselves', {
    atLeast: GOAL_HOLDING,
  })
}

function judgeValid(cells: readonly Cell[]): Judgement | null {
  const valid = cells.filter(({ verdict }) => verdict === 'valid')
  if (cells.length === 0) return null
  const wrong = cells.filter((cell) => cell.verdict !== 'invalid' && isFarOff(cell)).length
  return {
    measured: `${wrong} of ${count(cells.length, 'number')} that are not called invalid (${valid.length} valid) are wrong by more than half-width and 3 %`,
    outcome: wrong === 0 ? 'met' : 'not met',
  }
}

/** The harder question: nothing that the work does to the rest of a request is in a unit alone. */
function unitSentence(cells: readonly Cell[]): string[] {
  const timed = cells.filter(({ unitMicroseconds }) => unitMicroseconds !== null)
  const inside = timed.filter(
    ({ unitMicroseconds, recovered: { low, high } }) =>
      (low ?? Number.NEGATIVE_INFINITY) <= unitMicroseconds! && unitMicroseconds! <= (high ?? Number.POSITIVE_INFINITY),
  )
  return timed.length === 0 ? [] : [`What a unit takes alone lies in ${inside.length} of ${count(timed.length, 'interval')}.`]
}

function isFarOff({ recoveredLessTruth: { value }, recovered, truth }: Cell): boolean {
  const halfWidth = recovered.high === null ? Number.POSITIVE_INFINITY : recovered.high - recovered.value
  return Math.abs(value) > halfWidth + TOLERATED * truth.value
}

function table(cells: readonly Cell[]): string {
  const number = (head: string) => ({ head, kind: 'number' as const })
  const rows = [...Map.groupBy(cells, ({ kind }) => kind)].map(([kind, own]) => {
    const middle = (of: (cell: Cell) => number) => median(own.map(of))
    const [truth, recovered] = [middle((cell) => cell.truth.value), middle((cell) => cell.recovered.value)]
    const timed = own.flatMap(({ unitMicroseconds }) => unitMicroseconds ?? [])
    const unit = timed.length === 0 ? null : median(timed)
    const usual = own.find((cell) => cell.recovered.value === recovered) ?? own[0]!
    return [
      WORDS[kind] ?? plain(kind),
      unit === null ? '' : formatNumber(unit, 2),
      ...[formatNumber(truth, 2), formatEstimate(usual.recovered), formatNumber(recovered / truth, 3)],
      ...[
        formatNumber(
          middle((cell) => cell.typicalMicroseconds),
          2,
        ),
        `${own.filter(holds).length} of ${own.length}`,
      ],
    ]
  })
  return markdownTable(
    [
      { head: 'done', kind: 'text' as const },
      ...[
        number('a unit alone, µs'),
        number('planted, µs (median)'),
        number('recovered, µs (median run)'),
        number('recovered ÷ planted'),
      ],
      ...[number('of it in the typical cost, µs'), number('intervals that hold it')],
    ],
    rows,
  )
}
