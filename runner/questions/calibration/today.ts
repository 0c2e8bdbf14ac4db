import { BASELINE } from '../../../apps/app.ts'
import { type AnswerChart, type AnswerTable, chartOf, tableOf } from '../../result/answer.ts'
import { count, formatDuration, formatNumber, formatPlusMinusPercent, formatValue } from '../../result/format.ts'
import { listInWords } from '../../result/plain-text.ts'
import { seededRandom } from '../../statistics/random.ts'
import { resolveApps } from '../resolve.ts'
import type { TodayPart } from './data.ts'
import { COMPARED, type Judgement, type Part, type PartContext, type PartOutcome } from './part.ts'
import {
  FULL_SECONDS,
  fastifyBenchmarks,
  interleavedAutocannon,
  type Procedure,
  sequentialAutocannon,
  sequentialWrk,
  thisSuite,
} from './procedures.ts'
import { outcomeOf, repeatInTurns, seedOfTurn, unitShare } from './repetitions.ts'
import { type BasisFigures, todayFigures } from './today-figures.ts'
import { dot, fromTo, judged } from './words.ts'

const PROCEDURES = [sequentialAutocannon, fastifyBenchmarks, interleavedAutocannon, sequentialWrk, thisSuite]
const SUITE = thisSuite.id
/** What the goal compares with: one autocannon run per server, one server after another. */
const SEQUENTIAL = sequentialAutocannon.id
const GOAL_TIMES = 10

/** The suite beside what people do today: the same servers, about the same wall time, in turns so that nobody has the better hour. */
export const today: Part<TodayPart> = {
  id: 'today',
  title: 'what people do today',
  share: 0.15,
  measure: (context) => measureProcedures(context, PROCEDURES),
  heading: 'Against the usual procedures',
  question: 'What does the suite add to a benchmark made in the usual way, with the same servers and the same time?',
  goals: ['intervals at least 10 times narrower than those of sequential autocannon in the same time'],
  answer(part) {
    const procedures = readProcedures(part)
    if (procedures.length === 0) return null
    const repetitions = procedures.map((one) => one.repetitions)
    return {
      judgements: [judgeNarrowing(procedures)],
      sentences: [faults(part, procedures), ...procedures.map(({ title, what }) => `${title}: ${what}.`)],
      tables: [table(part, procedures)],
      charts: [chart(part, procedures)],
      limits: limits(part, procedures),
      effort: `${count(procedures.length, 'procedure')}, ${fromTo(repetitions, 'repetition')} each, taken in turns in random order`,
    }
  },
}

/** The same with any procedures. */
export async function measureProcedures(context: PartContext, procedures: readonly Procedure[]): Promise<PartOutcome<TodayPart>> {
  // The skeleton, the skeleton again, and what is compared with it.
  const others = COMPARED.filter((app) => context.apps.includes(app))
  const names = [BASELINE, `${BASELINE} again`, ...others]
  const servers = resolveApps([BASELINE, BASELINE, ...others], context.cwd).map((app, index) => ({ name: names[index]!, app }))
  const seconds = FULL_SECONDS * unitShare(context.milliseconds, FULL_SECONDS * 1000 * procedures.length)
  const missing = new Map<Procedure, string>()
  for (const procedure of procedures) {
    const reason = await procedure.missing?.()
    if (reason == null) continue
    missing.set(procedure, reason)
    context.remark(`${procedure.title} is left out: ${reason}`)
  }
  const repetitions = await repeatInTurns(
    context,
    procedures.filter((procedure) => !missing.has(procedure)),
    { guessMilliseconds: seconds * 1000, random: seededRandom(context.seed) },
    async (procedure, repetition) => {
      const startedNs = context.now()
      const figures = await procedure.repeat({ servers, seconds, seed: seedOfTurn(context, repetition) }, context)
      return figures === null ? null : { wallSeconds: (context.now() - startedNs) / 1e9, ...figures }
    },
  )
  return outcomeOf(repetitions, (finished) => ({
    part: 'today',
    servers: names,
    procedures: procedures.map((procedure) => ({
      id: procedure.id,
      title: procedure.title,
      what: missing.has(procedure) ? `left out: ${missing.get(procedure)}` : procedure.what(seconds),
      repetitions: finished.filter(({ member }) => member === procedure).map(({ done }) => done),
    })),
  }))
}

/** Procedures with a number for every server, in their order; what is not above zero has no ratio and no place in a chart. */
export function readProcedures(part: TodayPart) {
  return todayFigures(part)
    .map((figures) => ({
      ...figures,
      /** The number that its reader takes from it: the suite's cost, the requests per second of all others. */
      reading: (figures.id === SUITE ? figures.byCost : null) ?? figures.byRate,
    }))
    .filter(({ reading }) => reading.repetitions > 0 && reading.spreads.every(({ ratios }) => ratios.every((ratio) => ratio > 0)))
}

type ReadProcedure = ReturnType<typeof readProcedures>[number]

/**
 * How much narrower the suite is than another procedure, for every server but the two identical ones: the other's half-width over that of
 * the intervals that the suite prints, and over what its own repetitions scatter; null where one of the widths is not known.
 */
export function narrowings(suite: BasisFigures, other: BasisFigures) {
  return other.spreads.slice(1).flatMap(({ server, halfWidthPercent: width }) => {
    if (width === null) return []
    const { printedPercent, halfWidthPercent } = spreadOf(suite, server)
    const times = (own: number | null) => (own ? width / own : null)
    return [{ server, byPrinted: times(printedPercent), bySpread: times(halfWidthPercent) }]
  })
}

function judgeNarrowing(procedures: readonly ReadProcedure[]): Judgement | null {
  const [suite, sequential] = [SUITE, SEQUENTIAL].map((id) => procedures.find((one) => one.id === id))
  if (suite === undefined || sequential === undefined) return null
  const all = narrowings(suite.reading, sequential.reading)
  const known = all.flatMap(({ byPrinted, bySpread }) => [byPrinted, bySpread]).filter((times) => times !== null)
  if (known.length === 0) return null
  const servers = listInWords(all.map((one) => `${one.server} ${inWords(one)}`))
  return judged(
    `${servers} (by the intervals that the suite prints / by the spread of its repetitions)`,
    Math.min(...known) >= GOAL_TIMES,
  )
}

function faults({ servers }: TodayPart, procedures: readonly ReadProcedure[]): string {
  const told = procedures.filter(({ id }) => id === SUITE || id === SEQUENTIAL)
  const words = (told.length === 0 ? procedures : told).map(
    ({ title, reading: { wrongOrders, identicalDiffer, repetitions } }) =>
      `"${title}" ${wrongOrders} of ${repetitions} and ${identicalDiffer} of ${repetitions}`,
  )
  const order = listInWords(servers.filter((_, index) => index !== 1))
  return `Repetitions with a wrong order of ${order}, and with two identical servers declared different: ${words.join('; ')}.`
}

function limits(part: TodayPart, procedures: readonly ReadProcedure[]): string[] {
  return part.procedures.flatMap(({ id, title, what, repetitions }) => {
    if (repetitions.length === 0) return [`Not measured: ${title} (${what}).`]
    if (procedures.every((one) => one.id !== id)) return [`${title} gave no number for one of the servers.`]
    return repetitions.length === 1 ? [`${title} was done only once, which says nothing about its spread.`] : []
  })
}

function spreadOf({ spreads }: BasisFigures, server: string): BasisFigures['spreads'][number] {
  return spreads.find((spread) => spread.server === server)!
}

/** Every repetition a mark, a panel for each server. */
function chart({ servers: [first, ...others] }: TodayPart, procedures: readonly ReadProcedure[]): AnswerChart {
  return chartOf(
    {
      id: 'today',
      title: 'The same servers by several procedures',
      description: `ratios of ${listInWords(others)} to ${first} by ${count(procedures.length, 'procedure')}, one mark per repetition`,
      y: { title: `times the cost of ${first}, one mark per repetition; closer together is better`, scale: 'log' },
      reference: null,
    },
    others.flatMap((server) =>
      procedures.flatMap(({ title, reading }) =>
        spreadOf(reading, server).ratios.map((ratio) => dot('one repetition', title, ratio, server)),
      ),
    ),
  )
}

/** A row per procedure and what it is judged by. */
function table(part: TodayPart, procedures: readonly ReadProcedure[]): AnswerTable {
  const [first, copy, ...compared] = part.servers
  const suite = procedures.find(({ id }) => id === SUITE)
  const rows = procedures.flatMap((procedure) => [
    { procedure, basis: 'requests/s', own: procedure.byRate },
    ...(procedure.byCost === null ? [] : [{ procedure, basis: 'CPU µs', own: procedure.byCost }]),
  ])
  type Row = (typeof rows)[number]
  const ofCompared = (head: (server: string) => string, of: (row: Row, server: string) => string) =>
    Object.fromEntries(compared.map((server) => [head(server), (row: Row) => of(row, server)]))
  const words = {
    id: 'today',
    title: 'Procedures by requests per second and by CPU time',
    note:
      '± is the half-width of a 95 % interval of one such result, 1.96 standard deviations of ln ratio over the repetitions. ' +
      '"Suite narrower by" is that half-width over the suite\'s: by the interval it prints, and by the spread of its repetitions. ' +
      `${first} and ${copy} are the same server. A procedure that gives one number declares them different when they are more than 1 % ` +
      'apart, the suite when its interval excludes 1. Programs know requests per second only; the CPU time was read beside them.',
    texts: 2,
  }
  return tableOf(words, rows, {
    procedure: ({ procedure }) => procedure.title,
    'judged by': ({ basis }) => basis,
    repetitions: ({ own }) => own.repetitions,
    'wall time each': ({ procedure }) => formatDuration(procedure.wallSeconds ?? Number.NaN),
    ...ofCompared(
      (server) => `${server}: sd of ln ratio, ± of one result`,
      ({ own }, server) => {
        const { deviation, halfWidthPercent, printedPercent } = spreadOf(own, server)
        if (deviation === null) return '?'
        const spread = formatValue({ value: deviation, low: 0, high: 2 * deviation, level: 0 })
        const printed = printedPercent === null ? '' : `; printed ${formatPlusMinusPercent(printedPercent)}`
        return `${spread}, ${formatPlusMinusPercent(halfWidthPercent)}${printed}`
      },
    ),
    'order wrong': ({ own }) => `${own.wrongOrders} of ${own.repetitions}`,
    'identical declared different': ({ own }) => `${own.identicalDiffer} of ${own.repetitions}`,
    ...ofCompared(
      (server) => `${server}: suite narrower by`,
      ({ own, procedure }, server) => {
        const all = suite === undefined || procedure === suite ? [] : narrowings(suite.reading, own)
        const found = all.find((one) => one.server === server)
        return found === undefined ? '' : inWords(found)
      },
    ),
  })
}

/** `3.4 × / 5.1 ×` */
function inWords({ byPrinted, bySpread }: ReturnType<typeof narrowings>[number]): string {
  const times = (value: number | null) => (value === null ? '?' : `${formatNumber(value, value < 9.95 ? 1 : 0)} ×`)
  return `${times(byPrinted)} / ${times(bySpread)}`
}
