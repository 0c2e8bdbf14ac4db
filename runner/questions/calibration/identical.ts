import { BASELINE } from '../../../apps/app.ts'
import type { CompareOptions } from '../../measure/options.ts'
import type { Result } from '../../result/model.ts'
import { resolveApps } from '../resolve.ts'
import type { IdenticalPart } from './data.ts'
import type { MeasurePart, PartContext } from './part-context.ts'
import { repeatUnit, shrunk, unitShare } from './repetitions.ts'
import { measureUnitRun, notMeasured, runTime, seedOfTurn } from './unit-run.ts'

type IdenticalRun = IdenticalPart['runs'][number]

/** Copies of the baseline given as apps, besides the two that every run has. */
const FURTHER_COPIES = 4
const ROUNDS = { full: 6, least: 2 }
const BLOCKS = { full: 12, least: 3 }
const WARM_UP_SECONDS = { full: 0.7, least: 0.1 }
/** What a run of this size takes. */
const FULL_MILLISECONDS = 45_000
/** The number of rounds ends a run, never the time. */
const MAX_MINUTES = 60

/** A/A: short runs in which every app is the baseline itself, so that every ratio should be 1. */
export const measureIdentical: MeasurePart<IdenticalPart> = async (context) => {
  const share = unitShare(context.milliseconds, FULL_MILLISECONDS)
  const apps = resolveApps([BASELINE, ...Array(FURTHER_COPIES).fill(BASELINE)], context.cwd)
  const { finished, cutShort, problem } = await repeatUnit(
    context,
    { guessMilliseconds: FULL_MILLISECONDS * share, failuresInARow: 2 },
    async (turn): Promise<IdenticalRun | null> => {
      const title = `run ${turn + 1} of identical servers`
      const outcome = await measureUnitRun(context, { title, apps, options: sizeOf(share, context, turn) })
      return outcome === null ? null : identicalRun(outcome.result)
    },
  )
  return { body: finished.length === 0 ? null : { part: 'identical', runs: [...finished] }, cutShort, problem }
}

function sizeOf(share: number, context: PartContext, turn: number): Partial<CompareOptions> & { seed: number } {
  return {
    endpoints: ['hello', 'template'],
    rounds: shrunk(ROUNDS.full, share, ROUNDS.least),
    blocks: shrunk(BLOCKS.full, share, BLOCKS.least),
    warmUp: Math.max(WARM_UP_SECONDS.least, WARM_UP_SECONDS.full * share),
    maxMinutes: MAX_MINUTES,
    seed: seedOfTurn(context, turn),
  }
}

/** All that an A/A run has to say: one ratio per further copy and endpoint, and the run's own control. */
export function identicalRun(result: Result): IdenticalRun {
  const ratios = result.cells
    .filter((cell) => cell.state === 'measured')
    .filter(({ app }) => app !== result.baseline)
    .map(({ app, endpoint, ratio }) => ({ app, endpoint, ratio }))
  if (ratios.length === 0) throw notMeasured('the baseline', result)
  const controls = result.controls.identical.map(({ endpoint, ratio }) => ({ endpoint, ratio }))
  return { ...runTime(result), ratios, controls }
}
