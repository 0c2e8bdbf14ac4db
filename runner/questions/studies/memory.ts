import { FOREIGN_SHARE } from '../../analysis/checks/machine.ts'
import { excludes, LEVEL } from '../../analysis/estimates.ts'
import { differences, estimateFigures } from '../../analysis/relative.ts'
import { numeric } from '../../measure/options.ts'
import { type AnswerBody, type Columns, chartOf, joinAnswers, mark, tableOf } from '../../result/answer.ts'
import { formatEstimate, formatNumber, formatShare } from '../../result/format.ts'
import type { Estimate, Result } from '../../result/model.ts'
import { number } from '../../result/option-values.ts'
import { listInWords } from '../../result/plain-text.ts'
import { planOf } from '../resolve.ts'
import { differencesInWords, named, saidOf } from './phrases.ts'
import { appsWithProcesses, mebibytes, overBaseline, type ProcessFigure, processFigures, processLevels } from './processes.ts'
import type { Study } from './study.ts'

/** Seconds without load before memory is read at rest: the sweeps of a garbage collection that was under way are over by then. */
const REST_SECONDS = 1.5
const LONGEST_REST_SECONDS = 60

/** Memory of the processes of every round, and how they came up; the load is that of a comparison. */
export const memory: Study = {
  id: 'memory',
  title: 'memory and start-up',
  question: 'How much memory does an app hold, and how long does it take until it answers?',
  // Every round is one start of every app: there is no precision of a cost to wait for.
  // Processes are watched one at a time, on a machine that does nothing else.
  defaults: { endpoints: ['hello', 'table'], rounds: 16, blocks: 20, maxMinutes: 10, lanes: 1 },
  quick: { rounds: 7, maxMinutes: 4 },
  without: ['precision', 'lanes'],
  ownOptions: [
    numeric('--rest <seconds>', 'without load, before memory is read at rest', [number, 0, LONGEST_REST_SECONDS], REST_SECONDS),
  ],
  examples: [
    'npm run study -- memory --quick',
    'npm run study -- memory --apps fastify,./mine/app.ts --endpoints table --rest 5',
  ],
  async prepare(options, { rest = REST_SECONDS }, { apps, placement: { notPinnedBecause } }) {
    const restMilliseconds = 1000 * (rest as number)
    const plan = { ...planOf(options, apps), processRecords: { restMilliseconds } }
    return { plan, apps, answer: (result) => answerMemory(result, { restMilliseconds, notPinnedBecause }) }
  },
}

/** A figure: its head in a table, and the words after its number in a sentence. */
interface MemoryFigure {
  readonly head: string
  readonly words: string
  readonly unit: 'MiB' | 'ms'
  readonly of: ProcessFigure
}

/** Resident memory, by what the process has been through. */
const RESIDENT: readonly MemoryFigure[] = [
  { head: 'idle', words: 'when idle', unit: 'MiB', of: ({ idle }) => mebibytes(idle?.residentBytes) },
  { head: 'under load', words: 'under load', unit: 'MiB', of: ({ loaded }) => mebibytes(loaded?.residentBytes) },
  { head: 'at rest after it', words: 'at rest after it', unit: 'MiB', of: ({ rested }) => mebibytes(rested?.residentBytes) },
]
const ANSWERS: MemoryFigure = {
  ...{ head: 'first answer after', words: 'until its first answer', unit: 'ms' },
  of: ({ firstAnswerMilliseconds }) => firstAnswerMilliseconds,
}
const BY_CLOCK: readonly MemoryFigure[] = [
  { head: 'listens after', words: 'until it listens', unit: 'ms', of: ({ startMilliseconds }) => startMilliseconds },
  ANSWERS,
]
const START: readonly MemoryFigure[] = [
  ...BY_CLOCK,
  {
    ...{ head: 'CPU time until then', words: 'of CPU time until then', unit: 'ms' },
    // Where nothing is metered it is 0, which is no time.
    of: ({ firstAnswerCpuMilliseconds }) => firstAnswerCpuMilliseconds || null,
  },
]

/**
 * What the memory study says: levels of every app, and what it takes beyond the skeleton.
 * @param facts why nothing is pinned; null: servers have a CPU of their own
 */
export function answerMemory(
  result: Result,
  facts: { readonly restMilliseconds: number; readonly notPinnedBecause: string | null },
): AnswerBody {
  const apps = appsWithProcesses(result)
  const left = result.cells.filter(({ app }) => !apps.includes(app))
  const limits = [
    ...saidOf(left, (names) => `Not quoted, because of what was found of them: ${names}.`),
    ...limitsOf(result, facts.notPinnedBecause),
  ]
  if (!apps.includes(result.baseline)) return joinAnswers({ limits })
  const chart = (id: string, title: string, description: string, figures: readonly MemoryFigure[]) => {
    const marksOf = ({ head, of }: MemoryFigure) =>
      processLevels(result, apps, of).flatMap((level, index) => mark(head, apps[index]!, level))
    return chartOf({ id, title, description, y: { title } }, figures.flatMap(marksOf))
  }
  const memory = 'resident memory of every app: idle, under load, and at rest after it'
  const start = 'time until every app listens, and until it has answered once'
  return joinAnswers({
    sentences: [ofBaseline(result), ...ofOthers(result, apps), ...ofCopies(result)],
    tables: [memoryTable(result, apps, facts.restMilliseconds), startTable(result, apps)],
    charts: [
      chart('memory', 'resident memory, MiB', memory, RESIDENT),
      chart('start-up', 'ms from the start of the process', start, BY_CLOCK),
    ],
    limits,
  })
}

function ofBaseline(result: Result): string {
  const levels = (figures: readonly MemoryFigure[]) =>
    figures.flatMap(({ of, words, unit }) => {
      const [level = null] = processLevels(result, [result.baseline], of)
      return level === null ? [] : [`${formatEstimate(level)} ${unit} ${words}`]
    })
  const [held = 'The kernel does not report memory here.'] = saidOf(
    levels(RESIDENT),
    (amounts) => `${named(result.baseline)} holds ${amounts}.`,
  )
  return `${held} It takes ${listInWords(levels(BY_CLOCK))}: Node's own start, with which that of the others is compared.`
}

/** A sentence for every app but the baseline. */
function ofOthers(result: Result, apps: readonly string[]): string[] {
  const over = [...RESIDENT, ...START].map((figure) => ({ ...figure, estimates: overBaseline(result, apps, figure.of) }))
  return apps.flatMap((app, index) => {
    const known = over.flatMap(({ unit, words, estimates: { [index]: estimate = null } }) =>
      estimate === null ? [] : [{ estimate, unit, where: words }],
    )
    return known.length === 0 ? [] : [`${named(app)} compared with ${named(result.baseline)}: ${differencesInWords(known)}.`]
  })
}

/** The A/A test: the second copy less the first, some figures of one program, at a level corrected for their number (Bonferroni). */
function ofCopies(result: Result): string[] {
  const figures = [...RESIDENT, ANSWERS]
  const level = 1 - (1 - LEVEL) / figures.length
  const known = figures.flatMap(({ words, unit, of }) => {
    const [first, second] = [1, 2].map((copy) => processFigures(result, result.baseline, of, copy))
    const [difference = null] = estimateFigures([differences(second!, first!)], level)
    return difference === null ? [] : [{ difference, text: `${formatEstimate(difference)} ${unit} ${words}` }]
  })
  const meaning = known.some(({ difference }) => excludes(difference, 0))
    ? 'they are the same program, so differences as small as these mean nothing'
    : 'as it should be, none of it can be told from zero'
  return saidOf(
    known.map(({ text }) => text),
    (texts) => `The two copies of ${named(result.baseline)} differ by ${texts}: ${meaning}.`,
  )
}

function limitsOf({ environment: { foreignShare } }: Result, notPinnedBecause: string | null): string[] {
  const where = notPinnedBecause === null ? 'pinned to the CPU of the servers' : `not pinned to a CPU (${notPinnedBecause})`
  const limits = [
    `Processes were started one at a time, ${where}, while all others were idle; every app had been started once before, so that its files were in memory. From a cold disk it takes longer.`,
    'Memory that grows over minutes or hours is not seen: a process was under load for seconds.',
  ]
  if (foreignShare === null || foreignShare <= FOREIGN_SHARE) return limits
  const foreign = `Other programs used ${formatShare(foreignShare)} % of the CPU time`
  return [...limits, `${foreign}: times by the clock contain the waiting for them, CPU times do not.`]
}

function memoryTable(result: Result, apps: readonly string[], restMilliseconds: number) {
  const rest = formatNumber(restMilliseconds / 1000, 1)
  // Of it, under load, what belongs to no file.
  const anonymous = processLevels(result, apps, ({ loaded }) => mebibytes(loaded?.anonymousBytes))
  const note =
    `Resident set size. Idle: connected, ${rest} s after the last process has given its first answer. Under load: the highest reading ` +
    `between warm-ups and between blocks. At rest: ${rest} s after the last block. Pages of the Node binary and its libraries are in ` +
    'memory once for all processes and counted in each of them; in the differences they cancel. All other pages (heap, stacks, compiled ' +
    'code) belong to one process alone.'
  return tableOf({ id: 'memory', title: 'resident memory', note }, [...apps.keys()], {
    ...besideBaseline(result, apps, RESIDENT),
    'under load, without pages of files, MiB': (app) => anonymous[app],
  })
}

function startTable(result: Result, apps: readonly string[]) {
  const note =
    "From the call that starts the process, so with Node's own start and its TypeScript, which the baseline has as well. The " +
    'first answer is to one request for the first endpoint on a new connection, to its last byte.'
  return tableOf({ id: 'start-up', title: 'start-up', note }, [...apps.keys()], besideBaseline(result, apps, START))
}

/** Every figure of every app, and what it is over the baseline; rows are places in the list of apps. */
function besideBaseline(result: Result, apps: readonly string[], figures: readonly MemoryFigure[]): Columns<number> {
  const columns = figures.flatMap(({ head, unit, of }): [string, (Estimate | null)[]][] => [
    [`${head}, ${unit}`, processLevels(result, apps, of)],
    [`${head}, over ${result.baseline}`, overBaseline(result, apps, of)],
  ])
  const byApp = columns.map(([head, estimates]) => [head, (app: number) => estimates[app]])
  return { app: (app) => apps[app], ...Object.fromEntries(byApp) }
}
