import { count, formatPlusMinusPercent } from '../../result/format.ts'
import { listInWords } from '../../result/plain-text.ts'
import type { TodayPart } from './data.ts'
import type { Judgement, PartAnswer } from './part.ts'
import { interleavedAutocannon, sequentialAutocannon } from './procedures.ts'
import { procedureTable, ratioChart, times } from './today-pictures.ts'
import { narrowings, type ReadProcedure, readProcedures, SUITE } from './today-reading.ts'
import { widthCharts, widthTable } from './today-width-pictures.ts'
import { type ProcessLimit, processLimit, type Width, widthsOf } from './today-widths.ts'
import { fromTo, judged, lengthInWords } from './words.ts'

/** What most people do, and the better of the usual ways. */
const SEQUENTIAL = { id: sequentialAutocannon.id, name: 'sequential autocannon' }
const INTERLEAVED = { id: interleavedAutocannon.id, name: 'interleaved autocannon' }

/** How many times less the suite shall spread over repetitions of a length than another procedure. */
export const GOALS = [
  { seconds: 45, other: SEQUENTIAL, times: 6 },
  { seconds: 300, other: SEQUENTIAL, times: 8 },
  { seconds: 45, other: INTERLEAVED, times: 1.5 },
  { seconds: 300, other: INTERLEAVED, times: 2.5 },
] as const
type Goal = (typeof GOALS)[number]

export function goalTitle({ seconds, other, times }: Goal): string {
  return `in ${lengthInWords(seconds)}, repetitions of the suite spread at least ${times} times less than those of ${other.name}`
}

export function todayAnswer(part: TodayPart): PartAnswer | null {
  const procedures = readProcedures(part)
  if (procedures.length === 0) return null
  const byLength = [...Map.groupBy(procedures, ({ seconds }) => seconds)]
  const suites = procedures.filter(({ id }) => id === SUITE)
  const limits = part.servers.slice(1).flatMap((server) => processLimit(suites, server) ?? [])
  const widths = [...Map.groupBy(procedures, ({ id }) => id).values()].flatMap(widthsOf)
  const isCompared = ({ server }: { readonly server: string }) => part.servers.indexOf(server) > 1
  const isSingle = byLength.length === 1
  const inLength = (seconds: number) => (isSingle ? '' : `, ${lengthInWords(seconds)}`)
  return {
    judgements: GOALS.map((goal) => judgeNarrowing(goal, procedures, limits)),
    sentences: [
      ...byLength.map(([seconds, own]) => faults(part, own, seconds)),
      ...processes(limits.filter(isCompared), suites),
      ...ownIntervals(widths.filter(isCompared)),
      ...procedures.map(({ title, what, seconds }) => `${title}${inLength(seconds)}: ${what}.`),
    ],
    tables: [...byLength.map(([, own], index) => procedureTable(part, own, index === 0)), widthTable(widths, limits)],
    charts: [ratioChart(part.servers, procedures), ...widthCharts(widths, limits)],
    limits: unknown(part, procedures),
    effort: `${byLength
      .map(([seconds, own]) => {
        const repetitions = own.map((one) => one.repetitions)
        return `${count(own.length, 'procedure')}, ${fromTo(repetitions, 'repetition')} of ${lengthInWords(seconds)} each, `
      })
      .join('')}taken in turns in random order`,
  }
}

function judgeNarrowing(goal: Goal, procedures: readonly ReadProcedure[], limits: readonly ProcessLimit[]): Judgement | null {
  const { seconds, other } = goal
  const [suite, rival] = [SUITE, other.id].map((id) => procedures.find((one) => one.id === id && one.seconds === seconds))
  if (suite === undefined || rival === undefined) return null
  const known = narrowings(suite.reading, rival.reading).flatMap(({ server, width, bySpread }) =>
    bySpread === null ? [] : [{ server, width, ...bySpread }],
  )
  if (known.length === 0) return null
  const measured = `${listInWords(known.map(({ server, value, low, high }) => `${server} ${times(value)} [${times(low)}, ${times(high)}]`))} times less`
  const missed = known.filter(({ value }) => value < goal.times)
  if (missed.length === 0) return judged(measured, true)
  const byChance = missed.every(({ high }) => high >= goal.times) ? '; chance alone may have done that' : ''
  const possible = missed.flatMap(({ server, width }) => {
    const left = limits.find((limit) => limit.server === server)?.after(seconds)
    if (left == null) return []
    return [
      `${count(left.rounds, 'round')} ${formatPlusMinusPercent(left.percent)} on ${server} (${times(width / left.percent)} times less)`,
    ]
  })
  const limit =
    possible.length === 0 ? '' : `; limit: rounds that differ as those of the suite do give in ${listInWords(possible)}`
  return judged(`${measured}${byChance}${limit}`, false)
}

function faults({ servers }: TodayPart, procedures: readonly ReadProcedure[], seconds: number): string {
  const told = procedures.filter(({ id }) => id === SUITE || id === SEQUENTIAL.id)
  const words = (told.length === 0 ? procedures : told).map(
    ({ title, reading: { wrongOrders, identicalDiffer, repetitions } }) =>
      `"${title}" ${wrongOrders} of ${repetitions} and ${identicalDiffer} of ${repetitions}`,
  )
  const order = listInWords(servers.filter((_, index) => index !== 1))
  return `Repetitions of ${lengthInWords(seconds)} with a wrong order of ${order}, and with two identical servers declared different: ${words.join('; ')}.`
}

/** What nobody can be better than who starts every server once. */
function processes(limits: readonly ProcessLimit[], suites: readonly ReadProcedure[]): string[] {
  const longest = Math.max(...suites.map(({ seconds }) => seconds))
  const told = limits.flatMap(({ server, onePercent, after }) => {
    const left = after(longest)
    const ofRounds =
      left &&
      `${count(left.rounds, 'round')} of the suite in ${lengthInWords(longest)} by ${formatPlusMinusPercent(left.percent)}`
    return left === null ? [] : [`${server} by ${formatPlusMinusPercent(onePercent)} at least, ${ofRounds}`]
  })
  if (told.length === 0) return []
  return [
    `Processes of one server differ. However long one process of each is measured, repetitions spread on ${told.join('; on ')}. ` +
      'Moods of the machine come on top.',
  ]
}

/** What whole runs that go round among the same processes say of themselves, and how far they are off. */
function ownIntervals(widths: readonly Width[]): string[] {
  const own = widths.filter(
    ({ id, ownPercent, spreadPercent }) => id === INTERLEAVED.id && ownPercent !== null && spreadPercent !== null,
  )
  const longest = Math.max(...own.map(({ seconds }) => seconds))
  const told = own.filter(({ seconds }) => seconds === longest)
  if (told.length === 0) return []
  const words = told.map(
    ({ server, ownPercent, spreadPercent }) =>
      `${server} ${formatPlusMinusPercent(ownPercent)} and ${formatPlusMinusPercent(spreadPercent)}`,
  )
  return [
    `After ${lengthInWords(longest)}, the passes of one repetition of ${INTERLEAVED.name} give an interval, and repetitions on fresh processes spread: ${listInWords(words)}. ` +
      'The spread is the one to go by: all passes load the same processes, so their interval says nothing of what other processes would have cost.',
  ]
}

function unknown(part: TodayPart, procedures: readonly ReadProcedure[]): string[] {
  return part.procedures.flatMap(({ id, title, seconds, what, repetitions }) => {
    const name = `${title} (${lengthInWords(seconds)})`
    if (repetitions.length === 0) return [`Not measured: ${name}: ${what}.`]
    if (!procedures.some((one) => one.id === id && one.seconds === seconds))
      return [`${name} gave no number for one of the servers.`]
    return repetitions.length === 1 ? [`${name} was done only once, which says nothing about its spread.`] : []
  })
}
