import { BASELINE } from '../../../apps/app.ts'
import { endpointIds } from '../../../apps/endpoints.ts'
import type { RoundAnalysis } from '../../analysis/round-analysis.ts'
import type { MeasuredCell, Result } from '../../result/model.ts'
import { resolveApps } from '../resolve.ts'
import type { CostPart } from './data.ts'
import type { MeasurePart, PartContext } from './part-context.ts'
import { repeatUnit, shrunk, unitShare } from './repetitions.ts'
import { measureUnitRun, notMeasured, runTime, seedOfTurn } from './unit-run.ts'

type CostRun = CostPart['runs'][number]
type RequestCost = CostPart['perRequest'][number]

/** Apps besides the baseline, and endpoints. The last but one is that of a default run. */
const SHAPES = [
  { apps: 1, endpoints: 1 },
  { apps: 4, endpoints: 1 },
  { apps: 4, endpoints: endpointIds.length },
  { apps: 8, endpoints: endpointIds.length },
]
const DEFAULT_SHAPE = SHAPES[2]!
const ROUNDS = { full: 3, least: 2 }
/**
 * Few and short: how the time grows is asked, not a precise ratio. The same for all shapes, and between them about the proportion that
 * a default run has on all endpoints.
 */
const BLOCKS = { full: 10, least: 3 }
const WARM_UP_SECONDS = { full: 0.3, least: 0.1 }
/** What a run of this size takes, on average over the shapes. */
const FULL_MILLISECONDS = 25_000
const MAX_MINUTES = 60

interface ShapeRun {
  readonly run: CostRun
  readonly perRequest: RequestCost[]
}

/** What the suite itself costs: its time and memory against apps and endpoints, the load generator's CPU beside the server's. */
export const measureCost: MeasurePart<CostPart> = async (context) => {
  const share = unitShare(context.milliseconds, FULL_MILLISECONDS * SHAPES.length, 1)
  const { finished, cutShort, problem } = await repeatUnit(
    context,
    { guessMilliseconds: FULL_MILLISECONDS * share, failuresInARow: 2 },
    (turn) => measureShape(context, SHAPES[turn % SHAPES.length]!, share, turn),
  )
  const body = {
    part: 'cost' as const,
    runs: finished.map(({ run }) => run),
    perRequest: finished.findLast(({ run }) => isOfShape(run, DEFAULT_SHAPE))?.perRequest ?? [],
  }
  return { body: finished.length === 0 ? null : body, cutShort, problem }
}

async function measureShape(
  context: PartContext,
  shape: (typeof SHAPES)[number],
  share: number,
  turn: number,
): Promise<ShapeRun | null> {
  const names = Array.from({ length: shape.apps }, (_, index) => context.apps[index % context.apps.length]!)
  const apps = resolveApps([BASELINE, ...names], context.cwd)
  const options = {
    endpoints: endpointIds.slice(0, shape.endpoints),
    rounds: shrunk(ROUNDS.full, share, ROUNDS.least),
    blocks: shrunk(BLOCKS.full, share, BLOCKS.least),
    warmUp: Math.max(WARM_UP_SECONDS.least, WARM_UP_SECONDS.full * share),
    maxMinutes: MAX_MINUTES,
    seed: seedOfTurn(context, turn),
  }
  const title = `run ${turn + 1} for the suite's own cost, ${shape.apps} apps on ${shape.endpoints} endpoints`
  const outcome = await measureUnitRun(context, { title, apps, options })
  if (outcome === null) return null
  return { run: costRun(outcome.result, shape), perRequest: costPerRequest(outcome.result, outcome.ledger.rounds) }
}

function costRun(result: Result, { apps, endpoints }: (typeof SHAPES)[number]): CostRun {
  const { options, environment, cells } = result
  if (cells.every(({ state }) => state !== 'measured')) throw notMeasured(`a run with ${apps} apps`, result)
  return {
    ...runTime(result),
    apps,
    endpoints,
    blocksPerRound: options.blocksPerRound,
    warmUpMilliseconds: options.warmUpMilliseconds,
    runnerResidentBytes: environment.runnerResidentBytes,
    loadResidentBytes: environment.loadResidentBytes,
  }
}

/** CPU of both sides per request, by cell. The load generator spins while it waits; that time is not its work and is taken out. */
export function costPerRequest(result: Pick<Result, 'cells'>, rounds: readonly RoundAnalysis[]): RequestCost[] {
  return result.cells
    .filter((cell) => cell.state === 'measured')
    .map(({ app, endpoint, cost, serverBusy, loadBusy }: MeasuredCell) => {
      const own = rounds.flatMap(({ cells }) => cells).filter((cell) => cell.app === app && cell.endpoint === endpoint)
      const elapsedNs = own.reduce((sum, cell) => sum + cell.elapsedNs, 0)
      const requests = own.reduce((sum, cell) => sum + cell.requests, 0)
      const loadMicroseconds = loadBusy === null || requests === 0 ? null : (loadBusy * elapsedNs) / requests / 1000
      return { app, endpoint, serverMicroseconds: cost.value, loadMicroseconds, serverBusy, loadBusy }
    })
}

function isOfShape(run: CostRun, { apps, endpoints }: (typeof SHAPES)[number]): boolean {
  return run.apps === apps && run.endpoints === endpoints
}
