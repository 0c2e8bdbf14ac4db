import { formatDuration, formatNumber, formatPlusMinusPercent } from '../../report/format.ts'
import { escapeMarkdown, markdownTable } from '../../report/markdown.ts'
import { listInWords, plainText } from '../../report/plain-text.ts'
import type { TodayPart } from '../data.ts'
import type { BasisFigures, ProcedureFigures } from '../today-figures.ts'
import { count, plain, safe, short } from './phrases.ts'
import { type Judgement, sectionOf } from './section.ts'
import { todayChart } from './today-chart.ts'
import {
  leastNarrowing,
  type Narrowing,
  narrowings,
  type ReadProcedure,
  readProcedures,
  SEQUENTIAL,
  SUITE,
  widthOf,
} from './today-readings.ts'

const GOAL_TIMES = 10
/** A procedure is told in a sentence or two. */
const LONGEST_WHAT = 500

export const todaySection = sectionOf('today', {
  title: 'Against what people do today',
  question: 'What does the suite add to a benchmark made in the usual way, with the same servers and the same time?',
  goals: [
    { title: 'intervals at least 10 times narrower than those of sequential autocannon in the same time', judge: judgeNarrowing },
  ],
  body(part) {
    const procedures = readProcedures(part)
    if (procedures.length === 0) return null
    const suite = procedures.find(({ id }) => id === SUITE) ?? null
    return {
      answer: answer(part, procedures),
      blocks: [
        {
          name: 'today',
          alt: `ratios of ${listInWords(part.servers.slice(1).map(plain))} to ${plain(part.servers[0] ?? '')} by ${count(procedures.length, 'procedure')}, one mark per repetition`,
          spec: todayChart(procedures, suite, part.servers[0] ?? ''),
        },
        table(part, procedures, suite),
        legend(part),
        list(procedures),
      ],
      effort: effort(procedures),
      notReached: notReached(part, procedures),
    }
  },
})

function judgeNarrowing(part: TodayPart): Judgement | null {
  const all = narrowingsOverSequential(part)
  const least = leastNarrowing(all)
  if (least === null) return null
  const servers = all.map(
    ({ server, byPrinted, bySpread }) => `${plain(server)} ${timesOrUnknown(byPrinted)} / ${timesOrUnknown(bySpread)}`,
  )
  return {
    measured: `${listInWords(servers)} (by the intervals that the suite prints / by the spread of its repetitions)`,
    outcome: least >= GOAL_TIMES ? 'met' : 'not met',
  }
}

function notReached(part: TodayPart, procedures: readonly ReadProcedure[]): string[] {
  return part.procedures.flatMap(({ id, title, what, repetitions }) => {
    if (repetitions.length === 0) return [`Not measured: ${plain(title)} (${plainText(what, LONGEST_WHAT)}).`]
    if (procedures.every((one) => one.id !== id)) return [`${plain(title)} gave no number for one of the servers.`]
    return repetitions.length === 1 ? [`${plain(title)} was done only once, which says nothing about its spread.`] : []
  })
}

function narrowingsOverSequential(part: TodayPart): Narrowing[] {
  const procedures = readProcedures(part)
  const suite = procedures.find(({ id }) => id === SUITE)
  const sequential = procedures.find(({ id }) => id === SEQUENTIAL)
  return suite === undefined || sequential === undefined ? [] : narrowings(part, suite, sequential.reading)
}

function answer(part: TodayPart, procedures: readonly ReadProcedure[]): string {
  const judgement = judgeNarrowing(part)
  const narrower =
    judgement === null
      ? 'There are not enough repetitions to compare widths.'
      : `An interval of sequential autocannon is so many times as wide as the suite's: ${judgement.measured}; goal: at least ${times(GOAL_TIMES)}: ${judgement.outcome}.`
  const told = procedures.filter(({ id }) => id === SUITE || id === SEQUENTIAL)
  const faults = (told.length === 0 ? procedures : told).map(
    ({ title, reading: { wrongOrders, identicalDiffer, repetitions } }) =>
      `"${plain(title)}" ${wrongOrders} of ${repetitions} and ${identicalDiffer} of ${repetitions}`,
  )
  const order = listInWords(part.servers.filter((_, index) => index !== 1).map(plain))
  return `${narrower} Repetitions with a wrong order of ${order}, and with two identical servers declared different: ${faults.join('; ')}.`
}

function table(part: TodayPart, procedures: readonly ReadProcedure[], suite: ReadProcedure | null): string {
  const compared = part.servers.slice(2)
  return markdownTable(
    [
      { head: 'procedure', kind: 'text' },
      { head: 'judged by', kind: 'text' },
      { head: 'repetitions', kind: 'number' },
      { head: 'wall time each', kind: 'number' },
      ...compared.map((server) => ({ head: `${plain(server)}: sd of ln ratio, ± of one result`, kind: 'number' as const })),
      { head: 'order wrong', kind: 'number' },
      { head: 'identical declared different', kind: 'number' },
      ...compared.map((server) => ({ head: `${plain(server)}: suite narrower by`, kind: 'number' as const })),
    ],
    procedures.flatMap(({ figures }) => [
      row('requests/s', figures, figures.byRate, part, suite),
      ...(figures.byCost === null ? [] : [row('CPU µs', figures, figures.byCost, part, suite)]),
    ]),
  )
}

function row(
  basis: string,
  figures: ProcedureFigures,
  reading: BasisFigures,
  part: TodayPart,
  suite: ReadProcedure | null,
): string[] {
  const compared = part.servers.slice(2)
  const isSuite = figures.id === SUITE
  const widths = compared.map((server) => {
    const spread = reading.spreads.find((one) => one.server === server)
    if (spread === undefined || spread.deviation === null) return '?'
    const printed = isSuite && basis !== 'requests/s' ? figures.ownHalfWidthPercent?.[server] : undefined
    const own = printed === undefined ? '' : `; printed ${formatPlusMinusPercent(printed)}`
    return `${short(spread.deviation)}, ${formatPlusMinusPercent(spread.halfWidthPercent)}${own}`
  })
  const narrower = suite === null ? [] : narrowings(part, suite, reading)
  return [
    ...[plain(figures.title), basis, String(reading.repetitions), formatDuration(figures.wallSeconds ?? Number.NaN), ...widths],
    ...[`${reading.wrongOrders} of ${reading.repetitions}`, `${reading.identicalDiffer} of ${reading.repetitions}`],
    ...compared.map((server) => {
      const found = narrower.find((one) => one.server === server)
      if (isSuite || found === undefined || widthOf(reading, server) === null) return ''
      return [found.byPrinted, found.bySpread].map(timesOrUnknown).join(' / ')
    }),
  ]
}

function legend(part: TodayPart): string {
  const [first, copy] = part.servers.map(safe)
  return (
    `± is the half-width of a 95 % interval of one such result, 1.96 standard deviations of ln ratio over the repetitions. ` +
    `"Suite narrower by" is that half-width over the suite's: by the interval it prints, and by the spread of its repetitions. ` +
    `${first} and ${copy} are the same server. A procedure that gives one number declares them different when they are more than 1 % ` +
    `apart, the suite when its interval excludes 1. Programs know requests per second only; the CPU time was read beside them.`
  )
}

function list(procedures: readonly ReadProcedure[]): string {
  return procedures
    .map(({ title, figures }) => `- **${safe(title)}**: ${escapeMarkdown(plainText(figures.what, LONGEST_WHAT))}`)
    .join('\n')
}

function effort(procedures: readonly ReadProcedure[]): string {
  const repetitions = procedures.map(({ figures }) => figures.repetitions)
  const [fewest, most] = [Math.min(...repetitions), Math.max(...repetitions)]
  const range = fewest === most ? count(most, 'repetition') : `${fewest} to ${count(most, 'repetition')}`
  return `${count(procedures.length, 'procedure')}, ${range} each, taken in turns in random order`
}

function times(value: number): string {
  return `${formatNumber(value, value < 9.95 ? 1 : 0)} ×`
}

function timesOrUnknown(value: number | null): string {
  return value === null ? '?' : times(value)
}
