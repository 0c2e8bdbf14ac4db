import { precisionReached } from '../../analysis/precision.ts'
import { BASELINE_COPIES } from '../../measure/plan.ts'
import { RunError } from '../../result/errors.ts'
import type { MeasuredCell, Result } from '../../result/model.ts'
import type { RunOutcome } from '../run.ts'
import { byName, type Procedure, type RepetitionFigures, type Server } from './procedures.ts'
import { measureUnitRun } from './unit-run.ts'

/** Half-width in percent that no run reaches: this one takes all of its time, as the others do. */
const NEVER_PRECISE_ENOUGH = 0.01
/** In less than this there is no round. */
const LEAST_SECONDS = 10
const minutes = (seconds: number) => Number((Math.max(LEAST_SECONDS, seconds) / 60).toFixed(3))

/** This suite; its baseline is the first server, in the two copies that every run has. */
export const thisSuite: Procedure = {
  id: 'suite',
  title: 'this suite',
  what: (seconds) =>
    `npm run compare -- --endpoints hello --precision ${NEVER_PRECISE_ENOUGH} --max-minutes ${minutes(seconds)}, everything else as it is by default; ` +
    'the second server is a further app beside the two copies of the baseline',
  async repeat({ servers, seconds, seed }, context) {
    const options = { endpoints: ['hello' as const], precision: NEVER_PRECISE_ENOUGH, maxMinutes: minutes(seconds) }
    const startedNs = context.now()
    const course: RepetitionFigures['course'] = []
    const unit = {
      ...{ title: this.title, apps: servers.map(({ app }) => app), options },
      roundFinished({ round }: { readonly round: number }, _plan: unknown, soFar: () => Result) {
        const elapsedSeconds = (context.now() - startedNs) / 1e9
        course.push({ seconds: elapsedSeconds, ...standing(servers, soFar(), round) })
      },
    }
    const outcome = await measureUnitRun(context, unit, seed)
    if (outcome === null) return null
    const cellOf = ({ app: { id } }: Server) => {
      const cell = outcome.result.cells.find(({ app }) => app === id)
      if (cell?.state === 'measured') return cell
      throw new RunError('not-measured', `${id} was not measured: ${cell?.reason ?? 'it is not in the result'}`)
    }
    return {
      requestsPerSecond: byName(servers, (server) => cellOf(server).requestsPerSecond.value),
      costMicroseconds: byName(servers, (server) => cellOf(server).cost.value),
      ratios: byName(servers.slice(1), (server) => cellOf(server).ratio),
      course,
      processDeviation: processDeviation(servers, outcome),
    }
  },
}

/** What the last round says by itself, and what the suite would print if it ended with it. */
function standing(servers: readonly Server[], { cells }: Result, round: number) {
  const known = servers.slice(1).flatMap(({ name, app }) => {
    const cell = cells.find((one): one is MeasuredCell => one.app === app.id && one.state === 'measured')
    return cell === undefined ? [] : [{ name, cell }]
  })
  return {
    ratios: Object.fromEntries(
      known.flatMap(({ name, cell }) => cell.perRound.filter((one) => one.round === round).map(({ ratio }) => [name, ratio])),
    ),
    printed: Object.fromEntries(known.map(({ name, cell }) => [name, cell.ratio])),
  }
}

/** Standard deviation of ln ratio of one process of a server to one of the first, as the suite finds it to cut its rounds. */
function processDeviation(servers: readonly Server[], { ledger, result }: RunOutcome): Record<string, number> {
  // The variance of the reference is that of the mean over its copies.
  const deviationOf = (process: number, reference: number) => Math.sqrt(process + BASELINE_COPIES.length * reference)
  const variances = precisionReached(ledger.rounds, result.baseline, null)?.variances ?? []
  return Object.fromEntries(
    variances.flatMap(({ app, process, reference }) =>
      servers.filter((server) => server.app.id === app).map(({ name }) => [name, deviationOf(process, reference)]),
    ),
  )
}
