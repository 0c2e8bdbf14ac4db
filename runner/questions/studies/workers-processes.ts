import type { Scheduling } from '../../../apps/scheduling.ts'
import { estimateFigures } from '../../analysis/relative.ts'
import { type AnswerBody, tableOf } from '../../result/answer.ts'
import { count, formatEstimate } from '../../result/format.ts'
import type { Estimate, ProcessRecord, Result } from '../../result/model.ts'
import { extremeShares, jainsIndex } from '../../statistics/shares.ts'
import { mean, total } from '../../statistics/summary.ts'
import { named, saidOf } from './phrases.ts'
import { appsWithProcesses, mebibytes, type ProcessFigure, processFigures, processLevels } from './processes.ts'
import type { Variant } from './study.ts'

/** One way of serving an app. Scheduling is null for one plain process, without node:cluster. */
export type WorkersVariant = Pick<Variant, 'app' | 'id'> & { readonly workers: number; readonly scheduling: Scheduling | null }

/** How a variant is called in a table. */
export function schedulingName({ scheduling }: WorkersVariant): string {
  return scheduling ?? 'one plain process'
}

type Member = ProcessRecord['members'][number]
const workersOf = ({ members }: ProcessRecord) => members.filter(({ role }) => role === 'worker')

/** Memory at the end of the load, MiB: of one worker, mean over them, and of the process that serves nothing. */
const resident = perWorker(({ residentBytes }) => residentBytes)
const anonymous = perWorker(({ anonymousBytes }) => anonymousBytes)
const primary: ProcessFigure = ({ members }) => mebibytes(members.find(({ role }) => role === 'primary')?.residentBytes)
const inAll: ProcessFigure = ({ members }) =>
  members.length === 0 ? null : mebibytes(total(members, ({ residentBytes }) => residentBytes))

function perWorker(of: (worker: Member) => number): ProcessFigure {
  return (process) => {
    const workers = workersOf(process)
    return workers.length === 0 ? null : mebibytes(mean(workers.map(of)))
  }
}

/** How something is shared among workers, null for one alone, and between which values that can lie for so many of them. */
interface SharingFigure {
  readonly of: ProcessFigure
  range(workers: number): readonly [least: number, most: number]
}
const cpuOf = ({ cpuNs }: Member) => cpuNs
/** How evenly CPU time, which goes with requests, and connections are shared. */
const fairRange = (workers: number) => [1 / workers, 1] as const
const cpuFairness: SharingFigure = { of: shared(cpuOf, jainsIndex), range: fairRange }
const connectionFairness: SharingFigure = { of: shared(({ connections }) => connections, jainsIndex), range: fairRange }
/** CPU time of the worker that has least, and of the one that has most, as a multiple of an even share. */
const smallest: SharingFigure = { of: shared(cpuOf, (values) => extremeShares(values).smallest), range: () => [0, 1] }
const largest: SharingFigure = { of: shared(cpuOf, (values) => extremeShares(values).largest), range: (workers) => [1, workers] }

function shared(of: (worker: Member) => number | null, figure: (values: number[]) => number): ProcessFigure {
  return (process) => {
    const values = workersOf(process).map(of)
    const known = values.filter((value) => value !== null)
    if (known.length < 2 || known.length < values.length) return null
    const value = figure(known)
    return Number.isNaN(value) ? null : value
  }
}

/** Means over rounds; their intervals end where the range does, which the truth cannot leave either. */
function sharing(result: Result, variants: readonly WorkersVariant[], { of, range }: SharingFigure): (Estimate | null)[] {
  return estimateFigures(variants.map(({ id }) => processFigures(result, id, of))).map((estimate, index) => {
    if (estimate === null) return null
    const [least, most] = range(variants[index]!.workers)
    const { low, high } = estimate
    return { ...estimate, low: low === null ? null : Math.max(least, low), high: high === null ? null : Math.min(most, high) }
  })
}

/** What the processes hold and how they share; of those that answer rightly, whatever is found of their costs. */
export function answerProcesses(result: Result, all: readonly WorkersVariant[], connections: number): Partial<AnswerBody> {
  const sound = appsWithProcesses(result)
  const variants = all.filter(({ id }) => sound.includes(id))
  const most = Math.max(...variants.map(({ workers }) => workers))
  const largestTeams = variants.filter(({ scheduling, workers }) => scheduling !== null && workers === most)
  return {
    sentences: largestTeams.flatMap((variant) => sentence(result, variant, connections)),
    tables: [table(result, variants, connections)],
  }
}

function sentence(result: Result, variant: WorkersVariant, connections: number): string[] {
  const { app, id, workers, scheduling } = variant
  const [one, ownPages, serving] = [resident, anonymous, primary].map((of) => processLevels(result, [id], of)[0])
  const [cpu, spread] = [cpuFairness, connectionFairness].map((figure) => sharing(result, [variant], figure)[0])
  const held = (worker: Estimate, without: Estimate, first: Estimate) =>
    `a worker holds ${formatEstimate(worker)} MiB (${formatEstimate(without)} MiB without pages of files), ` +
    `the primary ${formatEstimate(first)} MiB`
  const indexes = [
    ...(cpu ? [`${formatEstimate(cpu)} for CPU time`] : []),
    ...(spread ? [`${formatEstimate(spread)} for the ${connections} connections`] : []),
  ]
  const parts = [
    ...(one && ownPages && serving ? [held(one, ownPages, serving)] : []),
    ...saidOf(indexes, (list) => `Jain's index of fairness is ${list}`),
  ]
  return parts.length === 0 ? [] : [`${named(app)}, ${scheduling}, ${count(workers, 'worker')}: ${parts.join('; ')}.`]
}

/** Memory, start-up and fairness. */
function table(result: Result, variants: readonly WorkersVariant[], connections: number) {
  const ids = variants.map(({ id }) => id)
  const columnOf = (estimates: readonly (Estimate | null)[]) => (row: WorkersVariant) => estimates[variants.indexOf(row)]
  const level = (figure: ProcessFigure) => columnOf(processLevels(result, ids, figure))
  const share = (figure: SharingFigure) => columnOf(sharing(result, variants, figure))
  const note =
    'Memory at the end of the load; pages of the Node binary are counted in every process, and are in memory once: a worker more ' +
    "takes what is without pages of files. Jain's index is (Σx)² ÷ (n Σx²), 1 when all workers have the same and 1/n when one has all; shares are " +
    'multiples of an even one. All requests of an endpoint are alike, so shares of CPU time are shares of requests. A connection stays with ' +
    `its worker: with as few as ${connections}, chance decides how many each gets, again in every round.`
  return tableOf({ id: 'processes', title: 'processes: memory, start-up and fairness', note }, variants, {
    app: ({ app }) => app,
    scheduling: schedulingName,
    workers: ({ workers }) => workers,
    'resident per worker, MiB': level(resident),
    'of it without pages of files, MiB': level(anonymous),
    'primary, MiB': level(primary),
    'all processes, MiB': level(inAll),
    'all listen after, ms': level(({ startMilliseconds }) => startMilliseconds),
    "CPU time: Jain's index": share(cpuFairness),
    'smallest share': share(smallest),
    'largest share': share(largest),
    "connections: Jain's index": share(connectionFairness),
  })
}
