import { tQuantile } from './student-t.ts'

/** What the parts of a round take, milliseconds. */
export interface RoundTimes {
  /** Whatever the round holds. */
  readonly fixedMilliseconds: number
  /** Starting one process and warming it up. */
  readonly processMilliseconds: number
  /** One slice of one process on every endpoint. */
  readonly blockMilliseconds: number
}

/** Variances of the log ratio of one cell to the reference. */
export interface CellVariances {
  readonly app: string
  /** Between processes of the app. */
  readonly process: number
  /** Of the mean over all processes of the reference. */
  readonly reference: number
  /** Of one block. */
  readonly block: number
}

/** What a round holds. */
export interface Allocation {
  readonly blocks: number
  /** By app; the reference is not among them. */
  readonly processes: ReadonlyMap<string, number>
}

export interface AllocationLimits {
  readonly blocks: { readonly least: number; readonly most: number }
  /** By app; 1 where nothing is said. */
  readonly mostProcesses: ReadonlyMap<string, number>
  /** Of the reference, in every round. */
  readonly referenceProcesses: number
  /** For all rounds together. */
  readonly availableMilliseconds: number
  readonly leastRounds: number
}

const LEVEL = 0.95
/** Degrees of freedom per round after the first: cells borrow from each other (moderated-variance.ts), up to twice as many again. */
const DEGREES_PER_ROUND = 2

/**
 * How many blocks and processes a round should have, so that the widest interval is as narrow as possible when the time is over. The mean over
 * R rounds has the variance V / R with V = process / k + reference + block / b for k processes and b blocks, and R is the time over that of a
 * round: Kalibera and Jones (2013, section 6) find k and b level by level from the same variances and times. Here the quantile of Student's t
 * is taken in, because a few long rounds are worth less than their variance says. Variances and times alone decide, so no outcome is favoured.
 */
export function allocate(cells: readonly CellVariances[], times: RoundTimes, limits: AllocationLimits): Allocation {
  const { blocks: range, mostProcesses, availableMilliseconds, leastRounds } = limits
  const apps = new Set(cells.map(({ app }) => app))
  let best: Allocation & { score: number } = { blocks: range.least, processes: new Map(), score: Number.POSITIVE_INFINITY }
  for (let blocks = range.least; blocks <= range.most; blocks++) {
    const processes = new Map([...apps].map((app) => [app, 1]))
    for (let widest = widestOf(cells, blocks, processes); ; widest = widestOf(cells, blocks, processes)) {
      const rounds = availableMilliseconds / roundMilliseconds({ blocks, processes }, times, limits)
      if (rounds < leastRounds && Number.isFinite(best.score)) break
      const score = (quantileAfter(rounds) ** 2 * widest.variance) / rounds
      if (score < best.score) best = { blocks, processes: new Map(processes), score }
      const { app } = widest
      const own = processes.get(app)
      if (own === undefined || own >= (mostProcesses.get(app) ?? 1)) break
      processes.set(app, own + 1)
    }
  }
  return { blocks: best.blocks, processes: best.processes }
}

/** Half-width of an interval of a cell after so many rounds, as a share: t · √(V / R) with the V of `allocate`. */
export function halfWidthAfter(
  cell: Omit<CellVariances, 'app'>,
  { blocks, processes }: { readonly blocks: number; readonly processes: number },
  rounds: number,
): number {
  return quantileAfter(rounds) * Math.sqrt(varianceOf(cell, blocks, processes) / rounds)
}

function quantileAfter(rounds: number): number {
  return tQuantile(LEVEL, DEGREES_PER_ROUND * Math.max(1, rounds - 1))
}

function varianceOf({ process, reference, block }: Omit<CellVariances, 'app'>, blocks: number, processes: number): number {
  return process / processes + reference + block / blocks
}

function widestOf(cells: readonly CellVariances[], blocks: number, processes: ReadonlyMap<string, number>) {
  const all = cells.map((cell) => ({ app: cell.app, variance: varianceOf(cell, blocks, processes.get(cell.app)!) }))
  return all.reduce((widest, one) => (one.variance > widest.variance ? one : widest), { app: '', variance: 0 })
}

/** How long a round takes, milliseconds. */
export function roundMilliseconds(
  { blocks, processes }: Allocation,
  { fixedMilliseconds, processMilliseconds, blockMilliseconds }: RoundTimes,
  { referenceProcesses }: Pick<AllocationLimits, 'referenceProcesses'>,
): number {
  const count = [...processes.values()].reduce((sum, own) => sum + own, referenceProcesses)
  return fixedMilliseconds + count * (processMilliseconds + blocks * blockMilliseconds)
}
