import { FOREIGN_SHARE } from '../../analysis/checks/machine.ts'
import { excludes, LEVEL } from '../../analysis/estimates.ts'
import type { Plan } from '../../measure/plan.ts'
import { type AnswerBody, type Columns, chartOf, joinAnswers, mark, tableOf } from '../../result/answer.ts'
import { formatEstimate, formatNumber, formatShare } from '../../result/format.ts'
import type { Estimate, Result } from '../../result/model.ts'
import { number } from '../../result/option-values.ts'
import { listInWords } from '../../result/plain-text.ts'
import { planOf } from '../resolve.ts'
import { differencesInWords, named, saidOf } from './phrases.ts'
import { collectProcesses, mebibytes, type ProcessesOfRound, type ProcessFigure, ProcessTable, usableApps } from './processes.ts'
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
  defaults: { endpoints: ['hello', 'table'], rounds: 16, blocks: 20, maxMinutes: 10 },
  quick: { rounds: 7, maxMinutes: 4 },
  without: ['precision'],
  ownOptions: [
    {
      flags: '--rest <seconds>',
      description: 'without load, before memory is read at rest',
      shownDefault: String(REST_SECONDS),
      parse: number('--rest', 0, LONGEST_REST_SECONDS),
    },
  ],
  examples: [
    'npm run study -- memory --quick',
    'npm run study -- memory --apps fastify,./mine/app.ts --endpoints table --rest 5',
  ],
  async prepare(options, { rest = REST_SECONDS }, { apps, placement: { notPinnedBecause } }) {
    const plan = { ...planOf(options, apps), processRecords: { restMilliseconds: 1000 * (rest as number) } }
    const { rounds, roundFinished } = collectProcesses()
    return { plan, apps, roundFinished, answer: (result) => answerMemory(result, { plan, rounds, notPinnedBecause }) }
  },
}

/** One figure of the memory study. */
interface MemoryFigure {
  /** In a table. */
  readonly head: string
  /** In a sentence, after a number. */
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
const LISTENS: MemoryFigure = {
  head: 'listens after',
  words: 'until it listens',
  unit: 'ms',
  of: ({ startMilliseconds }) => startMilliseconds,
}
const ANSWERS: MemoryFigure = {
  head: 'first answer after',
  words: 'until its first answer',
  unit: 'ms',
  of: ({ firstAnswerMilliseconds }) => firstAnswerMilliseconds,
}
const CPU_TIME: MemoryFigure = {
  head: 'CPU time until then',
  words: 'of CPU time until then',
  unit: 'ms',
  // Where nothing is metered it is 0, which is no time.
  of: ({ firstAnswerCpuMilliseconds }) => firstAnswerCpuMilliseconds || null,
}
const START = [LISTENS, ANSWERS, CPU_TIME]

/** What the answer needs beside the result. */
interface MemoryFacts {
  readonly plan: Plan
  readonly rounds: readonly ProcessesOfRound[]
  /** Why nothing is pinned; null: servers have a CPU of their own. */
  readonly notPinnedBecause: string | null
}

/** What is shown, of whom, and beside whom. */
interface Shown {
  readonly processes: ProcessTable
  readonly apps: readonly string[]
  readonly baseline: string
}

/** What the memory study says: levels of every app, and what it takes beyond the skeleton. */
export function answerMemory(result: Result, { plan, rounds, notPinnedBecause }: MemoryFacts): AnswerBody {
  const known = new Set(rounds.flatMap(({ processes }) => [...processes.keys()]))
  const apps = usableApps(result).filter((app) => known.has(app))
  const shown: Shown = { processes: new ProcessTable(plan, rounds), apps, baseline: plan.baseline }
  const left = [...new Set(result.cells.map(({ app }) => app))].filter((app) => !apps.includes(app))
  const limits = [
    ...saidOf(left.map(named), (names) => `Not quoted, because of what was found of them: ${names}.`),
    ...limitsOf(result, notPinnedBecause),
  ]
  if (!apps.includes(plan.baseline)) return joinAnswers({ limits })
  const onClock = [LISTENS, ANSWERS]
  return joinAnswers({
    sentences: [ofBaseline(shown), ...ofOthers(shown), ...ofCopies(shown)],
    tables: [memoryTable(shown, plan.processRecords?.restMilliseconds ?? 0), startTable(shown)],
    charts: [
      chart(
        shown,
        RESIDENT,
        'memory',
        'resident memory, MiB',
        'resident memory of every app: idle, under load, and at rest after it',
      ),
      chart(
        shown,
        onClock,
        'start-up',
        'ms from the start of the process',
        'time until every app listens, and until it has answered once',
      ),
    ],
    limits,
  })
}

function ofBaseline({ processes, baseline }: Shown): string {
  const levels = (figures: readonly MemoryFigure[]) =>
    figures.flatMap(({ of, words, unit }) => {
      const level = processes.levels([baseline], of)[0] ?? null
      return level === null ? [] : [`${formatEstimate(level)} ${unit} ${words}`]
    })
  const held = levels(RESIDENT)
  const memory = held.length === 0 ? 'The kernel does not tell of memory here.' : `${named(baseline)} holds ${listInWords(held)}.`
  return `${memory} It takes ${listInWords(levels([LISTENS, ANSWERS]))}: Node's own start, with which that of the others is compared.`
}

/** A sentence for every app but the baseline. */
function ofOthers({ processes, apps, baseline }: Shown): string[] {
  const over = [...RESIDENT, ...START].map((figure) => ({
    ...figure,
    differences: processes.differences(apps, baseline, figure.of),
  }))
  return apps.flatMap((app, index) => {
    const known = over.flatMap(({ unit, words, differences }) => {
      const estimate = differences[index] ?? null
      return estimate === null ? [] : [{ estimate, unit, where: words }]
    })
    return known.length === 0 ? [] : [`${named(app)} compared with ${named(baseline)}: ${differencesInWords(known)}.`]
  })
}

/** The A/A test: some figures of one program, at a level corrected for their number (Bonferroni). */
function ofCopies({ processes, baseline }: Shown): string[] {
  const figures = [...RESIDENT, ANSWERS]
  const level = 1 - (1 - LEVEL) / figures.length
  const differences = figures.flatMap(({ words, unit, of }) => {
    const difference = processes.copies(baseline, of, level)
    return difference === null ? [] : [{ difference, text: `${formatEstimate(difference)} ${unit} ${words}` }]
  })
  const meaning = differences.some(({ difference }) => excludes(difference, 0))
    ? 'they are the same program, so differences as small as these mean nothing'
    : 'as it should be, none of it can be told from zero'
  return saidOf(
    differences.map(({ text }) => text),
    (texts) => `The two copies of ${named(baseline)} differ by ${texts}: ${meaning}.`,
  )
}

function limitsOf({ environment: { foreignShare } }: Result, notPinnedBecause: string | null): string[] {
  const where = notPinnedBecause === null ? 'pinned to the CPU of the servers' : `not pinned to a CPU (${notPinnedBecause})`
  return [
    `Processes were started one at a time, ${where}, while all others were idle; every app had been started once before, so that its files were in memory. From a cold disk it takes longer.`,
    'Memory that grows over minutes or hours is not seen: a process was under load for seconds.',
    ...(foreignShare !== null && foreignShare > FOREIGN_SHARE
      ? [
          `Other programs used ${formatShare(foreignShare)} % of the CPU time: times by the clock contain the waiting for them, CPU times do not.`,
        ]
      : []),
  ]
}

function memoryTable(shown: Shown, restMilliseconds: number) {
  const rest = formatNumber(restMilliseconds / 1000, 1)
  // Of it, under load, what belongs to no file.
  const anonymous = shown.processes.levels(shown.apps, ({ loaded }) => mebibytes(loaded?.anonymousBytes))
  const note =
    `Resident set size. Idle: connected, ${rest} s after the last process has given its first answer. Under load: the highest reading ` +
    `between warm-ups and between blocks. At rest: ${rest} s after the last block. Pages of the Node binary and its libraries are in ` +
    'memory once for all processes and counted in each of them; in the differences they cancel. All other pages (heap, stacks, compiled ' +
    'code) belong to one process alone.'
  return tableOf({ id: 'memory', title: 'resident memory', note }, [...shown.apps.keys()], {
    ...besideBaseline(shown, RESIDENT),
    'under load, without pages of files, MiB': (app) => anonymous[app],
  })
}

function startTable(shown: Shown) {
  const note =
    "From the call that starts the process, so with Node's own start and its TypeScript, which the baseline has as well. The " +
    'first answer is to one request for the first endpoint on a new connection, to its last byte.'
  return tableOf({ id: 'start-up', title: 'start-up', note }, [...shown.apps.keys()], besideBaseline(shown, START))
}

/** Every figure of every app, and what it is over the baseline; rows are places in the list of apps. */
function besideBaseline({ processes, apps, baseline }: Shown, figures: readonly MemoryFigure[]): Columns<number> {
  const columns = figures.flatMap(({ head, unit, of }): [string, (Estimate | null)[]][] => [
    [`${head}, ${unit}`, processes.levels(apps, of)],
    [`${head}, over ${baseline}`, processes.differences(apps, baseline, of)],
  ])
  return {
    app: (app) => apps[app],
    ...Object.fromEntries(columns.map(([head, estimates]) => [head, (app: number) => estimates[app]])),
  }
}

function chart({ processes, apps }: Shown, figures: readonly MemoryFigure[], id: string, title: string, description: string) {
  return chartOf(
    { id, title, description, y: { title } },
    figures.flatMap(({ head, of }) => processes.levels(apps, of).flatMap((level, index) => mark(head, apps[index]!, level))),
  )
}
