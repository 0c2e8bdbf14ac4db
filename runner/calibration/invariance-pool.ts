import { BASELINE } from '../../apps/app.ts'
import { type CellEstimates, type CellSeries, cellSeries, estimateCells } from '../analysis/estimates.ts'
import type { RoundAnalysis } from '../analysis/round-analysis.ts'
import { mean, median } from '../statistics/summary.ts'
import { COMPARED } from './compared.ts'
import type { InvariancePart } from './data.ts'
import { type Circumstances, type Factor, type FactorSetting, isDefault } from './invariance-factors.ts'
import type { Place } from './invariance-places.ts'

/** What a short run has brought; its rounds have numbers that no other run of the part has. */
export interface ShortRun {
  readonly circumstances: Circumstances
  readonly rounds: readonly RoundAnalysis[]
  /** The same rounds, by the place that counts. */
  readonly byPlace: ReadonlyMap<Place, readonly RoundAnalysis[]>
  /** Of the baseline, over the run. */
  readonly serverBusy: number
  readonly loadBusy: number | null
}

type PartFactor = InvariancePart['factors'][number]
type PartSetting = PartFactor['settings'][number]

/**
 * The rounds of all short runs under the same circumstances, taken together into one estimate; all estimates borrow what is known of the
 * others' variances. A setting without a round is left out, and so is a factor of which nothing but one setting is left.
 */
export function poolRuns(factors: readonly Factor[], runs: readonly ShortRun[]): PartFactor[] {
  const series = new Map<string, CellSeries[]>()
  const keyOf = ({ circumstances, place }: FactorSetting) => `${circumstances.title}\n${place?.label ?? ''}`
  for (const setting of factors.flatMap((factor) => factor.settings)) series.set(keyOf(setting), seriesOf(setting, runs))
  const estimates = estimateCells([...series.values()].flat(), BASELINE)
  return factors
    .map(({ id, title, compared, settings }) => ({
      id,
      title,
      settings: settings.flatMap((setting) => summary(setting, series.get(keyOf(setting))!, estimates, compared, runs) ?? []),
    }))
    .filter(({ settings }) => settings.length > 1)
}

function seriesOf({ circumstances, place }: FactorSetting, runs: readonly ShortRun[]): CellSeries[] {
  const rounds = runs
    .filter((run) => run.circumstances === circumstances)
    .flatMap((run) => (place === null ? run.rounds : (run.byPlace.get(place) ?? [])))
  const wanted: readonly string[] = [BASELINE, ...COMPARED]
  return cellSeries(rounds).filter(({ app }) => wanted.includes(app))
}

function summary(
  setting: FactorSetting,
  series: readonly CellSeries[],
  estimates: ReadonlyMap<CellSeries, CellEstimates>,
  compared: readonly string[],
  runs: readonly ShortRun[],
): PartSetting | null {
  const own = runs.filter(({ circumstances }) => circumstances === setting.circumstances)
  const baseline = series.find(({ app }) => app === BASELINE)
  if (baseline === undefined) return null
  const loadBusy = own.map((run) => run.loadBusy).filter((busy) => busy !== null)
  return {
    label: setting.label,
    isDefault: isDefault(setting),
    rounds: baseline.rounds.length,
    baselineMicroseconds: estimates.get(baseline)!.cost,
    serverBusy: median(own.map(({ serverBusy }) => serverBusy)),
    loadBusy: loadBusy.length < own.length ? null : mean(loadBusy),
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
