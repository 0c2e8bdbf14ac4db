import { BASELINE } from '../../../apps/app.ts'
import { type CellEstimates, type CellSeries, cellSeries, estimateCells } from '../../analysis/estimates.ts'
import type { RoundAnalysis } from '../../analysis/round-analysis.ts'
import { median } from '../../statistics/summary.ts'
import type { InvariancePart } from './data.ts'
import type { Circumstances, Factor, FactorSetting } from './invariance-factors.ts'
import type { Reading } from './invariance-readings.ts'
import { COMPARED } from './part-context.ts'

/** What a short run has brought; its rounds have numbers that no other run of the part has. */
export interface ShortRun {
  readonly circumstances: Circumstances
  /** The same rounds in every reading. */
  readonly rounds: ReadonlyMap<Reading, readonly RoundAnalysis[]>
}

type PartFactor = InvariancePart['factors'][number]
type PartSetting = PartFactor['settings'][number]

/**
 * The rounds of all short runs under the same circumstances, taken together into one estimate; all estimates borrow what is known of the
 * others' variances. A setting without a round is left out, and so is a factor of which nothing but one setting is left.
 */
export function poolRuns(factors: readonly Factor[], runs: readonly ShortRun[]): PartFactor[] {
  const series = new Map<string, CellSeries[]>()
  // The default may stand in several factors; its variance must not be taken for that of several.
  const keyOf = ({ circumstances, reading }: FactorSetting) => `${circumstances.title}\n${reading.label}`
  for (const setting of factors.flatMap((factor) => factor.settings)) series.set(keyOf(setting), seriesOf(setting, runs))
  const estimates = estimateCells([...series.values()].flat(), BASELINE)
  return factors
    .map(({ id, title, compared, settings }) => ({
      id,
      title,
      settings: settings.flatMap((setting) => summary(setting, series.get(keyOf(setting))!, estimates, compared) ?? []),
    }))
    .filter(({ settings }) => settings.length > 1)
}

function seriesOf({ circumstances, reading }: FactorSetting, runs: readonly ShortRun[]): CellSeries[] {
  const own = runs.filter((run) => run.circumstances === circumstances)
  const wanted: readonly string[] = [BASELINE, ...COMPARED]
  return cellSeries(own.flatMap(({ rounds }) => rounds.get(reading) ?? [])).filter(({ app }) => wanted.includes(app))
}

function summary(
  { label, isDefault }: FactorSetting,
  series: readonly CellSeries[],
  estimates: ReadonlyMap<CellSeries, CellEstimates>,
  compared: readonly string[],
): PartSetting | null {
  const baseline = series.find(({ app }) => app === BASELINE)
  if (baseline === undefined) return null
  return {
    label,
    isDefault,
    rounds: baseline.rounds.length,
    baselineMicroseconds: estimates.get(baseline)!.cost,
    serverBusy: median(baseline.rounds.map(({ serverBusy }) => serverBusy)),
    loadBusy: loadBusy(baseline),
    cells: series
      .filter(({ app }) => compared.includes(app))
      .map((cell) => ({
        app: cell.app,
        endpoint: cell.endpoint,
        ratio: estimates.get(cell)!.ratio,
        overheadMicroseconds: estimates.get(cell)!.overheadMicroseconds,
        perRound: cell.rounds.map(({ round, logRatio }) => ({ round, ratio: Math.exp(logRatio) })),
      })),
  }
}

/** Share of the time in which the load generator was not just waiting; null where it cannot tell. */
function loadBusy({ rounds }: CellSeries): number | null {
  const idle = rounds.map(({ idleNs }) => idleNs)
  if (idle.some((one) => one === null)) return null
  const sum = (values: readonly (number | null)[]) => values.reduce<number>((total, value) => total + (value ?? 0), 0)
  return 1 - sum(idle) / sum(rounds.map(({ elapsedNs }) => elapsedNs))
}
