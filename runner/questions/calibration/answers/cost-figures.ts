import { leastSquares } from '../../../statistics/regression.ts'
import { mean } from '../../../statistics/summary.ts'
import type { CostPart } from '../data.ts'

type CostRun = CostPart['runs'][number]

/** All runs of so many apps (besides the baseline) on so many endpoints. */
export interface ShapeTime {
  readonly apps: number
  readonly endpoints: number
  readonly runs: readonly CostRun[]
  /** Wall time of a round, mean over the runs; what a run needs before and after its rounds is spread over them. */
  readonly seconds: number
  readonly measuredSeconds: number
}

/** Seconds of a round = fixed + apps × (perApp + perCell × endpoints). */
export interface TimeFit {
  readonly fixed: number
  readonly perApp: number
  readonly perCell: number
}

/** From the smallest shape to the largest. */
export function shapeTimes({ runs }: Pick<CostPart, 'runs'>): ShapeTime[] {
  const groups = Map.groupBy(
    runs.filter(({ rounds, wallSeconds }) => rounds > 0 && wallSeconds > 0),
    ({ apps, endpoints }) => `${apps} ${endpoints}`,
  )
  return [...groups.values()]
    .map((own) => ({
      ...{ apps: own[0]!.apps, endpoints: own[0]!.endpoints, runs: own },
      seconds: mean(own.map(({ wallSeconds, rounds }) => wallSeconds / rounds)),
      measuredSeconds: mean(own.map(({ measuredSeconds, rounds }) => measuredSeconds / rounds)),
    }))
    .sort((a, b) => a.apps * a.endpoints - b.apps * b.endpoints || a.apps - b.apps)
}

/** null when there are not more shapes than unknowns, or they do not differ enough. */
export function timeFit(shapes: readonly ShapeTime[]): TimeFit | null {
  const rows = shapes.map(({ apps, endpoints }) => [1, apps, apps * endpoints])
  const found =
    shapes.length < 4
      ? null
      : leastSquares(
          rows,
          shapes.map(({ seconds }) => seconds),
        )
  if (found === null) return null
  const [fixed, perApp, perCell] = found as [number, number, number]
  return { fixed, perApp, perCell }
}

/** Seconds of a round by the fit. */
export function fittedSeconds({ fixed, perApp, perCell }: TimeFit, { apps, endpoints }: ShapeTime): number {
  return fixed + apps * (perApp + perCell * endpoints)
}

/** Share of the wall time in which something was measured. */
export function dutyCycle({ measuredSeconds, seconds }: ShapeTime): number {
  return measuredSeconds / seconds
}
