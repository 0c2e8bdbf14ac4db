import { differences, estimateFigures, estimateLogs, type Figure, logsOf } from '../../analysis/relative.ts'
import type { Estimate, ProcessRecord, Result } from '../../result/model.ts'
import { mean } from '../../statistics/summary.ts'

/** A figure of a process; null: not known of it. */
export type ProcessFigure = (process: ProcessRecord) => number | null

/** Findings after which nothing of an app is quoted. All others are about costs, of which memory and start-up do not depend. */
const UNUSABLE = new Set(['app-failed', 'contract-broken', 'unequal-environment', 'simulated'])
const MEBIBYTE = 2 ** 20

export function mebibytes(bytes: number | undefined): number | null {
  return bytes === undefined ? null : bytes / MEBIBYTE
}

/** Apps of a result whose processes are known and may be quoted, in the order of the result. */
export function appsWithProcesses({ cells, processRecords = [] }: Result): string[] {
  const watched = new Set(processRecords.map(({ app }) => app))
  const unusable = cells.filter(({ findings }) => findings.some(({ code }) => UNUSABLE.has(code)))
  const apps = new Set(cells.map(({ app }) => app))
  return [...apps].filter((app) => watched.has(app) && unusable.every((cell) => cell.app !== app))
}

/** A figure of an app, round by round: the mean of its copies. Rounds in which one of them is not known are left out. */
export function processFigures({ cells, processRecords = [] }: Result, app: string, of: ProcessFigure, copy?: number): Figure[] {
  const copies = copy === undefined ? (cells.find((cell) => cell.app === app)?.deployment.copies ?? 1) : 1
  const own = processRecords.filter((process) => process.app === app && (copy === undefined || process.copy === copy))
  return [...Map.groupBy(own, ({ round }) => round)].flatMap(([round, processes]) => {
    const known = processes.map(of).filter((value) => value !== null)
    return known.length < copies ? [] : [{ round, value: mean(known), cpuDistanceNanoseconds: null }]
  })
}

/** Geometric means over rounds. */
export function processLevels(result: Result, apps: readonly string[], of: ProcessFigure): (Estimate | null)[] {
  return estimateLogs(apps.map((app) => logsOf(processFigures(result, app, of))))
}

/** Means over rounds of the difference to the baseline in the same round; null for the baseline itself. */
export function overBaseline(result: Result, apps: readonly string[], of: ProcessFigure): (Estimate | null)[] {
  const base = processFigures(result, result.baseline, of)
  return estimateFigures(apps.map((app) => (app === result.baseline ? [] : differences(processFigures(result, app, of), base))))
}
