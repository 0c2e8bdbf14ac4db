import { excludes } from '../../analysis/checks/interval.ts'
import { FOREIGN_SHARE } from '../../analysis/checks/machine.ts'
import { LEVEL } from '../../analysis/estimates.ts'
import type { Plan } from '../../measure/plan.ts'
import type { AnswerBody } from '../../result/answer.ts'
import { formatEstimate, formatShare } from '../../result/format.ts'
import type { Result } from '../../result/model.ts'
import { listInWords } from '../../result/plain-text.ts'
import { LifeTable, type LivesOfRound, usableApps } from './lives.ts'
import { answers, listens, residentFigures, startFigures } from './memory-figures.ts'
import { type MemoryRows, memoryCharts, memoryTable, startTable } from './memory-tables.ts'
import { differencesInWords, named } from './phrases.ts'

/** What the answer needs beside the result. */
export interface MemoryFacts {
  readonly plan: Plan
  readonly rounds: readonly LivesOfRound[]
  /** Why nothing is pinned; null: servers have a CPU of their own. */
  readonly notPinnedBecause: string | null
}

/** What the memory study says: levels of every app, and what it takes beyond the skeleton. */
export function answerMemory(result: Result, facts: MemoryFacts): AnswerBody {
  const { plan, rounds } = facts
  const known = new Set(rounds.flatMap(({ lives }) => [...lives.keys()]))
  const apps = usableApps(result).filter((app) => known.has(app))
  const shown: MemoryRows = { lives: new LifeTable(plan, rounds), apps, baseline: plan.baseline }
  const left = [...new Set(result.cells.map(({ app }) => app))].filter((app) => !apps.includes(app))
  const nothing = !apps.includes(plan.baseline)
  return {
    sentences: nothing ? [] : [ofBaseline(shown), ...ofOthers(shown), ...ofCopies(shown)],
    tables: nothing ? [] : [memoryTable(shown, plan.processRecords?.restMilliseconds ?? 0), startTable(shown)],
    charts: nothing ? [] : memoryCharts(shown),
    limits: [
      ...(left.length === 0 ? [] : [`Not quoted, because of what was found of them: ${listInWords(left.map(named))}.`]),
      ...limits(result, facts),
    ],
  }
}

function ofBaseline({ lives, baseline }: MemoryRows): string {
  const levels = (figures: readonly { of: Parameters<LifeTable['levels']>[1]; words: string; unit: string }[]) =>
    figures.flatMap(({ of, words, unit }) => {
      const level = lives.levels([baseline], of)[0] ?? null
      return level === null ? [] : [`${formatEstimate(level)} ${unit} ${words}`]
    })
  const held = levels(residentFigures)
  const memory = held.length === 0 ? 'The kernel does not tell of memory here.' : `${named(baseline)} holds ${listInWords(held)}.`
  return `${memory} It takes ${listInWords(levels([listens, answers]))}: Node's own start, with which that of the others is compared.`
}

/** A sentence for every app but the baseline. */
function ofOthers({ lives, apps, baseline }: MemoryRows): string[] {
  const figures = [...residentFigures, ...startFigures]
  const over = figures.map(({ of, unit, words }) => ({ unit, words, differences: lives.differences(apps, baseline, of) }))
  return apps.flatMap((app, index) => {
    const known = over.flatMap(({ unit, words, differences }) => {
      const estimate = differences[index] ?? null
      return estimate === null ? [] : [{ estimate, unit, where: words }]
    })
    return known.length === 0 ? [] : [`${named(app)} compared with ${named(baseline)}: ${differencesInWords(known)}.`]
  })
}

/** The A/A test: some figures of one program, at a level corrected for their number (Bonferroni). */
function ofCopies({ lives, baseline }: MemoryRows): string[] {
  const figures = [...residentFigures, answers]
  const level = 1 - (1 - LEVEL) / figures.length
  const differences = figures.flatMap(({ words, unit, of }) => {
    const difference = lives.copies(baseline, of, level)
    return difference === null ? [] : [{ difference, text: `${formatEstimate(difference)} ${unit} ${words}` }]
  })
  if (differences.length === 0) return []
  const meaning = differences.some(({ difference }) => excludes(difference, 0))
    ? 'they are the same program, so differences as small as these mean nothing'
    : 'as it should be, none of it can be told from zero'
  return [`The two copies of ${named(baseline)} differ by ${listInWords(differences.map(({ text }) => text))}: ${meaning}.`]
}

function limits({ environment: { foreignShare } }: Result, { notPinnedBecause }: MemoryFacts): string[] {
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
